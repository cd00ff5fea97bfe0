using System.Text;

namespace Sluice.Core.Tests.Labels.Masks;

/// <summary>Small ONNX graphs, written field by field (onnx.proto), for tests of what models have to look like.</summary>
sealed class TinyOnnx
{
    const int Float = 1, Int64 = 7;
    readonly List<byte> nodes = [], initializers = [], inputs = [], outputs = [];

    public TinyOnnx Input(string name, params long[] shape) => With(inputs, 11, Value(name, shape));

    public TinyOnnx Output(string name, params long[] shape) => With(outputs, 12, Value(name, shape));

    public TinyOnnx Numbers(string name, long[] shape, params float[] values) =>
        With(initializers, 5, [.. Dims(shape), .. Number(2, Float), .. Text(8, name), .. Bytes(9, [.. values.SelectMany(BitConverter.GetBytes)])]);

    public TinyOnnx Whole(string name, long[] shape, params long[] values) =>
        With(initializers, 5, [.. Dims(shape), .. Number(2, Int64), .. Text(8, name), .. Bytes(9, [.. values.SelectMany(BitConverter.GetBytes)])]);

    /// <param name="type">Operator.</param>
    /// <param name="from">Values that it takes, separated by blanks.</param>
    /// <param name="to">Value that it gives.</param>
    /// <param name="attributes">Whole numbers by name; several make a list.</param>
    public TinyOnnx Node(string type, string from, string to, params (string Name, long[] Values)[] attributes) => With(nodes, 1,
    [
        .. from.Split(' ').SelectMany(f => Text(1, f)), .. Text(2, to), .. Text(4, type),
        .. attributes.SelectMany(a => Bytes(5, a.Values is [var only] && a.Name is not ("kernel_shape" or "strides")
            ? [.. Text(1, a.Name), .. Number(3, only), .. Number(20, 2)]
            : [.. Text(1, a.Name), .. a.Values.SelectMany(v => Number(8, v)), .. Number(20, 7)])),
    ]);

    public byte[] ToBytes() =>
    [
        .. Number(1, 8), .. Bytes(8, [.. Text(1, ""), .. Number(2, 13)]),
        .. Bytes(7, [.. nodes, .. Text(2, "tiny"), .. initializers, .. inputs, .. outputs]),
    ];

    static byte[] Value(string name, long[] shape) =>
        [.. Text(1, name), .. Bytes(2, Bytes(1, [.. Number(1, Float), .. Bytes(2, [.. shape.SelectMany((d, i) => Bytes(1, d > 0 ? Number(1, d) : Text(2, $"d{i}")))])]))];

    static IEnumerable<byte> Dims(long[] shape) => shape.SelectMany(d => Number(1, d));

    TinyOnnx With(List<byte> part, int field, byte[] message)
    {
        part.AddRange(Bytes(field, message));
        return this;
    }

    static byte[] Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    static byte[] Bytes(int field, byte[] value) => [.. Varint(field << 3 | 2), .. Varint(value.Length), .. value];

    static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    static IEnumerable<byte> Varint(long value)
    {
        var left = (ulong)value;
        for (; left >= 0x80; left >>= 7)
        {
            yield return (byte)(left | 0x80);
        }

        yield return (byte)left;
    }
}
