using System.Globalization;

namespace Sluice.Tests.Expressions;

/// <summary>Something that cannot be computed.</summary>
sealed class Poison
{
    public static readonly Poison Value = new();
}

/// <summary>One expression, three times: in our language, in DuckDB's SQL, and as plain code over one row.</summary>
/// <param name="Ours">For <see cref="Sluice.Expressions.Expression"/>.</param>
/// <param name="Duck">Means the same to DuckDB, except where a part cannot be computed.</param>
/// <param name="Eval">Null, a value, or <see cref="Poison"/>; sets <see cref="Tracker.Tainted"/> when any part is poison.</param>
sealed record Made(string Ours, string Duck, Func<Row, Tracker, object?> Eval);

sealed class Tracker
{
    public bool Tainted { get; set; }
}

sealed record Row(long? I, long? J, double? F, string? S, string? U, bool? B, DateOnly? D, DateTime? T)
{
    public static readonly string[] Texts = ["", "a", "B", "ab", "Ab ", " 12", "-7", "a%b", "a_b", "ä", "Äb", "aab", "b"];

    public static Row Random(Random random)
    {
        T? Maybe<T>(Func<T> value)
            where T : struct => random.Next(5) == 0 ? null : value();
        string? Text() => random.Next(5) == 0 ? null : Texts[random.Next(Texts.Length)];
        return new Row(
            Maybe(() => (long)random.Next(-3, 4)), Maybe(() => (long)random.Next(-20, 21)),
            Maybe(() => random.Next(12) == 0 ? double.NaN : random.Next(-8, 9) / 4.0), Text(), Text(), Maybe(() => random.Next(2) == 0),
            Maybe(() => new DateOnly(2024, 2, 27).AddDays(random.Next(4))), Maybe(() => new DateTime(2024, 2, 27, 0, 0, 0, DateTimeKind.Utc).AddHours(random.Next(0, 8) * 12)));
    }
}

/// <summary>Well-typed random expressions. The code beside each is written to be plain, not fast, and shares nothing with the evaluator.</summary>
sealed class RandomExpressions(Random random)
{
    public Made Condition(int depth)
    {
        if (depth == 0)
        {
            return random.Next(4) == 0 ? Pick(Literal("TRUE", true), Literal("FALSE", false), Literal("NULL", null)) : Column("b", r => r.B);
        }

        return random.Next(13) switch
        {
            0 or 1 => Logic(true, Condition(depth - 1), Condition(depth - 1)),
            2 or 3 => Logic(false, Condition(depth - 1), Condition(depth - 1)),
            4 => Unary("(NOT ({0}))", Condition(depth - 1), v => !(bool)v),
            5 => IsNull(Pick(Whole(depth - 1), Number(depth - 1), Text(depth - 1), Day(depth - 1), Condition(depth - 1))),
            6 => Like(Text(depth - 1)),
            7 => In(depth - 1),
            8 => Distinct(depth - 1),
            9 => IsTruth(Condition(depth - 1)),
            10 => Pick(
                Binary("starts_with({0}, {1})", Text(depth - 1), Text(0), (x, y) => ((string)x).StartsWith((string)y, StringComparison.Ordinal)),
                Binary("contains({0}, {1})", Text(depth - 1), Text(0), (x, y) => ((string)x).Contains((string)y, StringComparison.Ordinal)),
                Binary("ends_with({0}, {1})", Text(depth - 1), Text(0), (x, y) => ((string)x).EndsWith((string)y, StringComparison.Ordinal))),
            _ => Compare(depth - 1),
        };
    }

    Made Whole(int depth)
    {
        if (depth == 0)
        {
            var literal = random.Next(-4, 5);
            return Pick(Column("i", r => r.I), Column("j", r => r.J), Literal(literal < 0 ? $"({literal})" : $"{literal}", (long)literal));
        }

        Made Left() => Whole(depth - 1);
        return random.Next(10) switch
        {
            0 => Binary("({0} + {1})", Left(), Left(), (x, y) => (long)x + (long)y),
            1 => Binary("({0} - {1})", Left(), Left(), (x, y) => (long)x - (long)y),
            2 => Binary("({0} * {1})", Left(), Whole(0), (x, y) => (long)x * (long)y),
            3 => Binary("({0} / {1})", "({0} // {1})", Left(), Whole(0), (x, y) => (long)y == 0 ? Poison.Value : (long)x / (long)y),
            4 => Binary("({0} % {1})", Left(), Whole(0), (x, y) => (long)y == 0 ? Poison.Value : (long)x % (long)y),
            5 => Unary("length({0})", Text(depth - 1), v => (long)((string)v).EnumerateRunes().Count()),
            6 => Unary("abs({0})", Left(), v => Math.Abs((long)v)),
            7 => Unary("day({0})", Day(depth - 1), v => (long)((DateOnly)v).Day),
            8 => Binary("({0} - {1})", Day(depth - 1), Day(0), (x, y) => (long)(((DateOnly)x).DayNumber - ((DateOnly)y).DayNumber)),
            _ => Choice(depth, Left),
        };
    }

    Made Number(int depth)
    {
        if (depth == 0)
        {
            var literal = (random.Next(0, 9) / 4.0).ToString("0.00", CultureInfo.InvariantCulture);
            return Pick(Column("f", r => r.F), new Made(literal, $"{literal}::DOUBLE", (_, _) => double.Parse(literal, CultureInfo.InvariantCulture)));
        }

        Made Left() => Number(depth - 1);
        return random.Next(9) switch
        {
            0 => Binary("({0} + {1})", Left(), Left(), (x, y) => (double)x + (double)y),
            1 => Binary("({0} - {1})", Left(), Left(), (x, y) => (double)x - (double)y),
            2 => Binary("({0} * {1})", Left(), Number(0), (x, y) => (double)x * (double)y),
            3 => Binary("({0} / {1})", Left(), Number(0), (x, y) => (double)y == 0 ? Poison.Value : (double)x / (double)y),
            4 => Unary("floor({0})", Left(), v => Math.Floor((double)v)),
            5 => Unary("ceil({0})", Left(), v => Math.Ceiling((double)v)),
            6 => Unary("round({0})", Left(), v => Math.Round((double)v, MidpointRounding.AwayFromZero)),
            7 => Unary("cast({0} as double)", Whole(depth - 1), v => (double)(long)v),
            _ => Choice(depth, Left),
        };
    }

    Made Text(int depth)
    {
        if (depth == 0)
        {
            var literal = Row.Texts[random.Next(Row.Texts.Length)];
            return Pick(Column("s", r => r.S), Column("u", r => r.U), Literal($"'{literal}'", literal));
        }

        Made Left() => Text(depth - 1);
        return random.Next(9) switch
        {
            0 => Unary("lower({0})", Left(), v => ((string)v).ToLowerInvariant()),
            1 => Unary("upper({0})", Left(), v => ((string)v).ToUpperInvariant()),
            2 => Unary("trim({0})", Left(), v => ((string)v).Trim(' ')),
            3 => Binary("({0} || {1})", Left(), Left(), (x, y) => (string)x + (string)y),
            4 => Substring(Left()),
            5 => Unary("cast({0} as text)", Whole(depth - 1), v => ((long)v).ToString(CultureInfo.InvariantCulture)),
            6 => NullIf(Left(), Left()),
            _ => Choice(depth, Left),
        };
    }

    Made Day(int depth)
    {
        if (depth == 0)
        {
            return Pick(Column("d", r => r.D), Literal("DATE '2024-02-29'", new DateOnly(2024, 2, 29)), Unary("cast({0} as date)", Column("t", r => r.T), v => DateOnly.FromDateTime((DateTime)v)));
        }

        return random.Next(3) switch
        {
            0 => Binary("({0} + {1})", "({0} + cast({1} as integer))", Day(depth - 1), Whole(0), (x, y) => ((DateOnly)x).AddDays((int)(long)y)),
            1 => Binary("({0} - {1})", "({0} - cast({1} as integer))", Day(depth - 1), Whole(0), (x, y) => ((DateOnly)x).AddDays(-(int)(long)y)),
            _ => Choice(depth, () => Day(depth - 1)),
        };
    }

    Made Compare(int depth)
    {
        var (left, right) = Pair(depth);
        var op = Pick("=", "<>", "<", "<=", ">", ">=");
        return random.Next(6) == 0
            ? Combine("({0} BETWEEN {1} AND {2})", [left, right, right], v => Poisoned(v) ?? (v.Contains(null) ? null : Order(v[0]!, v[1]!) == 0))
            : Binary($"({{0}} {op} {{1}})", left, right, (x, y) => Holds(op, Order(x, y)));
    }

    (Made Left, Made Right) Pair(int depth) => random.Next(7) switch
    {
        0 or 1 => (Whole(depth), Whole(depth)),
        2 => (Number(depth), Number(depth)),
        3 => (Whole(depth), Number(depth)),
        4 => (Day(depth), Pick(Day(depth), Column("t", r => r.T))),
        5 => (Condition(depth), Condition(depth)),
        _ => (Text(depth), Text(depth)),
    };

    Made Distinct(int depth)
    {
        var (left, right) = Pair(depth);
        var negated = random.Next(2) == 0;
        return Combine($"({{0}} IS {(negated ? "NOT " : "")}DISTINCT FROM {{1}})", [left, right], v => Poisoned(v)
            ?? (object)(negated == (v[0] is null || v[1] is null ? v[0] is null && v[1] is null : Order(v[0]!, v[1]!) == 0)));
    }

    Made In(int depth)
    {
        var (negated, items) = (random.Next(2) == 0, random.Next(1, 5));
        var text = random.Next(2) == 0;
        var operand = text ? Text(depth) : Whole(depth);
        var list = Enumerable.Range(0, items).Select(_ => random.Next(6) == 0 ? Literal("NULL", null) : text ? Text(0) : Whole(0)).ToList();
        var format = $"({{0}} {(negated ? "NOT " : "")}IN ({string.Join(", ", Enumerable.Range(1, items).Select(i => $"{{{i}}}"))}))";
        return Combine(format, [operand, .. list], values =>
        {
            // Poison among the others decides only when nothing is found; the lists here hold none.
            if (values[0] is Poison)
            {
                return Poison.Value;
            }

            var found = values[0] is not null && values.Skip(1).Any(v => v is not null && Order(values[0]!, v) == 0);
            return values[0] is null || (!found && values.Skip(1).Contains(null)) ? null : found != negated;
        });
    }

    Made Like(Made operand)
    {
        var (pattern, regex) = Pick(("a%", "^a.*$"), ("%b", "^.*b$"), ("_", "^.$"), ("%a_", "^.*a.$"), ("%", "^.*$"), ("", "^$"), ("a\\%b", "^a%b$"), ("%\\_%", "^.*_.*$"), ("Ä_", "^Ä.$"));
        var ignoreCase = random.Next(2) == 0;
        var word = ignoreCase ? "ILIKE" : "LIKE";
        var options = System.Text.RegularExpressions.RegexOptions.CultureInvariant
            | (ignoreCase ? System.Text.RegularExpressions.RegexOptions.IgnoreCase : System.Text.RegularExpressions.RegexOptions.None);
        // DuckDB has no escape character unless it is told one.
        return Unary($"({{0}} {word} '{pattern}')", $"({{0}} {word} '{pattern}' ESCAPE '\\')", operand, v => System.Text.RegularExpressions.Regex.IsMatch((string)v, regex, options));
    }

    Made Substring(Made operand)
    {
        var (from, count) = (random.Next(1, 4), random.Next(0, 3));
        return Unary($"substring({{0}}, {from}, {count})", operand, v => string.Concat(((string)v).Skip(from - 1).Take(count)));
    }

    Made Choice(int depth, Func<Made> value)
    {
        if (random.Next(2) == 0)
        {
            return Combine("coalesce({0}, {1})", [value(), value()], v => v[0] ?? v[1]);
        }

        var withElse = random.Next(2) == 0;
        var (when, then, otherwise) = (Condition(Math.Min(depth - 1, 1)), value(), value());
        return Combine(
            withElse ? "(CASE WHEN {0} THEN {1} ELSE {2} END)" : "(CASE WHEN {0} THEN {1} END)", withElse ? [when, then, otherwise] : [when, then],
            v => v[0] is Poison ? Poison.Value : v[0] is true ? v[1] : withElse ? v[2] : null);
    }

    static Made NullIf(Made left, Made right) => Combine("nullif({0}, {1})", [left, right], v => Poisoned(v) ?? (v[0] is not null && v[1] is not null && Order(v[0]!, v[1]!) == 0 ? null : v[0]));

    Made IsNull(Made operand)
    {
        var negated = random.Next(2) == 0;
        return Combine($"({{0}} IS {(negated ? "NOT " : "")}NULL)", [operand], v => v[0] is Poison ? Poison.Value : (v[0] is null) != negated);
    }

    Made IsTruth(Made operand)
    {
        var (negated, value) = (random.Next(2) == 0, random.Next(2) == 0);
        return Combine($"({{0}} IS {(negated ? "NOT " : "")}{(value ? "TRUE" : "FALSE")})", [operand], v => v[0] is Poison ? Poison.Value : (v[0] is bool b && b == value) != negated);
    }

    static Made Logic(bool and, Made left, Made right) => Combine(and ? "({0} AND {1})" : "({0} OR {1})", [left, right], v =>
        v.Any(x => x is bool b && b != and) ? !and : Poisoned(v) ?? (v.Contains(null) ? null : and));

    static Made Unary(string format, Made operand, Func<object, object?> apply) => Unary(format, format, operand, apply);

    static Made Unary(string ours, string duck, Made operand, Func<object, object?> apply) =>
        Combine(ours, duck, [operand], v => Poisoned(v) ?? (v[0] is null ? null : apply(v[0]!)));

    static Made Binary(string format, Made left, Made right, Func<object, object, object?> apply) => Binary(format, format, left, right, apply);

    static Made Binary(string ours, string duck, Made left, Made right, Func<object, object, object?> apply) =>
        Combine(ours, duck, [left, right], v => Poisoned(v) ?? (v.Contains(null) ? null : apply(v[0]!, v[1]!)));

    static Made Combine(string format, Made[] parts, Func<object?[], object?> apply) => Combine(format, format, parts, apply);

    static Made Combine(string ours, string duck, Made[] parts, Func<object?[], object?> apply) => new(
        Fill(ours, parts.Select(p => p.Ours)), $"({Fill(duck, parts.Select(p => p.Duck))})", (row, tracker) =>
        {
            var result = apply([.. parts.Select(p => p.Eval(row, tracker))]);
            tracker.Tainted |= result is Poison;
            return result;
        });

    static string Fill(string format, IEnumerable<string> parts) => string.Format(CultureInfo.InvariantCulture, format, [.. parts]);

    static object? Poisoned(object?[] values) => values.Any(v => v is Poison) ? Poison.Value : null;

    static Made Column(string name, Func<Row, object?> value) => new(name, name, (row, _) => value(row));

    static Made Literal(string text, object? value) => new(text, text, (_, _) => value);

    static bool Holds(string op, int order) => op switch { "=" => order == 0, "<>" => order != 0, "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };

    static int Order(object left, object right) => (left, right) switch
    {
        (long x, long y) => x.CompareTo(y),
        (long x, double y) => Order((double)x, y),
        (double x, long y) => Order(x, (double)y),
        (double x, double y) => double.IsNaN(x) || double.IsNaN(y) ? double.IsNaN(x).CompareTo(double.IsNaN(y)) : x.CompareTo(y),
        (string x, string y) => Math.Sign(System.Text.Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(y))),
        (bool x, bool y) => x.CompareTo(y),
        (DateOnly x, DateOnly y) => x.CompareTo(y),
        (DateOnly x, DateTime y) => x.ToDateTime(default).CompareTo(y),
        (DateTime x, DateTime y) => x.CompareTo(y),
        _ => throw new InvalidOperationException($"{left.GetType()} and {right.GetType()} are not compared."),
    };

    T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
