using System.Text.Json.Nodes;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>Rows that equal an earlier row, or have its key. Counted in rows; severity high.</summary>
[Check("duplicates", 2)]
sealed class DuplicateRows(QualityValidation.Options options) : Check
{
    readonly string reason = options.KeyColumns.Count == 0 ? "duplicate_row" : "duplicate_key";

    public override IReadOnlyList<string> Reasons => [reason];

    public override bool IsKeyed => true;

    public override RowKey[] Keys(Batch batch, ulong family)
    {
        var present = options.KeyColumns.Where(batch.Schema.Has).ToList();
        return present.Count == 0 ? RowHash.Rows(batch.Columns, batch.Rows, family) : KeyColumns.Of(batch, present, family);
    }

    public override object Decide(KeyedRows rows, Action<KeyedRow> mark) => RepeatedKeys.Mark(rows, mark);

    public override CheckFit Fit(Seen seen) =>
        new([new CheckResult(reason, null, Severity.High, (seen.Decided as RepeatedKeys)?.Repeated ?? 0, seen.Rows, "rows")]);

    public override void Apply(Judged judged) => judged.FailMarked(reason, null, Severity.High, rejects: false);

    public override IEnumerable<Suggestion> Suggest(QualityReport report)
    {
        if (report.Checks.FirstOrDefault(c => c.Name == reason) is { Issues: > 0 })
        {
            yield return new Suggestion(reason, null, "keep the first of equal rows", new JsonObject
            {
                ["type"] = "remove_duplicates",
                ["config"] = new JsonObject { ["duplicate_keys"] = new JsonArray([.. options.KeyColumns.Select(c => (JsonNode)c)]) },
            });
        }
    }
}

/// <summary>Rows whose key an earlier row has.</summary>
/// <param name="Repeated">Rows that were marked.</param>
/// <param name="Judged">Rows with a key.</param>
sealed record RepeatedKeys(long Repeated, long Judged)
{
    public static RepeatedKeys Mark(KeyedRows rows, Action<KeyedRow> mark)
    {
        long repeated = 0, judged = 0;
        RowKey? before = null;
        foreach (var row in rows)
        {
            if (row.Key == KeyColumns.None)
            {
                continue;
            }

            judged++;
            if (row.Key == before)
            {
                repeated++;
                mark(row);
            }

            before = row.Key;
        }

        return new RepeatedKeys(repeated, judged);
    }
}
