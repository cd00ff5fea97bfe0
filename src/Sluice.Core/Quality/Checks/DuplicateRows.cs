using System.Text.Json.Nodes;
using Sluice.Cleaning;
using Sluice.Matching;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>
/// Rows that equal an earlier row, or have its key. Counted in rows; severity high. With <c>similarity_threshold</c> also <c>similar_row</c>: rows for which an
/// earlier one could stay, being similar to it; severity medium, for nobody has said that they mean the same.
/// </summary>
[Check("duplicates", 2)]
sealed class DuplicateRows(QualityValidation.Options options) : Check
{
    readonly string reason = options.KeyColumns.Count == 0 ? "duplicate_row" : "duplicate_key";

    const int MaxRows = 500_000;
    const string Similar = "similar_row";

    /// <summary>What Apply needs: hashes of the rows that are similar to an earlier one.</summary>
    sealed record SimilarRows(IReadOnlyList<string> Keys);

    bool FindsSimilar => options.SimilarityThreshold is not null;

    public override IReadOnlyList<string> Reasons => FindsSimilar ? [reason, Similar] : [reason];

    public override State? NewState(Schema schema) => FindsSimilar ? new RowTexts(schema.Select(Compared(schema).ToHashSet(StringComparer.Ordinal)), MaxRows) : null;

    public override void Observe(Batch batch, State state) => ((RowTexts)state).Add(LookedAt(batch), Compared(batch.Schema));

    List<string> Compared(Schema schema)
    {
        var keys = schema.Select(f => f.Name).Where(options.KeyColumns.Contains).ToList();
        return keys.Count > 0 ? keys : [.. schema.Select(f => f.Name)];
    }

    Batch LookedAt(Batch batch) => batch.Select(Compared(batch.Schema).ToHashSet(StringComparer.Ordinal));

    public override bool IsKeyed => true;

    public override RowKey[] Keys(Batch batch, ulong family)
    {
        if (FindsSimilar)
        {
            // The state holds rows by the same keys. Those of other checks are never compared with them: a check sees its own.
            return RowTexts.Keys(LookedAt(batch), Compared(batch.Schema));
        }

        var present = options.KeyColumns.Where(batch.Schema.Has).ToList();
        return present.Count == 0 ? RowHash.Rows(batch.Columns, batch.Rows, family) : KeyColumns.Of(batch, present, family);
    }

    public override object Decide(KeyedRows rows, Action<KeyedRow> mark) => FindsSimilar ? FirstRows.Of(rows, MaxRows, mark) : RepeatedKeys.Mark(rows, mark);

    public override CheckFit Fit(Seen seen)
    {
        var equal = new CheckResult(reason, null, Severity.High, (seen.Decided as RepeatedKeys)?.Repeated ?? (seen.Decided as FirstRows)?.Repeated ?? 0, seen.Rows, "rows");
        if (seen.State is not RowTexts texts)
        {
            return new CheckFit([equal]);
        }

        var first = seen.Decided as FirstRows ?? new FirstRows([], 0, 0);
        if (texts.IsFull)
        {
            return new CheckFit([equal]) { Notes = [$"Similar rows were not searched: the table has more than {MaxRows:N0} different rows. Name the columns to compare in key_columns."] };
        }

        var rows = texts.Rows(first.Rows.Select(r => r.Key));
        var matching = new MatchOptions { Method = MatchMethod.Similar, Columns = RecordMatcher.ColumnsOf(rows), Threshold = options.SimilarityThreshold };
        var (found, _) = NearDuplicates.Find(rows, [.. Enumerable.Range(0, rows.Rows)], matching, null, CancellationToken.None);
        return new CheckFit(
            [equal, new CheckResult(Similar, null, Severity.Medium, found.Count, seen.Rows, "rows")],
            new SimilarRows([.. found.Select(d => RowTexts.Name(first.Rows[d.Row].Key)).Order(StringComparer.Ordinal)]));
    }

    public override void Apply(Judged judged)
    {
        judged.FailMarked(reason, null, Severity.High, rejects: false);
        if (judged.Learned<SimilarRows>() is { Keys.Count: > 0 } similar)
        {
            var known = similar.Keys.Select(RowTexts.Key).ToHashSet();
            var keys = Keys(judged.Batch, 0);

            // An equal copy of a similar row is already a duplicate of that.
            var failing = new List<int>();
            for (var row = 0; row < keys.Length; row++)
            {
                if (!judged.IsMarked(row) && known.Contains(keys[row]))
                {
                    failing.Add(row);
                }
            }

            judged.Fail(Similar, null, Severity.Medium, failing);
        }
    }

    public override IEnumerable<Suggestion> Suggest(QualityReport report)
    {
        if (report.Checks.FirstOrDefault(c => c.Name == Similar) is { Issues: > 0 })
        {
            yield return new Suggestion(Similar, null, "keep the first of similar rows, and its duplicates' cells beside it", new JsonObject
            {
                ["type"] = "remove_duplicates",
                ["config"] = new JsonObject
                {
                    ["duplicate_match"] = "similar",
                    ["similarity_threshold"] = options.SimilarityThreshold,
                    ["duplicate_keys"] = new JsonArray([.. options.KeyColumns.Select(c => (JsonNode)c)]),
                    ["provenance_column"] = "duplicates",
                },
            });
        }

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
