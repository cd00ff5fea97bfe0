using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Sluice.Expressions;

sealed partial class Binder
{
    // Building one costs far more than using it on a batch. A pipeline has few, so they are kept.
    static readonly ConcurrentDictionary<(string Pattern, bool IgnoreCase), Regex> Expressions = new();

    Node Minus(UnarySyntax minus)
    {
        var operand = Bind(minus.Operand);
        return operand.Type switch
        {
            Kind.Open => operand,
            Kind.Null => new ConstantNode(Kind.Null, null, minus.At),
            Kind.Int64 => new ArithmeticNode(Kind.Int64, "-", new ConstantNode(Kind.Int64, 0L, minus.At), operand, minus.At),
            Kind.Float64 => new ArithmeticNode(Kind.Float64, "*", operand, new ConstantNode(Kind.Float64, -1.0, minus.At), minus.At),
            _ => Problem(minus.At, $"'-' needs a number; {Describe(minus.Operand, operand)}. Write cast({Source(minus.Operand)} as double)."),
        };
    }

    Node Arithmetic(BinarySyntax arithmetic)
    {
        var (left, right) = (Bind(arithmetic.Left), Bind(arithmetic.Right));
        var (op, at) = (arithmetic.Op, arithmetic.At);
        if (left.Type == Kind.Open || right.Type == Kind.Open)
        {
            return new OpenNode(at);
        }

        if (Days(op, left, right, at) is { } days)
        {
            return days;
        }

        if (left.Type == Kind.Null && right.Type == Kind.Null)
        {
            return left;
        }

        if (Unify(left, right) is var (a, b) && a.Type.IsNumber())
        {
            return new ArithmeticNode(a.Type, op, a, b, at);
        }

        var (wrong, node) = left.Type.IsNumber() || left.Type == Kind.Null ? (arithmetic.Right, right) : (arithmetic.Left, left);
        var advice = node.Type == Kind.Text && op == "+" ? $" To join text, write ||; to add, write cast({Source(wrong)} as double)."
            : node.Type is Kind.Date or Kind.Timestamp ? " A date can have whole days added (day + 7), and two dates give the days between them."
            : $" Write cast({Source(wrong)} as double).";
        return Problem(at, $"'{op}' needs numbers; {Describe(wrong, node)}.{advice}");
    }

    /// <summary>Date ± days, and date − date.</summary>
    static Node? Days(string op, Node left, Node right, int at)
    {
        static Node Number(Node date) => new MapNode<int, long>(Kind.Int64, date, v => (v, true), false, date.At);

        switch (left.Type, op, right.Type)
        {
            case (Kind.Date, "-", Kind.Date):
                return new ArithmeticNode(Kind.Int64, "-", Number(left), Number(right), at);
            case (Kind.Date, "+" or "-", Kind.Int64):
                var name = op == "+" ? ArithmeticNode.AddDays : ArithmeticNode.SubtractDays;
                return new MapNode<long, int>(Kind.Date, new ArithmeticNode(Kind.Int64, name, Number(left), right, at), v => ((int)v, true), false, at);
            case (Kind.Int64, "+", Kind.Date):
                return Days(op, right, left, at);
            default:
                return null;
        }
    }

    Node Join(BinarySyntax join)
    {
        var (left, right) = (Bind(join.Left), Bind(join.Right));
        if (left.Type == Kind.Open || right.Type == Kind.Open)
        {
            return new OpenNode(join.At);
        }

        if (left.Type is not (Kind.Text or Kind.Null) && right.Type is not (Kind.Text or Kind.Null))
        {
            return Problem(join.At, $"'||' joins text; {Describe(join.Left, left)} and {Describe(join.Right, right)}. Write cast({Source(join.Left)} as text).");
        }

        Node Text(Node node) => node.Type == Kind.Null ? Typed(node) : Casts.To(Kind.Text, node, false, node.At)!;
        return new JoinNode(Text(left), Text(right), join.At);
    }

    Node Like(LikeSyntax like)
    {
        var word = like.IgnoreCase ? "ILIKE" : "LIKE";
        var (operand, pattern) = (Bind(like.Operand, Kind.Text, word), Bind(like.Pattern, Kind.Text, word));
        int escape = '\\';
        if (like.Escape is not null)
        {
            if (like.Escape is not LiteralSyntax { Value: string { Length: <= 1 } character } || (character.Length == 1 && !char.IsAscii(character[0])))
            {
                return Problem(like.Escape.At, "ESCAPE needs one ASCII character in quotes, or '' for none.");
            }

            escape = character.Length == 0 ? LikePattern.NoEscape : like.IgnoreCase ? char.ToLowerInvariant(character[0]) : character[0];
        }

        if (pattern is ConstantNode { Value: string given }
            && !LikePattern.IsWhole(System.Text.Encoding.UTF8.GetBytes(like.IgnoreCase ? given.ToLowerInvariant() : given), escape))
        {
            return Problem(like.Pattern.At, $"The pattern ends with its escape character '{(char)escape}'. Double it to mean the character itself.");
        }

        return operand.Type == Kind.Open ? operand : pattern.Type == Kind.Open ? pattern : new LikeNode(operand, pattern, escape, like.IgnoreCase, like.At);
    }

    Node Regex(int at, Syntax operand, Syntax pattern, string op)
    {
        var node = Bind(operand, Kind.Text, op is "matches" ? "matches" : $"'{op}'");
        if (pattern is not LiteralSyntax { Value: string expression })
        {
            return Problem(pattern.At, "A regular expression must be written here as text in quotes.");
        }

        try
        {
            var regex = Expressions.GetOrAdd((expression, op.EndsWith('*')), static key => new Regex(
                key.Pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (key.IgnoreCase ? RegexOptions.IgnoreCase : RegexOptions.None)));
            Node match = node.Type == Kind.Open ? node : new RegexNode(node, regex, at);
            return op[0] == '!' && match is RegexNode ? new NotNode(match, at) : match;
        }
        catch (RegexParseException error)
        {
            return Problem(pattern.At, $"The regular expression is not valid: {error.Message.TrimEnd('.')}.");
        }
        catch (NotSupportedException)
        {
            return Problem(
                pattern.At,
                "The regular expression is not supported: look-around, back-references and very large repetitions are left out, "
                + "so that it takes linear time. Write it without them.");
        }
    }
}
