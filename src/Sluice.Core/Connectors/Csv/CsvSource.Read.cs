using Sluice.Schemas;

namespace Sluice.Connectors;

public sealed partial class CsvSource
{
    internal override Batch Parse(
        Shard part, string localPath, byte[] bytes, int length, Schema? schema, List<RejectedRecord> rejected, CancellationToken cancellation)
    {
        var detail = CsvDetail.Of(part);
        if (detail.Dialect.Encoding != TextEncodings.Utf8)
        {
            (bytes, length) = TextEncodings.ToUtf8(bytes.AsSpan(0, length), detail.Dialect.Encoding);
        }

        using var table = new CsvTable(bytes, length, detail, new CsvSettings(options), part, rejected);
        if (options.OnBadRow == BadRow.Fail && rejected.Find(r => r.Reason != CsvTable.RepeatedHeader) is { } bad)
        {
            throw Refused(part, bad, detail);
        }

        rejected.InsertRange(0, (detail.Preamble ?? []).Select(p => new RejectedRecord(p.Line, null, "preamble", p.Text)));
        var values = new CsvValues(detail.Dialect, options.NullValues);
        return schema is null ? Infer(table, detail, values, cancellation) : Read(table, detail, values, schema, cancellation);
    }

    static Batch Infer(CsvTable table, CsvDetail detail, CsvValues values, CancellationToken cancellation)
    {
        var fields = new Field[table.Columns];
        var columns = new Column[table.Columns];
        for (var i = 0; i < fields.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            (fields[i], columns[i]) = ColumnReader.Infer(detail.Columns[i], table.Cells(i, values));
        }

        return new Batch(new Schema(fields), columns, table.Rows);
    }

    static Batch Read(CsvTable table, CsvDetail detail, CsvValues values, Schema schema, CancellationToken cancellation)
    {
        var at = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < detail.Columns.Count; i++)
        {
            at[detail.Columns[i]] = i;
        }

        var columns = new Column[schema.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            columns[i] = at.TryGetValue(schema[i].Name, out var column)
                ? ColumnReader.Read(schema[i], table.Cells(column, values))
                : ColumnReader.AllMissing(schema[i].Type, table.Rows);
        }

        return new Batch(schema, columns, table.Rows);
    }

    static SourceException Refused(Shard part, RejectedRecord bad, CsvDetail detail) => new(
        $"The file \"{part.File}\" has a record on line {bad.Line} that cannot be read ({bad.Reason}): found \"{bad.Found}\". "
        + (bad.Reason.StartsWith("invalid_", StringComparison.Ordinal)
            ? $"Expected text in {detail.Dialect.Encoding}. Correct the line, set encoding to what the file is written in, "
            : $"Expected {detail.Columns.Count} field(s) divided by {CsvHeader.Shown(detail.Dialect.Delimiter)}. Correct the line, ")
        + "or set on_bad_row: reject to go on without it.");
}
