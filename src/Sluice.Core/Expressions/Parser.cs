namespace Sluice.Expressions;

/// <summary>Recursive descent with PostgreSQL's precedence: OR, AND, NOT, IS, comparison, BETWEEN/IN/LIKE, ||, + -, * / %, unary minus, ::.</summary>
sealed partial class Parser
{
    const int MaxNesting = 64;
    const int MaxDepth = 1000;

    static readonly string[] Reserved =
    [
        "and", "or", "not", "is", "null", "true", "false", "between", "in", "like", "ilike", "escape", "case", "when", "then", "else", "end", "distinct", "from",
        "select", "where", "as",
    ];

    readonly string text;
    readonly List<Token> tokens;
    int next;
    int nesting;

    Parser(string text)
    {
        this.text = text;
        tokens = new Lexer(text).Read();
    }

    Token Current => tokens[next];

    /// <exception cref="DataException">It is not an expression; says where.</exception>
    public static Syntax Parse(string text)
    {
        var parser = new Parser(text);
        if (parser.Current.Is("where") || parser.Current.Is("select"))
        {
            throw parser.Error($"A condition is what follows WHERE. Remove '{parser.Current.Word}' and what goes with it.");
        }

        var syntax = parser.Or();
        if (parser.Current.Kind == TokenKind.End)
        {
            return syntax;
        }

        throw parser.Error(parser.Current switch
        {
            { Kind: TokenKind.Symbol, Word: ")" } => "This ')' closes nothing.",
            { Kind: TokenKind.Symbol, Word: "=" or "<" or ">" or "<=" or ">=" or "<>" or "!=" } => "Comparisons cannot be chained. Write a < b AND b < c.",
            { Kind: TokenKind.Name or TokenKind.QuotedName } name => $"Found '{name.Word}', expected an operator. A column name with spaces goes in double quotes.",
            var other => $"Found {other.Found}, expected an operator or the end.",
        });
    }

    DataException Error(string message) => Caret.Error(text, Current.At, message);

    bool Take(string keyword)
    {
        if (!Current.Is(keyword))
        {
            return false;
        }

        next++;
        return true;
    }

    bool TakeSymbol(string symbol)
    {
        if (!Current.IsSymbol(symbol))
        {
            return false;
        }

        next++;
        return true;
    }

    void Expect(string symbol, string after)
    {
        if (!TakeSymbol(symbol))
        {
            throw Error($"Found {Current.Found}, expected '{symbol}' {after}.");
        }
    }

    void ExpectWord(string keyword, string after)
    {
        if (!Take(keyword))
        {
            throw Error($"Found {Current.Found}, expected {keyword.ToUpperInvariant()} {after}.");
        }
    }

    T Limited<T>(T syntax)
        where T : Syntax => syntax.Depth <= MaxDepth
        ? syntax
        : throw Caret.Error(
            text, syntax.At, $"The expression has more than {MaxDepth:N0} operators in one chain. Use IN (…) for a list of values, or split it over several steps.");

    T Nested<T>(Func<T> read)
    {
        if (++nesting > MaxNesting)
        {
            throw Error($"The expression is nested more than {MaxNesting} deep. Split it over several steps.");
        }

        var result = read();
        nesting--;
        return result;
    }

    Syntax Or()
    {
        var left = And();
        while (Current is var token && Take("or"))
        {
            left = Limited(new BinarySyntax(token.At, "or", left, And()));
        }

        return left;
    }

    Syntax And()
    {
        var left = Not();
        while (Current is var token && Take("and"))
        {
            left = Limited(new BinarySyntax(token.At, "and", left, Not()));
        }

        return left;
    }

    Syntax Not()
    {
        var token = Current;
        return Take("not") ? Nested(() => new UnarySyntax(token.At, "not", Not())) : Is();
    }

    Syntax Is()
    {
        var left = Comparison();
        while (Current is var token && Take("is"))
        {
            var negated = Take("not");
            if (Take("null"))
            {
                left = Limited(new IsSyntax(token.At, left, null, negated));
            }
            else if (Take("true"))
            {
                left = Limited(new IsSyntax(token.At, left, true, negated));
            }
            else if (Take("false"))
            {
                left = Limited(new IsSyntax(token.At, left, false, negated));
            }
            else if (Take("distinct"))
            {
                ExpectWord("from", "after DISTINCT");
                var distinct = new BinarySyntax(token.At, "is distinct from", left, Comparison());
                left = Limited<Syntax>(negated ? new UnarySyntax(token.At, "not", distinct) : distinct);
            }
            else
            {
                throw Error($"Found {Current.Found}, expected NULL, TRUE, FALSE or DISTINCT FROM after IS. To compare values, write =.");
            }
        }

        return left;
    }

    Syntax Comparison()
    {
        var left = Range();
        if (Current is { Kind: TokenKind.Symbol, Word: "=" or "<>" or "!=" or "<" or "<=" or ">" or ">=" } token)
        {
            next++;
            if (token.Word == "=" && Current.IsSymbol("="))
            {
                throw Error("'==' is not an operator here. Write =.");
            }

            return Limited(new BinarySyntax(token.At, token.Word == "!=" ? "<>" : token.Word, left, Range()));
        }

        return left;
    }

    Syntax Range()
    {
        var left = Joined();
        while (true)
        {
            var token = Current;
            var negated = token.Is("not") && tokens[next + 1] is var after && (after.Is("between") || after.Is("in") || after.Is("like") || after.Is("ilike"));
            next += negated ? 1 : 0;
            Syntax? read = Current switch
            {
                var t when t.Is("between") => Between(left),
                var t when t.Is("in") => In(left, negated),
                var t when t.Is("like") || t.Is("ilike") => Like(left),
                _ => null,
            };
            if (read is null)
            {
                return left;
            }

            left = Limited(negated && read is not InSyntax ? new UnarySyntax(token.At, "not", read) : read);
        }
    }

    BinarySyntax Between(Syntax operand)
    {
        var at = Current.At;
        next++;
        var low = Joined();
        ExpectWord("and", "between the limits of BETWEEN");
        var high = Joined();
        return new BinarySyntax(at, "and", new BinarySyntax(at, ">=", operand, low), new BinarySyntax(at, "<=", operand, high));
    }

    InSyntax In(Syntax operand, bool negated)
    {
        var at = Current.At;
        next++;
        Expect("(", "after IN");
        if (Current.IsSymbol(")"))
        {
            throw Error("IN needs at least one value.");
        }

        return new InSyntax(at, operand, List(), negated);
    }

    LikeSyntax Like(Syntax operand)
    {
        var token = Current;
        next++;
        var pattern = Joined();
        var escape = Take("escape") ? Joined() : null;
        return new LikeSyntax(token.At, operand, pattern, escape, token.Is("ilike"));
    }

    Syntax Joined()
    {
        var left = Sum();
        while (Current is { Kind: TokenKind.Symbol, Word: "||" or "~" or "~*" or "!~" or "!~*" } token)
        {
            next++;
            left = Limited(new BinarySyntax(token.At, token.Word, left, Sum()));
        }

        return left;
    }

    Syntax Sum()
    {
        var left = Product();
        while (Current is { Kind: TokenKind.Symbol, Word: "+" or "-" } token)
        {
            next++;
            left = Limited(new BinarySyntax(token.At, token.Word, left, Product()));
        }

        return left;
    }

    Syntax Product()
    {
        var left = Signed();
        while (Current is { Kind: TokenKind.Symbol, Word: "*" or "/" or "%" } token)
        {
            next++;
            left = Limited(new BinarySyntax(token.At, token.Word, left, Signed()));
        }

        return left;
    }

    Syntax Signed()
    {
        var token = Current;
        if (TakeSymbol("+"))
        {
            return Nested(Signed);
        }

        return TakeSymbol("-") ? Nested<Syntax>(() => Negated(token.At, Signed())) : Cast();
    }

    // −9223372036854775808 has no positive counterpart, and a negative literal is a literal.
    static Syntax Negated(int at, Syntax operand) => operand switch
    {
        LiteralSyntax { Value: long whole } => new LiteralSyntax(at, -whole, Kind.Int64),
        LiteralSyntax { Value: double number } => new LiteralSyntax(at, -number, Kind.Float64),
        _ => new UnarySyntax(at, "-", operand),
    };

    Syntax Cast()
    {
        var operand = Primary();
        while (Current is var token && TakeSymbol("::"))
        {
            operand = Limited(new CastSyntax(token.At, operand, TypeName(), orNull: false));
        }

        return operand;
    }
}
