namespace Sluice.Expressions;

/// <summary>What the parser read, before types are known. <paramref name="At"/> is the character it is about, from 0.</summary>
abstract record Syntax(int At)
{
    /// <summary>Levels of the tree from here down.</summary>
    public int Depth { get; protected init; } = 1;

    protected static int Deeper(params ReadOnlySpan<Syntax?> parts)
    {
        var most = 0;
        foreach (var part in parts)
        {
            most = Math.Max(most, part?.Depth ?? 0);
        }

        return most + 1;
    }
}

/// <summary>A value: null, bool, long, double, string, or for DATE an int and for TIMESTAMP a long.</summary>
sealed record LiteralSyntax(int At, object? Value, Kind Type) : Syntax(At);

sealed record NameSyntax(int At, string Name) : Syntax(At);

/// <summary><c>-x</c> or <c>NOT x</c>.</summary>
sealed record UnarySyntax : Syntax
{
    public UnarySyntax(int at, string op, Syntax operand)
        : base(at) => (Op, Operand, Depth) = (op, operand, Deeper(operand));

    public string Op { get; }

    public Syntax Operand { get; }
}

sealed record BinarySyntax : Syntax
{
    public BinarySyntax(int at, string op, Syntax left, Syntax right)
        : base(at) => (Op, Left, Right, Depth) = (op, left, right, Deeper(left, right));

    public string Op { get; }

    public Syntax Left { get; }

    public Syntax Right { get; }
}

/// <summary><c>x IS [NOT] NULL | TRUE | FALSE</c>.</summary>
sealed record IsSyntax : Syntax
{
    public IsSyntax(int at, Syntax operand, bool? value, bool negated)
        : base(at) => (Operand, Value, Negated, Depth) = (operand, value, negated, Deeper(operand));

    public Syntax Operand { get; }

    public bool? Value { get; }

    public bool Negated { get; }
}

sealed record InSyntax : Syntax
{
    public InSyntax(int at, Syntax operand, IReadOnlyList<Syntax> items, bool negated)
        : base(at) => (Operand, Items, Negated, Depth) = (operand, items, negated, Deeper([operand, .. items]));

    public Syntax Operand { get; }

    public IReadOnlyList<Syntax> Items { get; }

    public bool Negated { get; }
}

sealed record LikeSyntax : Syntax
{
    public LikeSyntax(int at, Syntax operand, Syntax pattern, Syntax? escape, bool ignoreCase)
        : base(at) => (Operand, Pattern, Escape, IgnoreCase, Depth) = (operand, pattern, escape, ignoreCase, Deeper(operand, pattern, escape));

    public Syntax Operand { get; }

    public Syntax Pattern { get; }

    public Syntax? Escape { get; }

    public bool IgnoreCase { get; }
}

sealed record CaseSyntax : Syntax
{
    public CaseSyntax(int at, IReadOnlyList<(Syntax When, Syntax Then)> branches, Syntax? otherwise)
        : base(at) => (Branches, Otherwise, Depth) = (branches, otherwise, Deeper([otherwise, .. branches.Select(b => b.When), .. branches.Select(b => b.Then)]));

    public IReadOnlyList<(Syntax When, Syntax Then)> Branches { get; }

    public Syntax? Otherwise { get; }
}

sealed record CallSyntax : Syntax
{
    public CallSyntax(int at, string function, IReadOnlyList<Syntax> arguments)
        : base(at) => (Function, Arguments, Depth) = (function, arguments, Deeper([.. arguments]));

    public string Function { get; }

    public IReadOnlyList<Syntax> Arguments { get; }
}

/// <summary><c>cast(x as type)</c>, <c>x::type</c>, and <c>try_cast</c>, which gives null where cast fails.</summary>
sealed record CastSyntax : Syntax
{
    public CastSyntax(int at, Syntax operand, Kind type, bool orNull)
        : base(at) => (Operand, Type, OrNull, Depth) = (operand, type, orNull, Deeper(operand));

    public Syntax Operand { get; }

    public Kind Type { get; }

    public bool OrNull { get; }
}

/// <summary>Type of a value. The first six are those of columns.</summary>
enum Kind
{
    Text = ColumnType.Text,
    Boolean = ColumnType.Boolean,
    Int64 = ColumnType.Int64,
    Float64 = ColumnType.Float64,
    Date = ColumnType.Date,
    Timestamp = ColumnType.Timestamp,

    /// <summary>The word NULL: takes the type of what it meets.</summary>
    Null = 100,

    /// <summary>Depends on a column whose type is only known later: fits everything.</summary>
    Open = 101,
}

static class Kinds
{
    public static string Words(this Kind kind) => kind switch
    {
        Kind.Text => "text",
        Kind.Boolean => "true or false",
        Kind.Int64 => "a whole number",
        Kind.Float64 => "a number",
        Kind.Date => "a date",
        Kind.Timestamp => "a timestamp",
        Kind.Null => "null",
        _ => "a value of a type that is not known yet",
    };

    /// <summary>Name to cast to.</summary>
    public static string SqlName(this Kind kind) => kind switch
    {
        Kind.Int64 => "integer",
        Kind.Float64 => "double",
        Kind.Boolean => "boolean",
        Kind.Date => "date",
        Kind.Timestamp => "timestamp",
        _ => "text",
    };

    public static bool IsNumber(this Kind kind) => kind is Kind.Int64 or Kind.Float64;
}
