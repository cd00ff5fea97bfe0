using Sluice.Pipelines;
using Sluice.Steps;

namespace Sluice.Expressions;

/// <summary>Gives every part of an expression its type, and reports every part that has none.</summary>
/// <param name="text">The expression, for messages.</param>
/// <param name="schema">Columns it may name.</param>
/// <param name="missing">Columns known to have no value at all: they are as good as NULL, whatever their type. Null while planning.</param>
/// <param name="problems">Filled.</param>
sealed partial class Binder(string text, Schema schema, IReadOnlySet<string>? missing, List<string> problems)
{
    public Node Bind(Syntax syntax) => syntax switch
    {
        LiteralSyntax literal => new ConstantNode(literal.Type, literal.Value, literal.At),
        NameSyntax name => Name(name),
        UnarySyntax { Op: "not" } not => Not(not),
        UnarySyntax minus => Minus(minus),
        BinarySyntax { Op: "and" or "or" } logic => Logic(logic),
        BinarySyntax { Op: "||" } join => Join(join),
        BinarySyntax { Op: "~" or "~*" or "!~" or "!~*" } match => Regex(match.At, match.Left, match.Right, match.Op),
        BinarySyntax { Op: "+" or "-" or "*" or "/" or "%" } arithmetic => Arithmetic(arithmetic),
        BinarySyntax compare => Compare(compare),
        IsSyntax test => Is(test),
        InSyntax list => In(list),
        LikeSyntax like => Like(like),
        CaseSyntax choice => Case(choice),
        CastSyntax cast => Cast(cast),
        CallSyntax call => Call(call),
        _ => throw new InvalidOperationException($"Unknown syntax {syntax.GetType().Name}."),
    };

    /// <summary>As <see cref="Bind(Syntax)"/>, but the type must be this one; NULL takes it.</summary>
    public Node Bind(Syntax syntax, Kind wanted, string who)
    {
        var node = Bind(syntax);
        if (node.Type == wanted || node.Type == Kind.Open)
        {
            return node;
        }

        if (Coerce(node, wanted) is { } coerced)
        {
            return coerced;
        }

        var advice = wanted switch
        {
            Kind.Boolean => node.Type == Kind.Text && syntax is NameSyntax ? $" Compare it, for instance: {Source(syntax)} = 'yes'." : " Compare it with something.",
            _ => $" Write cast({Source(syntax)} as {wanted.SqlName()}).",
        };
        return Problem(syntax.At, $"{who} needs {wanted.Words()}; {Describe(syntax, node)}.{advice}");
    }

    OpenNode Problem(int at, string message)
    {
        problems.Add(Caret.Show(text, at, message));
        return new OpenNode(at);
    }

    Node Name(NameSyntax name)
    {
        if (schema.IndexOf(name.Name) is var index && index < 0)
        {
            var lookup = new StepProblems();
            lookup.Column(schema, "", name.Name);
            var isNear = lookup.Items[0].Message.Contains("Did you mean", StringComparison.Ordinal);
            var quotes = isNear ? "" : $" For the text itself, write '{name.Name}' in single quotes.";
            return Problem(name.At, lookup.Items[0].Message + quotes);
        }

        if (missing is null && Schemas.Unify.IsOpen(schema[index]))
        {
            return new OpenNode(name.At);
        }

        return missing?.Contains(name.Name) == true
            ? new ConstantNode(Kind.Null, null, name.At)
            : new ColumnNode((Kind)schema[index].Type, name.Name, name.At);
    }

    Node Not(UnarySyntax not)
    {
        var operand = Bind(not.Operand, Kind.Boolean, "NOT");
        return operand.Type == Kind.Open ? operand : new NotNode(operand, not.At);
    }

    Node Logic(BinarySyntax logic)
    {
        var word = logic.Op.ToUpperInvariant();
        var (left, right) = (Bind(logic.Left, Kind.Boolean, word), Bind(logic.Right, Kind.Boolean, word));
        return left.Type == Kind.Open ? left : right.Type == Kind.Open ? right : new LogicNode(logic.Op == "and", left, right, logic.At);
    }

    Node Compare(BinarySyntax compare)
    {
        var (left, right) = Unified(compare.At, compare.Left, compare.Right, "be compared");
        return left.Type == Kind.Open ? left : new CompareNode(compare.Op, left, right, compare.At);
    }

    Node Is(IsSyntax test)
    {
        var operand = test.Value is null ? Bind(test.Operand) : Bind(test.Operand, Kind.Boolean, "IS TRUE and IS FALSE");
        return operand.Type == Kind.Open ? operand : new IsNode(Typed(operand), test.Value, test.Negated, test.At);
    }

    Node In(InSyntax list)
    {
        var items = list.Items.Select(item => (Syntax: item, Node: Bind(item))).ToList();
        var operand = Bind(list.Operand);
        if (operand.Type == Kind.Open || items.Any(i => i.Node.Type == Kind.Open))
        {
            return new OpenNode(list.At);
        }

        // A column without a value in this batch is NULL, and takes the type of the list.
        var common = operand;
        foreach (var (item, node) in items)
        {
            if (Unify(common, node) is not var (unified, _))
            {
                return Mismatch(item.At, list.Operand, common, item, node, "be compared");
            }

            common = unified;
        }

        common = Typed(common);
        var values = items.Select(i => Coerce(i.Node, common.Type)!).ToList();
        Node found = values.All(v => v is ConstantNode)
            ? new InNode(common, [.. values.Cast<ConstantNode>().Select(v => v.Value)], list.At)
            : values.Select(v => (Node)new CompareNode("=", common, v, list.At)).Aggregate((a, b) => new LogicNode(false, a, b, list.At));
        return list.Negated ? new NotNode(found, list.At) : found;
    }

    Node Case(CaseSyntax choice)
    {
        var whens = choice.Branches.Select(b => Bind(b.When, Kind.Boolean, "WHEN")).ToList();
        var results = choice.Branches.Select(b => b.Then).Append(choice.Otherwise ?? new LiteralSyntax(choice.At, null, Kind.Null)).ToList();
        var thens = UnifyAll(results, "be results of one CASE");
        return whens.Exists(w => w.Type == Kind.Open) || thens[0].Type == Kind.Open
            ? new OpenNode(choice.At)
            : new CaseNode(thens[0].Type, [.. whens.Zip(thens)], thens[^1], choice.At);
    }

    Node Cast(CastSyntax cast)
    {
        var operand = Bind(cast.Operand);
        if (operand.Type == Kind.Open)
        {
            return operand;
        }

        if (operand.Type == Kind.Null)
        {
            return new ConstantNode(cast.Type, null, cast.At);
        }

        return Casts.To(cast.Type, operand, cast.OrNull, cast.At)
            ?? Problem(cast.At, $"There is no cast to {cast.Type.SqlName()} here: {Describe(cast.Operand, operand)}.");
    }

    /// <summary>Both with one type; both open after a problem.</summary>
    (Node Left, Node Right) Unified(int at, Syntax left, Syntax right, string what)
    {
        var (a, b) = (Bind(left), Bind(right));
        if (a.Type == Kind.Open || b.Type == Kind.Open)
        {
            return (new OpenNode(at), new OpenNode(at));
        }

        if (Unify(a, b) is var (x, y))
        {
            return (Typed(x), Typed(y));
        }

        var problem = Mismatch(at, left, a, right, b, what);
        return (problem, problem);
    }

    List<Node> UnifyAll(IReadOnlyList<Syntax> parts, string what)
    {
        var nodes = parts.Select(Bind).ToList();
        if (nodes.Exists(n => n.Type == Kind.Open))
        {
            return [.. nodes.Select(n => (Node)new OpenNode(n.At))];
        }

        var common = nodes[0];
        for (var i = 1; i < nodes.Count; i++)
        {
            if (Unify(common, nodes[i]) is not var (unified, _))
            {
                var problem = Mismatch(parts[i].At, parts[0], common, parts[i], nodes[i], what);
                return [.. nodes.Select(_ => (Node)problem)];
            }

            common = unified;
        }

        common = Typed(common);
        return [.. nodes.Select(n => Coerce(n, common.Type)!)];
    }

    /// <summary>NULL that met nothing with a type is text.</summary>
    static Node Typed(Node node) => node.Type == Kind.Null ? new ConstantNode(Kind.Text, null, node.At) : node;

    static (Node Left, Node Right)? Unify(Node left, Node right)
    {
        if (Coerce(right, left.Type) is { } y)
        {
            return (left, y);
        }

        return Coerce(left, right.Type) is { } x ? (x, right) : null;
    }

    /// <summary>The same value with a wider type, or null: NULL fits all, whole numbers are numbers, dates are timestamps, and a date may be written as text.</summary>
    static Node? Coerce(Node node, Kind type) => (node.Type, type) switch
    {
        var (from, to) when from == to => node,
        (Kind.Null, _) => new ConstantNode(type, null, node.At),
        (Kind.Int64, Kind.Float64) when node is ConstantNode { Value: long whole } => new ConstantNode(type, (double)whole, node.At),
        (Kind.Date, Kind.Timestamp) when node is ConstantNode { Value: int days } => new ConstantNode(type, days * Times.MicrosPerDay, node.At),
        (Kind.Int64, Kind.Float64) or (Kind.Date, Kind.Timestamp) => Casts.To(type, node, false, node.At),
        (Kind.Text, Kind.Date) when node is ConstantNode { Value: string word } && Times.TryDate(word, out var days) => new ConstantNode(type, days, node.At),
        (Kind.Text, Kind.Timestamp) when node is ConstantNode { Value: string word } && Times.TryTimestamp(word, out var micros) =>
            new ConstantNode(type, micros, node.At),
        _ => null,
    };

    OpenNode Mismatch(int at, Syntax left, Node a, Syntax right, Node b, string what)
    {
        var advice = Advice(left, a, right, b) ?? Advice(right, b, left, a)
            ?? $"Make them one type, for instance with cast({Source(left)} as {b.Type.SqlName()}).";
        return Problem(at, $"{Describe(left, a)} and {Describe(right, b)}: they cannot {what}. {advice}");
    }

    /// <summary>What to do about one side being text.</summary>
    static string? Advice(Syntax side, Node node, Syntax other, Node met)
    {
        if (node.Type != Kind.Text)
        {
            return null;
        }

        if (node is ConstantNode { Value: string word })
        {
            return met.Type switch
            {
                Kind.Int64 or Kind.Float64 when double.TryParse(word, out _) => $"Remove the quotes: {word}.",
                Kind.Date => "Write the date as '2024-01-31'.",
                Kind.Timestamp => "Write the timestamp as '2024-01-31 13:45:00'.",
                Kind.Boolean => "Write TRUE or FALSE without quotes.",
                _ => $"To compare as text, write cast({Source(other)} as text).",
            };
        }

        return met is ConstantNode
            ? $"To compare as text, write '{Source(other).Trim('\'')}'; "
                + $"to compare as {met.Type.SqlName()}, write cast({Source(side)} as {met.Type.SqlName()})."
            : $"Write cast({Source(side)} as {met.Type.SqlName()}).";
    }

    static string Describe(Syntax syntax, Node node) => $"{Source(syntax)} is {node.Type.Words()}";

    /// <summary>A short part of the text that stands for a syntax in messages.</summary>
    static string Source(Syntax syntax) => syntax switch
    {
        NameSyntax name => Plain(name.Name) ? name.Name : $"\"{name.Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        LiteralSyntax { Value: null } => "NULL",
        LiteralSyntax { Type: Kind.Text, Value: string word } => $"'{YamlNode.Cut(word)}'",
        LiteralSyntax { Type: Kind.Date, Value: int days } => $"DATE '{Times.Date(days):yyyy-MM-dd}'",
        LiteralSyntax { Type: Kind.Timestamp, Value: long micros } => $"TIMESTAMP '{Timestamps.Format(micros)}'",
        LiteralSyntax { Value: bool flag } => flag ? "TRUE" : "FALSE",
        LiteralSyntax literal => Convert.ToString(literal.Value, System.Globalization.CultureInfo.InvariantCulture) ?? "",
        CallSyntax call => $"{call.Function}(…)",
        CastSyntax cast => $"cast(… as {cast.Type.SqlName()})",
        UnarySyntax unary => $"{unary.Op}…",
        BinarySyntax binary => $"(… {binary.Op} …)",
        CaseSyntax => "CASE …",
        _ => "(…)",
    };

    static bool Plain(string name) => name.All(c => char.IsLetterOrDigit(c) || c == '_') && !char.IsDigit(name[0]);
}
