using System.Text;

namespace Sluice.Embedding;

/// <summary>
/// What must be known of an ONNX file that ONNX Runtime does not tell: which operators it has, and the names of its inner values. Any of these can be made an output.
/// Reads the few fields of the protocol buffer that this takes (onnx.proto: ModelProto.graph = 7; GraphProto.node = 1, output = 12; NodeProto.output = 2, op_type = 4).
/// </summary>
sealed class OnnxGraph
{
    const int Graph = 7, Node = 1, NodeOutput = 2, OperatorType = 4, GraphOutput = 12, ValueName = 1;
    const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;
    readonly byte[] model;
    readonly Range graph;
    readonly int graphStart;

    public OnnxGraph(byte[] model, string name)
    {
        this.model = model;
        try
        {
            foreach (var (number, start, value) in Fields(0..model.Length))
            {
                if (number == Graph)
                {
                    (graph, graphStart) = (value, start);
                }
            }

            foreach (var (number, _, value) in Fields(graph))
            {
                if (number == Node)
                {
                    ReadNode(value);
                }
            }
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentOutOfRangeException or OverflowException)
        {
            throw NoModel(name, e);
        }

        if (Operators.Count == 0)
        {
            throw NoModel(name, null);
        }
    }

    /// <summary>Kinds of operators.</summary>
    public HashSet<string> Operators { get; } = new(StringComparer.Ordinal);

    /// <summary>Values that operators give, in order; any can be made an output.</summary>
    public List<string> Values { get; } = [];

    /// <summary>The model with these values as further outputs. Their types are left to the runtime, which infers them.</summary>
    public byte[] WithOutputs(IEnumerable<string> values)
    {
        var added = new List<byte>();
        foreach (var value in values)
        {
            var text = Encoding.UTF8.GetBytes(value);
            byte[] info = [.. Key(ValueName, Bytes), .. Number(text.Length), .. text];
            added.AddRange([.. Key(GraphOutput, Bytes), .. Number(info.Length), .. info]);
        }

        var (start, length) = graph.GetOffsetAndLength(model.Length);
        return [.. model[..graphStart], .. Key(Graph, Bytes), .. Number(length + added.Count), .. model[graph], .. added, .. model[(start + length)..]];
    }

    void ReadNode(Range node)
    {
        foreach (var (number, _, value) in Fields(node))
        {
            if (number == OperatorType)
            {
                Operators.Add(Encoding.UTF8.GetString(model[value]));
            }
            else if (number == NodeOutput && Encoding.UTF8.GetString(model[value]) is { Length: > 0 } output)
            {
                Values.Add(output);
            }
        }
    }

    /// <summary>Fields of a message: number, where the field begins, and its content (empty for numbers).</summary>
    IEnumerable<(int Number, int Start, Range Value)> Fields(Range message)
    {
        var (at, length) = message.GetOffsetAndLength(model.Length);
        var end = at + length;
        while (at < end)
        {
            var start = at;
            var key = ReadNumber(ref at);
            var size = (int)(key & 7) switch
            {
                Varint => 0,
                Fixed64 => 8,
                Bytes => checked((int)ReadNumber(ref at)),
                Fixed32 => 4,
                _ => throw new OverflowException(),
            };
            if ((key & 7) == Varint)
            {
                ReadNumber(ref at);
            }

            if (size > end - at)
            {
                throw new OverflowException();
            }

            yield return ((int)(key >> 3), start, at..(at + size));
            at += size;
        }
    }

    ulong ReadNumber(ref int at)
    {
        var (value, shift) = (0UL, 0);
        byte part;
        do
        {
            part = model[at++];
            value |= (ulong)(part & 0x7F) << shift;
            shift += 7;
        }
        while (part >= 0x80 && shift < 64);
        return value;
    }

    static byte[] Key(int number, int kind) => Number(number << 3 | kind);

    static byte[] Number(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    static DataException NoModel(string name, Exception? cause) =>
        new($"The file '{name}' is no ONNX model: its protocol buffer has no graph that can be read. Was it cut, or is it a Git LFS pointer? Fetch it again.", cause);
}
