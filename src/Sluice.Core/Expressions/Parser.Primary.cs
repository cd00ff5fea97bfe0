namespace Sluice.Expressions;

sealed partial class Parser
{
    Syntax Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                next++;
                return new LiteralSyntax(token.At, token.Value, token.Value is long ? Kind.Int64 : Kind.Float64);
            case TokenKind.Text:
                next++;
                return new LiteralSyntax(token.At, token.Word, Kind.Text);
            case TokenKind.QuotedName:
                next++;
                return new NameSyntax(token.At, token.Word);
            case TokenKind.Symbol when token.Word == "(":
                next++;
                var inner = Nested(Or);
                Expect(")", "to close the bracket");
                return inner;
            case TokenKind.Name:
                return Word(token);
            default:
                throw Error($"Found {token.Found}, expected a value or a column.");
        }
    }

    Syntax Word(Token token)
    {
        next++;
        if (token.Is("null") || token.Is("true") || token.Is("false"))
        {
            return token.Is("null") ? new LiteralSyntax(token.At, null, Kind.Null) : new LiteralSyntax(token.At, token.Is("true"), Kind.Boolean);
        }

        if (Current.Kind == TokenKind.Text && (token.Is("date") || token.Is("timestamp")))
        {
            return TimeLiteral(token);
        }

        if (token.Is("case"))
        {
            return Nested(() => Case(token.At));
        }

        if (Current.IsSymbol("(") && !Reserved.Contains(token.Word, StringComparer.OrdinalIgnoreCase))
        {
            return Nested(() => Call(token));
        }

        if (Reserved.Contains(token.Word, StringComparer.OrdinalIgnoreCase))
        {
            next--;
            throw Error($"Found '{token.Word}', expected a value or a column. A column of this name goes in double quotes: \"{token.Word}\".");
        }

        return new NameSyntax(token.At, token.Word);
    }

    LiteralSyntax TimeLiteral(Token type)
    {
        var value = Current;
        next++;
        if (type.Is("date"))
        {
            return Times.TryDate(value.Word, out var days)
                ? new LiteralSyntax(type.At, days, Kind.Date)
                : throw Caret.Error(text, value.At, $"'{value.Word}' is not a date. Write it as DATE '2024-01-31'.");
        }

        return Times.TryTimestamp(value.Word, out var micros)
            ? new LiteralSyntax(type.At, micros, Kind.Timestamp)
            : throw Caret.Error(text, value.At, $"'{value.Word}' is not a timestamp. Write it as TIMESTAMP '2024-01-31 13:45:00'.");
    }

    CaseSyntax Case(int at)
    {
        var operand = Current.Is("when") ? null : Or();
        var branches = new List<(Syntax When, Syntax Then)>();
        while (Current is var token && Take("when"))
        {
            var when = Or();
            ExpectWord("then", "after the condition of WHEN");
            branches.Add((operand is null ? when : new BinarySyntax(token.At, "=", operand, when), Or()));
        }

        if (branches.Count == 0)
        {
            throw Error($"Found {Current.Found}, expected WHEN after CASE.");
        }

        var otherwise = Take("else") ? Or() : null;
        ExpectWord("end", "to close CASE");
        return Limited(new CaseSyntax(at, branches, otherwise));
    }

    Syntax Call(Token name)
    {
        next++;
        var function = name.Word.ToLowerInvariant();
        if (function is "cast" or "try_cast")
        {
            var operand = Or();
            ExpectWord("as", $"in {function}(value AS type)");
            var type = TypeName();
            Expect(")", $"to close {function}");
            return Limited(new CastSyntax(name.At, operand, type, orNull: function == "try_cast"));
        }

        if (Current.IsSymbol(")"))
        {
            next++;
            return new CallSyntax(name.At, function, []);
        }

        return Limited(new CallSyntax(name.At, function, List()));
    }

    /// <summary>Values up to the closing bracket.</summary>
    List<Syntax> List()
    {
        var items = new List<Syntax> { Nested(Or) };
        while (TakeSymbol(","))
        {
            items.Add(Nested(Or));
        }

        Expect(")", "to close the list");
        return items;
    }

    Kind TypeName()
    {
        var token = Current;
        if (token.Kind != TokenKind.Name)
        {
            throw Error($"Found {token.Found}, expected a type: text, integer, double, boolean, date or timestamp.");
        }

        next++;
        return token.Word.ToLowerInvariant() switch
        {
            "text" or "varchar" or "string" => Kind.Text,
            "int" or "integer" or "bigint" or "int64" => Kind.Int64,
            "double" or "float" or "float64" or "real" or "numeric" or "decimal" => Precision(),
            "boolean" or "bool" => Kind.Boolean,
            "date" => Kind.Date,
            "timestamp" => Kind.Timestamp,
            _ => throw Caret.Error(text, token.At, $"There is no type '{token.Word}'. There are: text, integer, double, boolean, date, timestamp."),
        };
    }

    // PostgreSQL's own name is two words.
    Kind Precision()
    {
        Take("precision");
        return Kind.Float64;
    }
}
