namespace Sluice.Repair;

/// <summary>
/// A table under repair: which row to label next, what is wrong, what it should say. Values and dependencies are learned from a sample of rows
/// chosen by their content, so neither their order nor how they came in batches makes a difference.
/// </summary>
public sealed class RepairSession
{
    /// <summary>Rows that are learned from, at most; all rows are judged.</summary>
    public const int DefaultMaxRows = 50_000;

    readonly Dictionary<RowKey, int> sampleOf = [];
    readonly int[] rowOf;
    readonly RepairData data;
    readonly SortedDictionary<int, int[]> corrected = [];
    RepairModel? model;

    /// <param name="rows">The rows, or a sample of them.</param>
    /// <param name="maxRows">Rows to learn from at most: those with the lowest hash of their content.</param>
    public RepairSession(Batch rows, int maxRows = DefaultMaxRows)
    {
        var texts = CellTexts.Of(rows);
        var keys = RowHash.Rows(texts.Columns, texts.Rows);
        rowOf = [.. Enumerable.Range(0, rows.Rows).OrderBy(row => keys[row]).ThenBy(row => row).Take(maxRows)];
        for (var i = 0; i < rowOf.Length; i++)
        {
            sampleOf.TryAdd(keys[rowOf[i]], i);
        }

        data = new RepairData(CodedTable.Of(texts.Take(rowOf)));
    }

    RepairModel Model => model ??= new RepairModel(data, corrected);

    /// <summary>The row whose labels would tell most; -1: every row of the sample is labelled.</summary>
    public int NextToLabel() => RowChoice.Next(Model) is var next && next >= 0 ? rowOf[next] : -1;

    /// <summary>
    /// Takes note of how a row should be. Equal rows are corrected alike. A row outside the sample teaches nothing: then it gives false.
    /// </summary>
    public bool Label(LabelledRow label)
    {
        var columns = data.Table.Columns;
        if (label.Dirty.Count != columns || label.Clean.Count != columns)
        {
            throw new ArgumentException($"A labelled row has {label.Dirty.Count} and {label.Clean.Count} values; expected {columns}, one for each column.", nameof(label));
        }

        var row = CellTexts.Of(label.Dirty);
        if (!sampleOf.TryGetValue(RowHash.Rows(row.Columns, 1)[0], out var sample))
        {
            return false;
        }

        corrected[sample] = [.. label.Clean.Select((value, column) => data.Table.Code(column, value))];
        data.Keep();
        model = null;
        return true;
    }

    /// <summary>Cells that are wrong, by row and column; a new value only where its confidence reaches <paramref name="minConfidence"/>.</summary>
    public IEnumerable<CellFinding> Findings(Batch rows, double minConfidence = 0.5)
    {
        var texts = CellTexts.Of(rows);
        var keys = RowHash.Rows(texts.Columns, texts.Rows);
        var table = data.Table.Empty();
        table.Add(texts);
        var model = Model;
        for (var row = 0; row < table.Rows; row++)
        {
            var self = sampleOf.GetValueOrDefault(keys[row], -1);
            var findings = corrected.TryGetValue(self, out var clean) ? ByHand(table, row, clean) : ByModel(table, row, self, minConfidence);
            foreach (var finding in findings)
            {
                yield return finding;
            }
        }

        // Values that only these rows have are forgotten, so that memory does not grow with every batch.
        data.Forget();
        model.Forget();
    }

    static IEnumerable<CellFinding> ByHand(CodedTable table, int row, int[] clean)
    {
        for (var column = 0; column < table.Columns; column++)
        {
            if (clean[column] != table.Codes[column][row])
            {
                yield return new CellFinding(row, column, Old(table, column, row), table.Values[column][clean[column]], "label", "corrected by hand", 1);
            }
        }
    }

    IEnumerable<CellFinding> ByModel(CodedTable table, int row, int self, double minConfidence)
    {
        var wrong = Model.Judge(table, row, self);
        for (var column = 0; column < wrong.Length; column++)
        {
            if (wrong[column] < 0.5 || CellTexts.IsClipped(table.Text(column, row)))
            {
                continue;
            }

            // A repair is as sure as the less sure of its halves: that the cell is wrong, and what it should say.
            var best = Model.Corrector.Best(table, column, row, self);
            var confidence = Math.Min(best?.Confidence ?? 0, wrong[column]);
            if (best is { } found && confidence >= minConfidence)
            {
                yield return new CellFinding(row, column, Old(table, column, row), found.Value, found.Operator, found.Evidence, confidence);
            }
            else
            {
                var (how, why) = Model.Reason(table, column, row, self);
                yield return new CellFinding(row, column, Old(table, column, row), null, how, why, wrong[column]);
            }
        }
    }

    static string? Old(CodedTable table, int column, int row) => table.Codes[column][row] == CodedTable.Missing ? null : table.Text(column, row);
}
