using System.Buffers;
using System.Text;

namespace Sluice.Expressions;

/// <summary>Text from text. Returns a part of the value, or of <paramref name="scratch"/>, which it may grow.</summary>
delegate ReadOnlySpan<byte> TextMap(ReadOnlySpan<byte> value, ref byte[] scratch);

delegate bool TextTest(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

delegate bool TextParse<T>(ReadOnlySpan<byte> value, out T result);

/// <summary>Work on UTF-8 without a managed string per row.</summary>
static class Texts
{
    public static ReadOnlySpan<byte> Lower(ReadOnlySpan<byte> value, ref byte[] scratch)
    {
        Reserve(ref scratch, value.Length);
        return Ascii.ToLower(value, scratch, out var written) == OperationStatus.Done ? scratch.AsSpan(0, written) : Map(value, ref scratch, Rune.ToLowerInvariant);
    }

    public static ReadOnlySpan<byte> Upper(ReadOnlySpan<byte> value, ref byte[] scratch)
    {
        Reserve(ref scratch, value.Length);
        return Ascii.ToUpper(value, scratch, out var written) == OperationStatus.Done ? scratch.AsSpan(0, written) : Map(value, ref scratch, Rune.ToUpperInvariant);
    }

    /// <summary>Characters (code points), not bytes.</summary>
    public static int Length(ReadOnlySpan<byte> value)
    {
        var count = 0;
        foreach (var unit in value)
        {
            count += (unit & 0xC0) != 0x80 ? 1 : 0;
        }

        return count;
    }

    /// <summary>As PostgreSQL: characters from <paramref name="from"/> (the first is 1, and may be before the text) on, <paramref name="count"/> of them.</summary>
    public static ReadOnlySpan<byte> Substring(ReadOnlySpan<byte> value, long from, long count)
    {
        var end = count > long.MaxValue - Math.Max(from, 0) ? long.MaxValue : from + count;
        var start = Skip(value, Math.Max(from, 1) - 1);
        return end <= Math.Max(from, 1) ? default : value[start..(start + Skip(value[start..], end - Math.Max(from, 1)))];
    }

    public static void Reserve(ref byte[] scratch, int bytes)
    {
        if (scratch.Length < bytes)
        {
            scratch = new byte[Math.Max(bytes, scratch.Length * 2)];
        }
    }

    /// <summary>Bytes of the character that begins here.</summary>
    public static int CharacterBytes(byte first) => first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

    // Bytes of the first so many characters.
    static int Skip(ReadOnlySpan<byte> value, long characters)
    {
        var at = 0;
        for (; characters > 0 && at < value.Length; characters--)
        {
            at = Math.Min(value.Length, at + CharacterBytes(value[at]));
        }

        return at;
    }

    static ReadOnlySpan<byte> Map(ReadOnlySpan<byte> value, ref byte[] scratch, Func<Rune, Rune> map)
    {
        // A two-byte letter can have a three-byte counterpart.
        Reserve(ref scratch, value.Length * 2);
        var used = 0;
        while (!value.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(value, out var rune, out var bytes) == OperationStatus.Done)
            {
                used += map(rune).EncodeToUtf8(scratch.AsSpan(used));
            }
            else
            {
                value[..bytes].CopyTo(scratch.AsSpan(used));
                used += bytes;
            }

            value = value[bytes..];
        }

        return scratch.AsSpan(0, used);
    }
}

/// <summary>A function from text to text, such as <c>lower</c>.</summary>
sealed class TextMapNode(Node operand, TextMap map, int at) : Node(Kind.Text, at)
{
    public override Vector Run(Batch batch)
    {
        var vector = operand.Run(batch);
        var text = vector.Text;
        var builder = new TextBuilder(text.Rows, text.Bytes.Length);
        var scratch = new byte[256];
        for (var row = 0; row < text.Rows; row++)
        {
            if (text.IsNull(row))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(map(text[row], ref scratch));
            }
        }

        return new Vector(builder.Build(), vector.Constant, vector.Errors);
    }
}

/// <summary><c>||</c>.</summary>
sealed class JoinNode(Node left, Node right, int at) : Node(Kind.Text, at)
{
    public override Vector Run(Batch batch)
    {
        var (a, b) = (left.Run(batch), right.Run(batch));
        var rows = Rows(batch, a, b);
        var builder = new TextBuilder(rows);
        var scratch = new byte[256];
        for (var row = 0; row < rows; row++)
        {
            if (a.IsNull(row) || b.IsNull(row))
            {
                builder.AppendNull();
                continue;
            }

            var (x, y) = (a.Text[row & a.Mask].Length, b.Text[row & b.Mask].Length);
            Texts.Reserve(ref scratch, x + y);
            a.Text[row & a.Mask].CopyTo(scratch);
            b.Text[row & b.Mask].CopyTo(scratch.AsSpan(x));
            builder.Append(scratch.AsSpan(0, x + y));
        }

        return new Vector(builder.Build(), a.Constant && b.Constant, Bits.Errors(a, b, rows));
    }
}

/// <summary><c>substring(text, from[, count])</c>; a negative count cannot be computed, as in PostgreSQL.</summary>
sealed class SubstringNode(Node operand, Node from, Node? count, int at) : Node(Kind.Text, at)
{
    public override Vector Run(Batch batch)
    {
        var (text, start) = (operand.Run(batch), from.Run(batch));
        var length = count?.Run(batch) ?? new Vector(new ValueColumn<long>(ColumnType.Int64, [long.MaxValue]), constant: true);
        var rows = text.Constant && start.Constant && length.Constant ? 1 : batch.Rows;
        var builder = new TextBuilder(rows);
        var before = Bits.Errors(text, start, rows);
        var errors = new ErrorMarks(before, rows);
        for (var row = 0; row < rows; row++)
        {
            var missing = text.IsNull(row) || start.IsNull(row) || length.IsNull(row);
            var characters = length.Values<long>()[row & length.Mask];
            if (length.IsError(row) || (!missing && characters < 0))
            {
                errors.Set(row);
                missing = true;
            }

            if (missing)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(Texts.Substring(text.Text[row & text.Mask], start.Values<long>()[row & start.Mask], characters));
            }
        }

        return new Vector(builder.Build(), text.Constant && start.Constant && length.Constant, errors.Bits);
    }
}

/// <summary>A test of two texts, such as <c>contains</c>.</summary>
sealed class TextTestNode(Node left, Node right, TextTest test, int at) : Node(Kind.Boolean, at)
{
    public override Vector Run(Batch batch)
    {
        var (a, b) = (left.Run(batch), right.Run(batch));
        var rows = Rows(batch, a, b);
        var (x, y) = (a.Text, b.Text);
        var result = new bool[rows];
        for (var row = 0; row < rows; row++)
        {
            result[row] = test(x[row & a.Mask], y[row & b.Mask]);
        }

        return new Vector(new ValueColumn<bool>(ColumnType.Boolean, result, Bits.Present(a, b, rows)), a.Constant && b.Constant, Bits.Errors(a, b, rows));
    }
}

sealed class LengthNode(Node operand, int at) : Node(Kind.Int64, at)
{
    public override Vector Run(Batch batch)
    {
        var vector = operand.Run(batch);
        var text = vector.Text;
        var result = new long[text.Rows];
        for (var row = 0; row < result.Length; row++)
        {
            result[row] = Texts.Length(text[row]);
        }

        return new Vector(new ValueColumn<long>(ColumnType.Int64, result, text.Validity), vector.Constant, vector.Errors);
    }
}

/// <summary>A value from text; where there is none, null or an error.</summary>
sealed class ParseNode<T>(Kind type, Node operand, TextParse<T> parse, bool errorIsNull, int at) : Node(type, at)
    where T : unmanaged
{
    public override Vector Run(Batch batch)
    {
        var vector = operand.Run(batch);
        var text = vector.Text;
        var result = new T[text.Rows];
        var errors = new ErrorMarks(vector.Errors, text.Rows);
        var missing = text.Validity;
        for (var row = 0; row < result.Length; row++)
        {
            if (text.IsNull(row) || parse(text[row], out result[row]))
            {
                continue;
            }

            result[row] = default;
            if (errorIsNull)
            {
                missing = Nulls.Without(missing, row, text.Rows, ReferenceEquals(missing, text.Validity));
            }
            else
            {
                errors.Set(row);
            }
        }

        return new Vector(new ValueColumn<T>((ColumnType)Type, result, missing), vector.Constant, errors.Bits);
    }
}
