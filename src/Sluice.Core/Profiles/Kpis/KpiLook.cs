using System.Text;
using Sluice.Cleaning;
using Sluice.Connectors;
using Sluice.Embedding;
using Sluice.Steps;

namespace Sluice.Profiles.Kpis;

/// <summary>Key figures of rows that are there, in one walk; only the texts of a sample are kept.</summary>
public static class KpiLook
{
    const int MaxTextBytes = 4_096, SampledTexts = 2_000;

    /// <param name="options">What is wanted.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="accuracy">Rows that validations pass, where some ran.</param>
    /// <param name="asOf">Day that ages are counted to where the options name none.</param>
    /// <param name="vectors">Where vectors of texts are kept.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="PipelineException">Every column that is missing or cannot be used.</exception>
    public static async Task<KpiReport> OfAsync(
        KpiOptions options, DatasetRows rows, Accuracy? accuracy, DateOnly asOf, VectorStore vectors, CancellationToken cancellation)
    {
        Check(options, rows.Schema);
        var diversity = options.Diversity ?? new DiversityOptions();
        var values = options.Coverage.Select(c => c.Column).Concat(diversity.Columns).Distinct(StringComparer.Ordinal).ToDictionary(c => c, _ => new CategoryCounts());
        var ages = options.Freshness is { } dates ? new NumberSummary() : null;
        var texts = new BottomSample<byte[]>(SampledTexts);
        long count = 0, dated = 0;
        await foreach (var batch in rows.ReadAsync(cancellation))
        {
            count += batch.Rows;
            foreach (var (column, counts) in values)
            {
                counts.Add(batch[column]);
            }

            ages?.Add(Numbers.Of(batch[options.Freshness!.Column]));
            if (diversity.Text is { } text)
            {
                Sample(texts, batch[text]);
            }
        }

        dated = ages?.Count ?? 0;
        var notes = values.Where(v => v.Value.IsOver).Select(v => $"'{v.Key}' has more than {CategoryCounts.Most:N0} different values, or one of more than {CategoryCounts.MostBytes:N0} bytes: it has no categories to count.").ToList();
        var vendi = diversity.Text is { } column0 && texts.Count > 0 ? await VendiScore.OfAsync(column0, diversity.Model, texts, vectors, cancellation) : null;
        return new KpiReport(
            count,
            [.. options.Coverage.Where(c => !values[c.Column].IsOver).Select(c => values[c.Column].Coverage(c))],
            accuracy,
            [.. diversity.Columns.Where(c => !values[c].IsOver).Select(c => values[c].Representation(c))],
            vendi,
            dated == 0 ? null : Ages.Of(options.Freshness!.Column, rows.Schema[options.Freshness.Column].Type, ages!, options.Freshness.AsOf ?? asOf, count),
            notes);
    }

    static void Check(KpiOptions options, Schema schema)
    {
        var problems = new StepProblems();
        for (var i = 0; i < options.Coverage.Count; i++)
        {
            problems.Column(schema, $"coverage[{i}].column", options.Coverage[i].Column);
        }

        for (var i = 0; i < options.Diversity?.Columns.Count; i++)
        {
            problems.Column(schema, $"diversity.columns[{i}]", options.Diversity.Columns[i]);
        }

        if (options.Diversity?.Text is { } text && problems.Column(schema, "diversity.text", text) && schema[text].Type != ColumnType.Text)
        {
            problems.Add("diversity.text", $"Column '{text}' is {schema[text].Type.ToString().ToLowerInvariant()}; expected text.");
        }

        if (options.Diversity?.Text is not null && TextEmbedders.Problem(new EmbeddingModel { Name = options.Diversity.Model }) is { } problem)
        {
            problems.Add("diversity.model", problem);
        }

        if (options.Freshness is { } dates && problems.Column(schema, "freshness.column", dates.Column) && schema[dates.Column].Type is not (ColumnType.Date or ColumnType.Timestamp))
        {
            problems.Add("freshness.column", $"Column '{dates.Column}' is {schema[dates.Column].Type.ToString().ToLowerInvariant()}; expected dates or times. Make them such with the step fix_types.");
        }

        if (problems.Items.Count > 0)
        {
            throw new PipelineException([.. problems.Items.Select(p => new Problem($"{p.Path}: {p.Message}", null, 0, 0))]);
        }
    }

    // Models read the beginning of a long text anyway.
    static void Sample(BottomSample<byte[]> texts, Column column)
    {
        for (var row = 0; row < column.Rows && column is TextColumn text; row++)
        {
            if (!text.IsNull(row) && !Utf8Text.IsBlank(text[row]) && RowHash.Bytes(text[row]) is var hash && texts.Wants(hash))
            {
                texts.Add(hash, Cut(text[row]).ToArray(), 1);
            }
        }
    }

    static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text)
    {
        var end = Math.Min(text.Length, MaxTextBytes);
        while (end < text.Length && end > 0 && (text[end] & 0xC0) == 0x80)
        {
            end--;
        }

        return text[..end];
    }
}

/// <summary>How often each value of a column occurs.</summary>
sealed class CategoryCounts
{
    public const int Most = 1_000, MostBytes = 256;
    const int Shown = 20;
    readonly TopValues values = new(Most, MostBytes);
    long without;

    public bool IsOver => values.IsOver;

    public void Add(Column column)
    {
        for (var row = 0; row < column.Rows; row++)
        {
            var value = column.IsNull(row) ? [] : column is TextColumn text ? text[row] : Encoding.UTF8.GetBytes(column.Display(row));
            if (column.IsNull(row) || Utf8Text.IsBlank(value))
            {
                without++;
            }
            else
            {
                values.Add(Utf8Text.Trim(value));
            }
        }
    }

    public Coverage Coverage(ExpectedValues expected)
    {
        var counts = All();
        var wanted = expected.Expected.Select(v => v.Trim()).Distinct(StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        var (present, others) = (counts.Where(c => wanted.Contains(c.Value)).ToList(), counts.Where(c => !wanted.Contains(c.Value)).ToList());
        return new Coverage(
            expected.Column, Math.Round((double)present.Count / wanted.Count, 6), present, [.. wanted.Except(present.Select(p => p.Value)).Order(StringComparer.Ordinal)],
            [.. others.Take(Shown)], others.Sum(o => o.Rows), without);
    }

    public Representation Representation(string column)
    {
        var counts = All();
        double total = counts.Sum(c => c.Rows);
        var entropy = counts.Sum(c => -c.Rows / total * Math.Log(c.Rows / total));
        return new Representation(column, counts.Count, counts.Count < 2 ? 0 : Math.Round(entropy / Math.Log(counts.Count), 6), counts.Count == 0 ? 0 : Math.Round(Math.Exp(entropy), 3), [.. counts.Take(Shown)]);
    }

    List<CountedValue> All() => [.. values.Top(Most).Select(v => new CountedValue(Encoding.UTF8.GetString(v.Value), v.Count))];
}
