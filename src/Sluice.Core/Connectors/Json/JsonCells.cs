using Sluice.Schemas;

namespace Sluice.Connectors;

/// <summary>The values of one key, row by row: where their text lies and what they are.</summary>
sealed class JsonColumn(byte[] name)
{
    int[] starts = new int[64];
    int[] lengths = new int[64];
    ValueKinds[] kinds = new ValueKinds[64];

    public byte[] Name { get; } = name;

    public int Rows { get; private set; }

    /// <summary>Adds the value of a row; rows that were left out before it are missing.</summary>
    /// <param name="row">Row number.</param>
    /// <param name="start">Position in the text, or the complement of one in the unescaped text.</param>
    /// <param name="length">Bytes; -1 for null.</param>
    /// <param name="kind">What it may be read as.</param>
    public void Set(int row, int start, int length, ValueKinds kind)
    {
        PadTo(row);
        starts[row] = start;
        lengths[row] = length;
        kinds[row] = kind;
        Rows = row + 1;
    }

    /// <summary>Whether this row has a value already: a key that comes twice.</summary>
    public bool Has(int row) => Rows > row;

    public void PadTo(int rows)
    {
        if (rows >= starts.Length)
        {
            var size = Math.Max(rows + 1, starts.Length * 2);
            Array.Resize(ref starts, size);
            Array.Resize(ref lengths, size);
            Array.Resize(ref kinds, size);
        }

        for (; Rows < rows; Rows++)
        {
            lengths[Rows] = -1;
        }
    }

    /// <summary>Forgets a row that turned out to be bad.</summary>
    public void Cut(int rows) => Rows = Math.Min(Rows, rows);

    public JsonCells Cells(byte[] text, byte[] unescaped) => new(text, unescaped, starts, lengths, kinds, Rows);
}

/// <summary>Cells of a JSON column for the column reader.</summary>
readonly struct JsonCells(byte[] text, byte[] unescaped, int[] starts, int[] lengths, ValueKinds[] kinds, int rows) : ICells
{
    /// <summary>A nested value: text that is JSON.</summary>
    public const ValueKinds Nested = ValueKinds.None;

    public int Rows => rows;

    public bool TryGet(int row, out ReadOnlySpan<byte> value)
    {
        var length = lengths[row];
        if (length < 0)
        {
            value = default;
            return false;
        }

        var start = starts[row];
        value = start >= 0 ? text.AsSpan(start, length) : unescaped.AsSpan(~start, length);
        return true;
    }

    public ValueKinds Kinds(int row) => kinds[row];

    // An integer that a long cannot hold would lose digits as a double: it stays text.
    public bool TryFloat64(ReadOnlySpan<byte> value, out double number)
    {
        number = 0;
        return value.IndexOfAny("eE."u8) >= 0
            && System.Buffers.Text.Utf8Parser.TryParse(value, out number, out var used) && used == value.Length && double.IsFinite(number);
    }

    public TextFormats Formats(int row, ReadOnlySpan<byte> value) => kinds[row] == Nested ? TextFormats.Json : ValueParser.DateFormatsOf(value);
}
