using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Repair;

/// <summary>One cell of a repaired table and why it is what it is. A line of the log; undone by putting the old value back.</summary>
/// <param name="Row">Data row in the file, the first is 1.</param>
/// <param name="RowKey">Hash of the row as it was found, so that a log can be told from that of another file.</param>
/// <param name="Column">Column name.</param>
/// <param name="Old">What was found; null: missing.</param>
/// <param name="New">What was put there; null: the cell was only flagged.</param>
/// <param name="Operator">What proposed it: <c>dependency</c>, <c>slip</c>, <c>rewrite</c>, <c>replacement</c>, <c>label</c>; for a flagged cell <c>dependency</c> or <c>value</c>.</param>
/// <param name="Evidence">Why, in a sentence.</param>
/// <param name="Confidence">0 to 1.</param>
public sealed record RepairEntry(long Row, string RowKey, string Column, string? Old, string? New, string Operator, string Evidence, double Confidence);

/// <summary>The log of a repair, one JSON document a line, and what can be done with it. DuckDB and pandas read it as a table.</summary>
public static class RepairLog
{
    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The findings on these rows as entries, in the order of rows and columns.</summary>
    public static IReadOnlyList<RepairEntry> Of(Batch rows, IEnumerable<CellFinding> findings)
    {
        var keys = RowHash.Rows(rows.Columns, rows.Rows);
        return [.. findings.Select(f => new RepairEntry(
            f.Row + 1, Key(keys[f.Row]), rows.Schema[f.Column].Name, Cell(rows[f.Column], f.Row), f.New, f.Operator, f.Evidence, Math.Round(f.Confidence, 4)))];
    }

    /// <summary>The rows with every new value in its place.</summary>
    public static Batch Apply(Batch rows, IEnumerable<RepairEntry> entries) => Put(rows, entries.Where(e => e.New is not null), e => e.Old, e => e.New);

    /// <summary>The repaired rows with the old values back in place: all of them, those of one operator, of one column.</summary>
    /// <exception cref="DataException">The rows are not those that the log tells of.</exception>
    public static Batch Undo(Batch rows, IEnumerable<RepairEntry> entries, string? operation = null, string? column = null) =>
        Put(rows, Undoable(entries, operation, column), e => e.New, e => e.Old);

    /// <summary>The entries that changed a cell, of this operator and column.</summary>
    public static IEnumerable<RepairEntry> Undoable(IEnumerable<RepairEntry> entries, string? operation, string? column) =>
        entries.Where(e => e.New is not null && e.Operator == (operation ?? e.Operator) && e.Column == (column ?? e.Column));

    /// <summary>Writes the log whole or not at all.</summary>
    public static async Task WriteAsync(string file, IEnumerable<RepairEntry> entries, CancellationToken cancellation)
    {
        var temporary = file + ".tmp";
        await File.WriteAllLinesAsync(temporary, entries.Select(e => JsonSerializer.Serialize(e, json)), cancellation);
        File.Move(temporary, file, overwrite: true);
    }

    /// <exception cref="DataException">It is not there, or not a log.</exception>
    public static async Task<IReadOnlyList<RepairEntry>> ReadAsync(string file, CancellationToken cancellation)
    {
        if (!File.Exists(file))
        {
            throw new DataException($"There is no repair log '{file}'. Expected the file that sluice repair wrote beside its output. Name it with --log.");
        }

        var entries = new List<RepairEntry>();
        foreach (var line in await File.ReadAllLinesAsync(file, Encoding.UTF8, cancellation))
        {
            try
            {
                entries.Add(JsonSerializer.Deserialize<RepairEntry>(line, json) is { Column: not null, Operator: not null } entry ? entry : throw new JsonException("Not an entry."));
            }
            catch (JsonException error)
            {
                throw new DataException($"Line {entries.Count + 1:N0} of '{file}' is no entry of a repair log: {error.Message} Name the file that sluice repair wrote.", error);
            }
        }

        return entries;
    }

    static Batch Put(Batch rows, IEnumerable<RepairEntry> entries, Func<RepairEntry, string?> from, Func<RepairEntry, string?> to)
    {
        foreach (var ofColumn in entries.GroupBy(e => e.Column, StringComparer.Ordinal))
        {
            if (!rows.Schema.Has(ofColumn.Key))
            {
                throw new DataException($"The log tells of column '{ofColumn.Key}', which these rows do not have. They have: {rows.Schema.Names}. Use the log of this file.");
            }

            var column = rows[ofColumn.Key];
            var values = ofColumn.ToDictionary(e => (int)e.Row - 1, e =>
            {
                var found = e.Row >= 1 && e.Row <= rows.Rows ? Cell(column, (int)e.Row - 1) : null;
                return e.Row >= 1 && e.Row <= rows.Rows && found == from(e) ? to(e) : throw new DataException(
                    $"Row {e.Row:N0}, column '{e.Column}', has {Quoted(found)}; the log expected {Quoted(from(e))}. The file was changed since, or is another one. Use the log of this file.");
            });
            rows = rows.With(rows.Schema[ofColumn.Key], CellPatch.Put(rows.Schema[ofColumn.Key], column, values));
        }

        return rows;
    }

    static string? Cell(Column column, int row) => column.IsNull(row) ? null : column.Display(row);

    static string Key(RowKey key) => $"{key.High:x16}{key.Low:x16}";

    static string Quoted(string? value) => value is null ? "no value" : $"'{ColumnProfile.Shown(value)}'";
}
