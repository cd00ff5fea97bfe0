using System.Text;
using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Connectors;

/// <summary>The values of a part of a JSON file by column, where they lie in its text; escapes and blanks are resolved into a side buffer.</summary>
sealed partial class JsonTable(byte[] text, bool flatten, int maxColumns, string file)
{
    /// <summary>Column of values that are not objects.</summary>
    static readonly byte[] valueName = [.. "value"u8];

    /// <summary>A key without a letter cannot be a column's name.</summary>
    static readonly byte[] emptyName = [.. "empty_key"u8];

    readonly List<JsonColumn> columns = [];
    readonly Dictionary<ulong, int> byHash = [];
    readonly List<int> touched = [];
    byte[] path = new byte[256];
    byte[] side = new byte[1024];
    int sideUsed;
    int expected;
    int known;

    public int Rows { get; private set; }

    /// <summary>Reads one value, whose first token the reader is at, as the next row. Its positions count from <paramref name="origin"/> in the text.</summary>
    /// <exception cref="JsonException">It is not valid; call <see cref="Undo"/>.</exception>
    public void AddRow(ref Utf8JsonReader reader, int origin)
    {
        touched.Clear();
        expected = 0;
        known = columns.Count;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadObject(ref reader, origin, 0);
        }
        else
        {
            ReadValue(ref reader, origin, Column(valueName));
        }

        Rows++;
    }

    /// <summary>Takes back the row that was being added, or that was added and is not to be.</summary>
    public void Undo(bool added)
    {
        Rows -= added ? 1 : 0;
        touched.ForEach(c => columns[c].Undo(Rows));
        while (columns.Count > known)
        {
            byHash.Remove(Slot(columns[^1].Name));
            columns.RemoveAt(columns.Count - 1);
        }
    }

    public Batch Infer(CancellationToken cancellation)
    {
        var cells = new JsonCell[Rows];
        var fields = new Field[columns.Count];
        var built = new Column[columns.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            columns[i].Spread(cells);
            (fields[i], built[i]) = ColumnReader.Infer(Encoding.UTF8.GetString(columns[i].Name), new JsonCells(text, side, cells, Rows));
        }

        return new Batch(new Schema(fields), built, Rows);
    }

    public Batch Read(Schema schema, CancellationToken cancellation)
    {
        var cells = new JsonCell[Rows];
        var built = new Column[schema.Count];
        for (var i = 0; i < built.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!byHash.TryGetValue(Slot(Encoding.UTF8.GetBytes(schema[i].Name)), out var column))
            {
                built[i] = ColumnReader.AllMissing(schema[i].Type, Rows);
                continue;
            }

            columns[column].Spread(cells);
            built[i] = ColumnReader.Read(schema[i], new JsonCells(text, side, cells, Rows));
        }

        return new Batch(schema, built, Rows);
    }

    public static SourceException Invalid(string file, long line, long column, string found, string expected) => new(
        $"The file \"{file}\" is not valid JSON at line {line}, column {column}: found {found}. Expected {expected}. "
        + "Correct the file there, or have it written anew.");
}
