namespace Sluice.Expressions;

/// <summary>What can be said of an expression without running it. What is not listed as safe can fail.</summary>
static class Totality
{
    static readonly HashSet<string> safe = new(
        ["lower", "upper", "trim", "btrim", "ltrim", "rtrim", "length", "char_length", "coalesce", "nullif", "starts_with", "ends_with", "contains"], StringComparer.Ordinal);

    /// <summary>Whether it has a value, or NULL, for every row.</summary>
    public static bool NeverFails(Syntax syntax) => syntax switch
    {
        LiteralSyntax or NameSyntax => true,
        UnarySyntax unary => unary.Op == "not" && NeverFails(unary.Operand),
        BinarySyntax binary => binary.Op is "and" or "or" or "=" or "<>" or "!=" or "<" or "<=" or ">" or ">=" or "is distinct from" or "||" && NeverFails(binary.Left) && NeverFails(binary.Right),
        IsSyntax test => NeverFails(test.Operand),
        InSyntax list => NeverFails(list.Operand) && list.Items.All(NeverFails),
        LikeSyntax like => NeverFails(like.Operand) && like.Pattern is LiteralSyntax,
        CaseSyntax choice => choice.Branches.All(b => NeverFails(b.When) && NeverFails(b.Then)) && (choice.Otherwise is null || NeverFails(choice.Otherwise)),
        CallSyntax call => safe.Contains(call.Function) && call.Arguments.All(NeverFails),
        CastSyntax cast => cast.OrNull && NeverFails(cast.Operand),
        _ => false,
    };

    /// <summary>Rough: text is ten times a number, a pattern ten times a text.</summary>
    public static double Cost(Syntax syntax) => syntax switch
    {
        LiteralSyntax or NameSyntax => 0,
        UnarySyntax unary => 1 + Cost(unary.Operand),
        BinarySyntax binary => (binary.Op[0] is '~' or '!' && binary.Op != "!=" ? 100 : Texts(binary) ? 10 : 1) + Cost(binary.Left) + Cost(binary.Right),
        IsSyntax test => 1 + Cost(test.Operand),
        InSyntax list => list.Items.Count + Cost(list.Operand),
        LikeSyntax like => 20 + Cost(like.Operand),
        CaseSyntax choice => 1 + choice.Branches.Sum(b => Cost(b.When) + Cost(b.Then)) + (choice.Otherwise is { } otherwise ? Cost(otherwise) : 0),
        CallSyntax call => (call.Function == "matches" ? 100 : 10) + call.Arguments.Sum(Cost),
        CastSyntax cast => 5 + Cost(cast.Operand),
        _ => 1,
    };

    static bool Texts(BinarySyntax binary) =>
        binary.Op == "||" || binary.Left is LiteralSyntax { Type: Kind.Text } || binary.Right is LiteralSyntax { Type: Kind.Text };
}
