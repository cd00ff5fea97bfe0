using Sluice.Pipelines;

namespace Sluice.Expressions;

sealed partial class Binder
{
    static readonly Dictionary<string, (int Least, int Most)> Functions = new(StringComparer.Ordinal)
    {
        ["lower"] = (1, 1),
        ["upper"] = (1, 1),
        ["trim"] = (1, 1),
        ["btrim"] = (1, 1),
        ["ltrim"] = (1, 1),
        ["rtrim"] = (1, 1),
        ["length"] = (1, 1),
        ["char_length"] = (1, 1),
        ["abs"] = (1, 1),
        ["round"] = (1, 2),
        ["floor"] = (1, 1),
        ["ceil"] = (1, 1),
        ["ceiling"] = (1, 1),
        ["sqrt"] = (1, 1),
        ["exp"] = (1, 1),
        ["ln"] = (1, 1),
        ["log10"] = (1, 1),
        ["coalesce"] = (1, 100),
        ["nullif"] = (2, 2),
        ["substring"] = (2, 3),
        ["substr"] = (2, 3),
        ["starts_with"] = (2, 2),
        ["ends_with"] = (2, 2),
        ["contains"] = (2, 2),
        ["matches"] = (2, 2),
        ["year"] = (1, 1),
        ["month"] = (1, 1),
        ["day"] = (1, 1),
    };

    Node Call(CallSyntax call)
    {
        var (name, at, arguments) = (call.Function, call.At, call.Arguments);
        if (!Functions.TryGetValue(name, out var count))
        {
            return Problem(at, $"There is no function '{name}'.{ProblemList.Suggest(name, [.. Functions.Keys, "cast", "try_cast"], "There are")}");
        }

        if (arguments.Count < count.Least || arguments.Count > count.Most)
        {
            var wanted = count.Least == count.Most ? $"{count.Least}" : $"{count.Least} to {count.Most}";
            return Problem(at, $"{name} takes {wanted} {(count.Most == 1 ? "value" : "values")}; found {arguments.Count}.");
        }

        return name switch
        {
            "lower" => TextMap(call, Texts.Lower),
            "upper" => TextMap(call, Texts.Upper),
            "trim" or "btrim" => TextMap(call, static (ReadOnlySpan<byte> value, ref byte[] _) => value.Trim((byte)' ')),
            "ltrim" => TextMap(call, static (ReadOnlySpan<byte> value, ref byte[] _) => value.TrimStart((byte)' ')),
            "rtrim" => TextMap(call, static (ReadOnlySpan<byte> value, ref byte[] _) => value.TrimEnd((byte)' ')),
            "length" or "char_length" => Length(call),
            "abs" => Abs(call),
            "round" => Round(call),
            "floor" => Rounded(call, Math.Floor),
            "ceil" or "ceiling" => Rounded(call, Math.Ceiling),
            "sqrt" => Mapped(call, static v => (Math.Sqrt(v), v >= 0 || double.IsNaN(v))),
            "exp" => Mapped(call, static v => (Math.Exp(v), true)),
            "ln" => Mapped(call, static v => (Math.Log(v), v > 0 || double.IsNaN(v))),
            "log10" => Mapped(call, static v => (Math.Log10(v), v > 0 || double.IsNaN(v))),
            "coalesce" => Coalesce(call),
            "nullif" => NullIf(call),
            "substring" or "substr" => Substring(call),
            "starts_with" => Test(call, static (value, part) => value.StartsWith(part)),
            "ends_with" => Test(call, static (value, part) => value.EndsWith(part)),
            "contains" => Test(call, static (value, part) => value.IndexOf(part) >= 0),
            "matches" => Regex(at, arguments[0], arguments[1], "matches"),
            "year" => DatePart(call, static date => date.Year),
            "month" => DatePart(call, static date => date.Month),
            _ => DatePart(call, static date => date.Day),
        };
    }

    Node TextMap(CallSyntax call, TextMap map)
    {
        var operand = Bind(call.Arguments[0], Kind.Text, call.Function);
        return operand.Type == Kind.Open ? operand : new TextMapNode(operand, map, call.At);
    }

    Node Test(CallSyntax call, TextTest test)
    {
        var (left, right) = (Bind(call.Arguments[0], Kind.Text, call.Function), Bind(call.Arguments[1], Kind.Text, call.Function));
        return left.Type == Kind.Open ? left : right.Type == Kind.Open ? right : new TextTestNode(left, right, test, call.At);
    }

    Node Length(CallSyntax call)
    {
        var operand = Bind(call.Arguments[0], Kind.Text, call.Function);
        return operand.Type == Kind.Open ? operand : new LengthNode(operand, call.At);
    }

    Node Coalesce(CallSyntax call)
    {
        var values = UnifyAll(call.Arguments, "be values of one coalesce");
        return values[0].Type == Kind.Open ? values[0] : new CoalesceNode(values[0].Type, values, call.At);
    }

    Node Abs(CallSyntax call) => Number(call) switch
    {
        { Type: Kind.Int64 } whole => new MapNode<long, long>(Kind.Int64, whole, v => v == long.MinValue ? (0, false) : (Math.Abs(v), true), false, call.At),
        { Type: Kind.Float64 } number => new MapNode<double, double>(Kind.Float64, number, v => (Math.Abs(v), true), false, call.At),
        var open => open,
    };

    Node Rounded(CallSyntax call, Func<double, double> round) => Mapped(call, v => (round(v), true));

    Node Mapped(CallSyntax call, Func<double, (double Value, bool Good)> map)
    {
        var number = Number(call);
        return number.Type == Kind.Open ? number : new MapNode<double, double>(Kind.Float64, Coerce(number, Kind.Float64)!, map, false, call.At);
    }

    // Halves away from zero, as PostgreSQL rounds numeric.
    Node Round(CallSyntax call)
    {
        if (call.Arguments.Count == 1)
        {
            return Rounded(call, static v => Math.Round(v, MidpointRounding.AwayFromZero));
        }

        return call.Arguments[1] is LiteralSyntax { Value: long and >= 0 and <= 15 and var digits }
            ? Rounded(call, v => Math.Round(v, (int)digits, MidpointRounding.AwayFromZero))
            : Problem(call.Arguments[1].At, "round needs the number of digits as a whole number from 0 to 15 here.");
    }

    Node Number(CallSyntax call)
    {
        var node = Bind(call.Arguments[0]);
        return node.Type is Kind.Open or Kind.Int64 or Kind.Float64 ? node
            : node.Type == Kind.Null ? new ConstantNode(Kind.Float64, null, node.At)
            : Wrong(call, node, "a number", "double");
    }

    Node NullIf(CallSyntax call)
    {
        var (left, right) = Unified(call.At, call.Arguments[0], call.Arguments[1], "be compared");
        return left.Type == Kind.Open ? left : new NullIfNode(left, new CompareNode("=", left, right, call.At), call.At);
    }

    Node Substring(CallSyntax call)
    {
        var operand = Bind(call.Arguments[0], Kind.Text, call.Function);
        var numbers = call.Arguments.Skip(1).Select(a => Bind(a, Kind.Int64, call.Function)).ToList();
        return operand.Type == Kind.Open || numbers.Exists(n => n.Type == Kind.Open)
            ? new OpenNode(call.At)
            : new SubstringNode(operand, numbers[0], numbers.Count > 1 ? numbers[1] : null, call.At);
    }

    Node DatePart(CallSyntax call, Func<DateOnly, int> part)
    {
        var node = Bind(call.Arguments[0]);
        return node.Type switch
        {
            Kind.Open => node,
            Kind.Null => new ConstantNode(Kind.Int64, null, call.At),
            Kind.Date => new MapNode<int, long>(Kind.Int64, node, v => (part(Times.Date(v)), true), false, call.At),
            Kind.Timestamp => new MapNode<long, long>(Kind.Int64, node, v => (part(Times.Date((int)Times.Day(v))), true), false, call.At),
            _ => Wrong(call, node, "a date or a timestamp", "date"),
        };
    }

    OpenNode Wrong(CallSyntax call, Node node, string wanted, string type)
    {
        var argument = call.Arguments[0];
        return Problem(argument.At, $"{call.Function} needs {wanted}; {Describe(argument, node)}. Write cast({Source(argument)} as {type}).");
    }
}
