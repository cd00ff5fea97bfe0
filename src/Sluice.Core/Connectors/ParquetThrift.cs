using System.Buffers.Binary;

namespace Sluice.Connectors;

/// <summary>
/// A Thrift struct by field number, in the compact protocol, in which Parquet writes its footer and page headers
/// (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md). Unknown fields are kept.
/// </summary>
sealed class ParquetThrift
{
    const int MaxDepth = 32;
    const byte True = 1, False = 2, Byte = 3, Int16 = 4, Int32 = 5, Int64 = 6, Double = 7, Binary = 8, List = 9, Set = 10, Struct = 12;

    readonly SortedDictionary<short, (byte Type, object Value)> fields = [];

    /// <summary>Reads a struct and moves past it.</summary>
    /// <exception cref="InvalidDataException">It is not one.</exception>
    public static ParquetThrift Read(ReadOnlySpan<byte> bytes, ref int at) => ReadStruct(bytes, ref at, 0);

    public bool Has(short field) => fields.ContainsKey(field);

    /// <summary>An integer or boolean, or the default when it is absent.</summary>
    public long Number(short field, long absent = 0) => fields.TryGetValue(field, out var found)
        ? found.Value switch { long number => number, bool flag => flag ? 1 : 0, _ => throw Broken("another type than a number") }
        : absent;

    public ParquetThrift? Child(short field) => fields.TryGetValue(field, out var found) ? found.Value as ParquetThrift : null;

    public IReadOnlyList<object> Items(short field) => fields.TryGetValue(field, out var found) && found.Value is ThriftList list ? list.Items : [];

    public IEnumerable<ParquetThrift> Children(short field) => Items(field).OfType<ParquetThrift>();

    public void Set32(short field, long number) => fields[field] = (Int32, number);

    public void Set64(short field, long number) => fields[field] = (Int64, number);

    public void SetFlag(short field, bool flag) => fields[field] = (True, flag);

    public void Remove(params ReadOnlySpan<short> removed)
    {
        foreach (var field in removed)
        {
            fields.Remove(field);
        }
    }

    public void Write(Stream target)
    {
        short last = 0;
        foreach (var (field, (type, value)) in fields)
        {
            var shown = value is bool flag ? flag ? True : False : type;
            if (field - last is > 0 and <= 15)
            {
                target.WriteByte((byte)((field - last) << 4 | shown));
            }
            else
            {
                target.WriteByte(shown);
                WriteVarint(target, ZigZag(field));
            }

            last = field;
            if (value is not bool)
            {
                WriteValue(target, type, value);
            }
        }

        target.WriteByte(0);
    }

    static ParquetThrift ReadStruct(ReadOnlySpan<byte> bytes, ref int at, int depth)
    {
        if (depth > MaxDepth)
        {
            throw Broken("structs nested too deeply");
        }

        var read = new ParquetThrift();
        for (short field = 0; ;)
        {
            var head = Take(bytes, ref at);
            if (head == 0)
            {
                return read;
            }

            field = head >> 4 != 0 ? (short)(field + (head >> 4)) : (short)ReadZigZag(bytes, ref at);
            var type = (byte)(head & 15);
            read.fields[field] = (type, type is True or False ? type == True : ReadValue(bytes, ref at, type, depth));
        }
    }

    static object ReadValue(ReadOnlySpan<byte> bytes, ref int at, byte type, int depth)
    {
        switch (type)
        {
            case True or False:
                return Take(bytes, ref at) == True;
            case Byte:
                return (long)(sbyte)Take(bytes, ref at);
            case Int16 or Int32 or Int64:
                return ReadZigZag(bytes, ref at);
            case Double:
                return BinaryPrimitives.ReadDoubleLittleEndian(Slice(bytes, ref at, sizeof(double)));
            case Binary:
                return Slice(bytes, ref at, checked((long)ReadVarint(bytes, ref at))).ToArray();
            case List or Set:
                var head = Take(bytes, ref at);
                var count = head >> 4 == 15 ? ReadVarint(bytes, ref at) : (ulong)(head >> 4);
                if (count > (ulong)(bytes.Length - at))
                {
                    throw Broken("a list longer than the file");
                }

                var items = new List<object>((int)count);
                for (var i = 0UL; i < count; i++)
                {
                    items.Add(ReadValue(bytes, ref at, (byte)(head & 15), depth + 1));
                }

                return new ThriftList((byte)(head & 15), items);
            case Struct:
                return ReadStruct(bytes, ref at, depth + 1);
            default:
                throw Broken($"type {type}");
        }
    }

    static void WriteValue(Stream target, byte type, object value)
    {
        switch (value)
        {
            case bool flag:
                target.WriteByte(flag ? True : False);
                break;
            case long number when type == Byte:
                target.WriteByte((byte)number);
                break;
            case long number:
                WriteVarint(target, ZigZag(number));
                break;
            case double number:
                Span<byte> bits = stackalloc byte[sizeof(double)];
                BinaryPrimitives.WriteDoubleLittleEndian(bits, number);
                target.Write(bits);
                break;
            case byte[] content:
                WriteVarint(target, (ulong)content.Length);
                target.Write(content);
                break;
            case ThriftList list:
                target.WriteByte((byte)(Math.Min(list.Items.Count, 15) << 4 | list.Type));
                if (list.Items.Count >= 15)
                {
                    WriteVarint(target, (ulong)list.Items.Count);
                }

                list.Items.ForEach(item => WriteValue(target, list.Type, item));
                break;
            case ParquetThrift child:
                child.Write(target);
                break;
        }
    }

    static byte Take(ReadOnlySpan<byte> bytes, ref int at) => at < bytes.Length ? bytes[at++] : throw Broken("its end too early");

    static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, ref int at, long length)
    {
        if (length < 0 || length > bytes.Length - at)
        {
            throw Broken("its end too early");
        }

        at += (int)length;
        return bytes.Slice(at - (int)length, (int)length);
    }

    static long ReadZigZag(ReadOnlySpan<byte> bytes, ref int at)
    {
        var number = ReadVarint(bytes, ref at);
        return (long)(number >> 1) ^ -(long)(number & 1);
    }

    static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong number = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(bytes, ref at);
            number |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return number;
            }
        }

        throw Broken("a number of more than 64 bits");
    }

    static ulong ZigZag(long number) => (ulong)(number << 1 ^ number >> 63);

    static void WriteVarint(Stream target, ulong number)
    {
        for (; number >= 128; number >>= 7)
        {
            target.WriteByte((byte)(number | 128));
        }

        target.WriteByte((byte)number);
    }

    static InvalidDataException Broken(string found) => new($"A Parquet header is damaged: found {found}.");

    sealed record ThriftList(byte Type, List<object> Items);
}
