using System.Runtime.CompilerServices;
using Sluice.Schemas;

namespace Sluice.Connectors;

enum JsonKind : byte
{
    /// <summary>No key, or null.</summary>
    Missing,
    String,
    Number,
    Boolean,

    /// <summary>An object or array, as compact JSON.</summary>
    Nested,
}

/// <summary>Where a value lies.</summary>
/// <param name="Row">Row of the table.</param>
/// <param name="Start">In the text; in the side buffer where it was rewritten: the complement.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Kind">What it is.</param>
readonly record struct JsonCell(int Row, int Start, int Length, JsonKind Kind);

/// <summary>The values of one key, in order of rows.</summary>
sealed class JsonColumn(byte[] name)
{
    JsonCell[] cells = new JsonCell[16];

    public byte[] Name { get; } = name;

    public int Count { get; private set; }

    /// <summary>Of a key that comes twice in an object, the last value counts. False: it did.</summary>
    public bool Add(JsonCell cell)
    {
        var again = Count > 0 && cells[Count - 1].Row == cell.Row;
        if (!again && Count++ == cells.Length)
        {
            Array.Resize(ref cells, cells.Length * 2);
        }

        cells[Count - 1] = cell;
        return !again;
    }

    /// <summary>Takes back what a row that is rejected gave.</summary>
    public void Undo(int row) => Count -= Count > 0 && cells[Count - 1].Row == row ? 1 : 0;

    /// <summary>A cell for every row.</summary>
    public void Spread(Span<JsonCell> rows)
    {
        rows.Clear();
        foreach (var cell in cells.AsSpan(0, Count))
        {
            rows[cell.Row] = cell;
        }
    }
}

/// <summary>One column of a <see cref="JsonTable"/>.</summary>
readonly struct JsonCells(byte[] text, byte[] side, JsonCell[] cells, int rows) : ICells
{
    public int Rows => rows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(int row, out ReadOnlySpan<byte> value)
    {
        var cell = cells[row];
        value = cell.Start < 0 ? side.AsSpan(~cell.Start, cell.Length) : text.AsSpan(cell.Start, cell.Length);
        return cell.Kind != JsonKind.Missing;
    }

    public ValueKinds Kinds(int row) => cells[row].Kind switch
    {
        JsonKind.String => ValueKinds.Date | ValueKinds.Timestamp | ValueKinds.Text,
        JsonKind.Number => ValueKinds.Int64 | ValueKinds.Float64 | ValueKinds.Text,
        JsonKind.Boolean => ValueKinds.Boolean,
        _ => ValueKinds.Text,
    };

    /// <summary>Any digits are a number here, rounded to a double; only what would be infinite stays text.</summary>
    public bool TryFloat64(ReadOnlySpan<byte> value, out double number) => ValueParser.TryFloat64(value, out number) || ValueParser.TryAnyFloat64(value, out number);

    public TextFormats Formats(int row, ReadOnlySpan<byte> value) => cells[row].Kind switch
    {
        JsonKind.Nested => TextFormats.Json,
        JsonKind.String => ValueParser.DateFormatsOf(value),
        _ => TextFormats.None,
    };
}
