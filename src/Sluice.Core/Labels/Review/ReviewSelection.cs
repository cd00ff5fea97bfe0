using Sluice.Connectors;
using Sluice.Embedding;
using Sluice.Steps;

namespace Sluice.Labels.Review;

/// <summary>Picks the rows of a version that are reviewed; which ones does not depend on how the version is cut into files.</summary>
public static class ReviewSelection
{
    const string Suggested = "sluice_suggested_label", Quality = "sluice_label_quality", Rank = "sluice_label_rank";
    const int MaxCell = 300, MaxCells = 30;

    /// <param name="rows">The version.</param>
    /// <param name="request">Which rows are wanted.</param>
    /// <param name="vectors">Where vectors of texts are kept.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="DataException">A column is missing, or two rows have the same key.</exception>
    public static async Task<IReadOnlyList<ReviewedRow>> ChooseAsync(DatasetRows rows, ReviewRequest request, VectorStore vectors, CancellationToken cancellation)
    {
        foreach (var column in NamedColumns(request).Where(c => !rows.Schema.Has(c)))
        {
            throw rows.Schema.Missing(column);
        }

        if (request.Choose == ReviewChoice.Ranked && rows.Schema[request.Ranks].Type != ColumnType.Int64)
        {
            throw new DataException($"Column '{request.Ranks}' is {rows.Schema[request.Ranks].Type}; expected whole numbers, as select_for_review writes them. Name its column as rank_column.");
        }

        var judge = await JudgeAsync(rows, request, vectors, cancellation);
        var gold = request.Gold.GroupBy(g => KeyText(g.Key), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Label, StringComparer.Ordinal);
        var (chosen, known, keys) = (new List<(double Order, RowKey Key, ReviewedRow Row)>(), new List<ReviewedRow>(), new Dictionary<string, string>(StringComparer.Ordinal));
        await foreach (var plain in rows.ReadAsync(cancellation))
        {
            var batch = judge(plain);
            var labels = LabelTexts.Of(batch, request.LabelColumn);
            var hashes = RowHash.Rows([.. request.KeyColumns.Select(c => batch[c])], batch.Rows);
            for (var row = 0; row < batch.Rows; row++)
            {
                string?[] key = [.. request.KeyColumns.Select(c => batch[c].IsNull(row) ? null : batch[c].Display(row))];
                if (gold.TryGetValue(KeyText(key), out var right))
                {
                    known.Add(Reviewed(batch, row, key, request) with { Gold = right });
                }
                else if (OrderOf(batch, row, LabelTexts.IsLabel(labels, row), request) is { } order)
                {
                    chosen.Add((order, hashes[row], Reviewed(batch, row, key, request)));
                    Trim(chosen, 2 * request.Limit);
                }
            }
        }

        var items = Ordered(chosen).Take(request.Limit).Select(c => c.Row).ToList();
        foreach (var item in items.Concat(known))
        {
            if (!keys.TryAdd(KeyText(item.Key), ""))
            {
                throw new DataException($"Two rows have the key {KeyText(item.Key)} in {string.Join(", ", request.KeyColumns)}. Name key_columns whose values tell one row from every other.");
            }
        }

        return Mix(items, known);
    }

    static IEnumerable<string> NamedColumns(ReviewRequest request) =>
        [.. request.KeyColumns, request.LabelColumn, .. request.Choose == ReviewChoice.Ranked ? [request.Ranks] : Array.Empty<string>(), .. (request.Experts ?? []).Select(e => e.Column).OfType<string>(), .. request.Crowd?.ShowColumns ?? [], .. request.Mask is { } mask ? [mask.ImageColumn] : Array.Empty<string>()];

    /// <summary>Gold questions at even distances among the others, so that nobody can tell them by their place.</summary>
    public static IReadOnlyList<ReviewedRow> Mix(IReadOnlyList<ReviewedRow> items, IReadOnlyList<ReviewedRow> gold)
    {
        var (mixed, used, sorted) = (new List<ReviewedRow>(items.Count + gold.Count), 0, gold.OrderBy(g => KeyText(g.Key), StringComparer.Ordinal).ToList());
        for (var i = 0; i < items.Count; i++)
        {
            mixed.Add(items[i]);
            for (; used < sorted.Count && (used + 1.0) / (sorted.Count + 1) <= (i + 1.0) / items.Count; used++)
            {
                mixed.Add(sorted[used]);
            }
        }

        return [.. mixed, .. sorted.Skip(used)];
    }

    static async Task<Func<Batch, Batch>> JudgeAsync(DatasetRows rows, ReviewRequest request, VectorStore vectors, CancellationToken cancellation)
    {
        if (request.Choose != ReviewChoice.Suspects)
        {
            return batch => batch;
        }

        var step = new FindLabelErrors(new()
        {
            LabelColumn = request.LabelColumn,
            Features = request.Features,
            FeatureColumns = request.FeatureColumns.Count > 0 || request.Features is not null ? request.FeatureColumns : [.. rows.Schema.Where(f => Numbers.IsNumber(f.Type) && f.Name != request.LabelColumn && !request.KeyColumns.Contains(f.Name)).Select(f => f.Name)],
            SuggestedLabelColumn = Suggested,
            LabelQualityColumn = Quality,
            LabelRankColumn = Rank,
        });
        var problems = new StepProblems();
        step.Plan(rows.Schema, problems);
        if (problems.Items.Count > 0)
        {
            throw new DataException(string.Join(' ', problems.Items.Select(p => $"{p.Path}: {p.Message}")));
        }

        if (request.Features?.Cell is not null)
        {
            return await SuspectsByText.JudgeAsync(rows, step, request.Features, vectors, cancellation);
        }

        var state = step.NewState(rows.Schema)!;
        await foreach (var batch in rows.ReadAsync(cancellation))
        {
            step.Observe(batch, state);
        }

        var fitted = new Fitted(step.Fit(state, null));
        return batch => step.Apply(batch, fitted, new Verdicts(batch.Rows));
    }

    // Null: it is not reviewed. Rows of equal order are taken by the hash of their key.
    static double? OrderOf(Batch batch, int row, bool isLabelled, ReviewRequest request) => request.Choose switch
    {
        ReviewChoice.Suspects => batch[Suggested].IsNull(row) ? null : batch.Int64(Rank)[row],
        ReviewChoice.Unlabelled => isLabelled ? null : 0,
        ReviewChoice.Ranked => batch[request.Ranks].IsNull(row) ? null : batch.Int64(request.Ranks)[row],
        _ => 0,
    };

    static void Trim(List<(double Order, RowKey Key, ReviewedRow Row)> chosen, int limit)
    {
        if (chosen.Count > 2 * limit)
        {
            var kept = Ordered(chosen).Take(limit).ToList();
            chosen.Clear();
            chosen.AddRange(kept);
        }
    }

    static IEnumerable<(double Order, RowKey Key, ReviewedRow Row)> Ordered(List<(double Order, RowKey Key, ReviewedRow Row)> chosen) =>
        chosen.OrderBy(c => c.Order).ThenBy(c => c.Key);

    static ReviewedRow Reviewed(Batch batch, int row, IReadOnlyList<string?> key, ReviewRequest request)
    {
        string? Text(string column) => batch[column].IsNull(row) ? null : Cut(batch[column].Display(row));
        var cells = batch.Schema.Where(f => f.Name != request.LabelColumn && f.Name is not (Suggested or Quality or Rank)).Select(f => f.Name).Take(MaxCells)
            .Union(request.Crowd?.ShowColumns ?? []).ToDictionary(name => name, Text);
        var isSuspect = batch.Schema.Has(Suggested) && !batch[Suggested].IsNull(row);
        var reviewed = new ReviewedRow(key, Text(request.LabelColumn), cells, isSuspect ? Text(Suggested) : null, isSuspect ? batch.Float64(Quality)[row] : null);
        return reviewed with { Expertise = ExpertRule.Of(request.Experts ?? [], reviewed, batch, row) };
    }

    static string Cut(string text) => text.Length <= MaxCell ? text : text[..(char.IsHighSurrogate(text[MaxCell - 1]) ? MaxCell - 1 : MaxCell)] + "…";

    static string KeyText(IReadOnlyList<string?> key) => System.Text.Json.JsonSerializer.Serialize(key);
}
