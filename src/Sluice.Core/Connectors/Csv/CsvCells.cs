using System.Runtime.CompilerServices;
using Sluice.Schemas;

namespace Sluice.Connectors;

/// <summary>What the options say about single values.</summary>
sealed class CsvValues(CsvDialect dialect, IReadOnlyList<string> nulls)
{
    readonly bool trim = dialect.Trim;
    readonly byte[][] nulls = [.. nulls.Where(n => n.Length > 0).Select(System.Text.Encoding.UTF8.GetBytes)];
    byte[] scratch = new byte[256];

    /// <summary>Every value is its bytes as they are, and only the empty one is missing.</summary>
    public bool Plain => !trim && nulls.Length == 0;

    public bool TryGet(ReadOnlySpan<byte> field, bool raw, out ReadOnlySpan<byte> text)
    {
        text = raw ? Resolve(field) : field;
        text = trim ? text.Trim(" \t"u8) : text;
        if (text.IsEmpty)
        {
            return false;
        }

        foreach (var missing in nulls)
        {
            if (text.SequenceEqual(missing))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Without quotes and escapes. Text after the closing quote belongs to the value, as it stands.</summary>
    ReadOnlySpan<byte> Resolve(ReadOnlySpan<byte> field)
    {
        if (scratch.Length < field.Length)
        {
            scratch = new byte[field.Length * 2];
        }

        var body = trim ? field.TrimStart(" \t"u8) : field;
        var inQuotes = dialect.Quote is not null && body.Length > 0 && body[0] == dialect.QuoteByte;
        field = inQuotes ? body[1..] : field;
        var used = 0;
        for (var i = 0; i < field.Length; i++)
        {
            var c = field[i];
            if (dialect.Escape is not null && c == dialect.EscapeByte && i + 1 < field.Length)
            {
                c = field[++i];
            }
            else if (inQuotes && c == dialect.QuoteByte)
            {
                if (i + 1 >= field.Length || field[i + 1] != c)
                {
                    inQuotes = false;
                    continue;
                }

                i++;
            }

            scratch[used++] = c;
        }

        return scratch.AsSpan(0, used);
    }
}

/// <summary>One column of a <see cref="CsvTable"/>.</summary>
readonly struct CsvCells(byte[] bytes, long[] fields, int columns, int column, int rows, CsvValues values) : ICells
{
    readonly bool plain = values.Plain;

    public int Rows => rows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(int row, out ReadOnlySpan<byte> text)
    {
        var field = fields[(row * columns) + column];
        var (start, length) = ((int)field, (int)((field & ~CsvTable.Raw) >> 32));
        text = bytes.AsSpan(start, length);
        return plain && field < CsvTable.Raw ? length > 0 : values.TryGet(text, field >= CsvTable.Raw, out text);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueKinds Kinds(int row) => ValueKinds.Any;

    public bool TryFloat64(ReadOnlySpan<byte> text, out double value) => ValueParser.TryFloat64(text, out value);

    public TextFormats Formats(int row, ReadOnlySpan<byte> text) => ValueParser.DateFormatsOf(text);
}
