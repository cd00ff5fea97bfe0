using System.Runtime.CompilerServices;
using Sluice.Connectors;

namespace Sluice.Runs;

/// <summary>All evidence of a run as rows: which input row failed which rule of which step, and the value it had when it was read.</summary>
/// <param name="files">Where evidence lies.</param>
/// <param name="record">The run.</param>
/// <param name="withRun">Whether each row names the run and its trace. Evidence itself does not: it is shared by all runs that found the same.</param>
public sealed class EvidenceRows(BatchFiles files, RunRecord record, bool withRun = false) : DatasetRows
{
    // Few runs have steps with more to say than a reason.
    readonly bool hasDetails = record.Evidence.Any(e => e.Rules.Any(r => r.Detail is not null));

    public override Schema Schema => field ??= new(
    [
        .. withRun ? [new Field("run", ColumnType.Text, false), new Field("trace", ColumnType.Text)] : Array.Empty<Field>(),
        new Field("row", ColumnType.Int64, false),
        new Field("step", ColumnType.Text, false),
        new Field("reason", ColumnType.Text, false),
        new Field("column", ColumnType.Text),
        new Field("severity", ColumnType.Text, false),
        new Field("rejected", ColumnType.Boolean, false),
        new Field("value", ColumnType.Text),
        .. hasDetails ? [new Field("detail", ColumnType.Text)] : Array.Empty<Field>(),
    ]);

    public override long Rows => record.Evidence.Sum(e => (long)e.Evidence.Rows);

    public override async IAsyncEnumerable<Batch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var part in record.Evidence)
        {
            var columns = part.Rules.Select(r => r.Column).OfType<string>().ToHashSet(StringComparer.Ordinal);
            var values = columns.Count == 0 ? null : await ReadValuesAsync(part, columns, cancellation);
            yield return Join(part, await files.ReadAsync(part.Evidence, null, cancellation), values);
        }
    }

    // A rule may speak of a column that a step made: it has no value as read.
    async Task<Batch?> ReadValuesAsync(EvidenceFile part, HashSet<string> columns, CancellationToken cancellation)
    {
        var rows = await files.ReadAsync(part.Rows, null, cancellation);
        columns.IntersectWith(rows.Schema.Select(f => f.Name));
        return columns.Count == 0 ? null : rows.Select(columns);
    }

    Batch Join(EvidenceFile part, Batch evidence, Batch? values)
    {
        var rules = evidence.Int64("rule");
        var rows = evidence.Int64("row");
        var number = new ValueBuilder<long>(ColumnType.Int64, evidence.Rows);
        var rejected = new ValueBuilder<bool>(ColumnType.Boolean, evidence.Rows);
        var texts = new TextBuilder[6];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = new TextBuilder(evidence.Rows);
        }

        for (var i = 0; i < evidence.Rows; i++)
        {
            var rule = part.Rules[(int)rules[i]];
            number.Append(part.FirstRow + rows[i] + 1);
            rejected.Append(rule.Rejects);
            Append(texts[0], rule.Step);
            Append(texts[1], rule.Reason);
            Append(texts[2], rule.Column);
            Append(texts[3], rule.Severity);
            // Evidence of personal data says where it is; what it is stays in the data.
            var isPersonal = rule.Reason.StartsWith(Privacy.PiiDetection.Reason, StringComparison.Ordinal);
            var column = isPersonal || rule.Column is null || values is null || !values.Schema.Has(rule.Column) ? null : values[rule.Column];
            Append(texts[4], column is null || column.IsNull((int)rows[i]) ? null : column.Display((int)rows[i]));
            Append(texts[5], rule.Detail);
        }

        return new Batch(
            Schema,
            [.. withRun ? [Repeat(record.RunId, evidence.Rows), Repeat(record.Trace, evidence.Rows)] : Array.Empty<Column>(), number.Build(), texts[0].Build(), texts[1].Build(), texts[2].Build(), texts[3].Build(), rejected.Build(), texts[4].Build(), .. hasDetails ? [texts[5].Build()] : Array.Empty<Column>()],
            evidence.Rows);
    }

    static TextColumn Repeat(string? text, int rows)
    {
        var builder = new TextBuilder(rows);
        for (var i = 0; i < rows; i++)
        {
            Append(builder, text);
        }

        return builder.Build();
    }

    static void Append(TextBuilder builder, string? text)
    {
        if (text is null)
        {
            builder.AppendNull();
        }
        else
        {
            builder.Append(System.Text.Encoding.UTF8.GetBytes(text));
        }
    }
}
