using System.ComponentModel.DataAnnotations;
using System.Text;
using Sluice.Repair;
using Sluice.Steps;

namespace Sluice.Labels;

/// <summary>What happens to a row that has a label already.</summary>
public enum ApplyLabelsMode
{
    /// <summary>It gets the new one.</summary>
    Replace,

    /// <summary>It keeps its own.</summary>
    Fill,
}

/// <summary>
/// Joins labels that are kept beside the data, in a file of their own, to the rows by key. The file is an input of the run by content, so a version says which
/// labels it has; when some labels change, only the batches with their rows are made again. Rows that get another label fail <c>relabelled</c>.
/// </summary>
[Step("apply_labels")]
public sealed class ApplyLabels(ApplyLabels.Options options) : Step
{
    // A decision is a byte, and 0 is none.
    const int MaxLabels = 255;

    public sealed record Options
    {
        /// <summary>
        /// Files of labels, as a file_path: JSON lines with <c>key</c>, <c>label</c> and, if wanted, <c>by</c>, <c>at</c> and <c>evidence</c>, as a review gives them. Of several
        /// files, in the order of their names, the last one with a key counts. At most 255 different labels.
        /// </summary>
        [Required]
        public string LabelsFile { get; init; } = "";

        /// <summary>Columns whose values name a row; each line of the file has exactly these in its <c>key</c>.</summary>
        [Required]
        public IReadOnlyList<string> KeyColumns { get; init; } = [];

        /// <summary>Column that gets the label, as text; it is added where the table has none. Default: label.</summary>
        public string LabelColumn { get; init; } = "label";

        /// <summary><c>replace</c> (a row with a label gets the new one) or <c>fill</c> (only rows without one). Default: replace.</summary>
        public ApplyLabelsMode LabelMode { get; init; } = ApplyLabelsMode.Replace;
    }

    /// <summary>Fitted parameters.</summary>
    /// <param name="Labels">Labels by decision, from 1.</param>
    /// <param name="Rows">Rows that the file has a label for.</param>
    /// <param name="WithoutRow">Labels whose key no row has.</param>
    public sealed record Found(IReadOnlyList<string> Labels, long Rows, int WithoutRow);

    public override IReadOnlyList<string> SideFiles => [options.LabelsFile];

    Field Output => new(options.LabelColumn, ColumnType.Text);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.KeyColumns.Count; i++)
        {
            if (problems.Column(input, $"key_columns[{i}]", options.KeyColumns[i]) && options.KeyColumns[i] == options.LabelColumn)
            {
                problems.Add($"key_columns[{i}]", $"'{options.LabelColumn}' is the column that gets the label. Name columns that stay as they are.");
            }
        }

        if (options.KeyColumns.Count == 0)
        {
            problems.Add("key_columns", "No column is named. Name the columns whose values tell one row from every other.");
        }

        return input.With(Output);
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        wanted.Append(options.LabelColumn).Where(input.Has).ToHashSet(StringComparer.Ordinal);

    public override IReadOnlySet<string>? Observes(Schema input) => options.KeyColumns.ToHashSet(StringComparer.Ordinal);

    public override bool IsKeyed => true;

    public override RowKey[] Keys(Batch batch) => KeysOf(CellTexts.Of(batch), options.KeyColumns);

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var overlay = new LabelOverlay([]);
        foreach (var file in rows.SideFiles)
        {
            overlay = LabelOverlay.Parse(File.ReadAllBytes(file), options.LabelsFile).Over(overlay);
        }

        string[] names = [.. overlay.Labels.Select(l => l.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (names.Length > MaxLabels)
        {
            throw new DataException($"\"{options.LabelsFile}\" has {names.Length:N0} different labels; expected at most {MaxLabels}. Are they labels of classes? Numbers and texts belong in the data.");
        }

        var (codes, found, labelled) = (Codes(overlay, names), new HashSet<RowKey>(), 0L);
        foreach (var row in rows)
        {
            if (codes.TryGetValue(row.Key, out var code))
            {
                decisions.Set(row.Batch, row.Row, code);
                found.Add(row.Key);
                labelled++;
            }
        }

        return new Found(names, labelled, codes.Count - found.Count);
    }

    public override byte[] Fit(State? state, object? decided) => Fitted.Of((Found)decided!);

    /// <summary>How many rows of other batches have a label is nothing to a batch.</summary>
    public override string ApplyKey(Fitted fitted) => System.Text.Json.JsonSerializer.Serialize(fitted.As<Found>().Labels, StepJson.Options);

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        byte[][] names = [.. fitted.As<Found>().Labels.Select(Encoding.UTF8.GetBytes)];
        var before = batch.Schema.Has(options.LabelColumn) ? LabelTexts.Of(batch, options.LabelColumn) : null;
        var (after, changed, rule) = (new TextBuilder(batch.Rows), 0, -1);
        for (var row = 0; row < batch.Rows; row++)
        {
            var isLabelled = before is not null && LabelTexts.IsLabel(before, row);
            if (fitted.Decisions[row] == 0 || (isLabelled && options.LabelMode == ApplyLabelsMode.Fill))
            {
                Keep(after, before, row);
                continue;
            }

            var label = names[fitted.Decisions[row] - 1];
            after.Append(label);
            if (isLabelled && !before![row].SequenceEqual(label))
            {
                rule = rule >= 0 ? rule : verdicts.Rule("relabelled", options.LabelColumn);
                verdicts.Fail(rule, row);
            }

            changed += isLabelled && before![row].SequenceEqual(label) ? 0 : 1;
        }

        verdicts.Change("apply_labels", options.LabelColumn, changed);
        return batch.With(Output, after.Build());
    }

    static void Keep(TextBuilder after, TextColumn? before, int row)
    {
        if (before is null || before.IsNull(row))
        {
            after.AppendNull();
        }
        else
        {
            after.Append(before[row]);
        }
    }

    Dictionary<RowKey, byte> Codes(LabelOverlay overlay, string[] names)
    {
        if (overlay.Labels.FirstOrDefault(l => !l.Key.Keys.ToHashSet(StringComparer.Ordinal).SetEquals(options.KeyColumns)) is { } other)
        {
            throw new DataException(
                $"A label of \"{options.LabelsFile}\" has the key columns {string.Join(", ", other.Key.Keys)}; expected {string.Join(", ", options.KeyColumns)}. Correct key_columns or the file.");
        }

        RowLabel[] labels = [.. overlay.Labels];
        var columns = options.KeyColumns.Select(column => (Column)TextColumn.Of([.. labels.Select(l => l.Key[column])]));
        var texts = CellTexts.Of(new Batch(new Schema(options.KeyColumns.Select(c => new Field(c, ColumnType.Text))), columns, labels.Length));
        var keys = KeysOf(texts, options.KeyColumns);
        var codes = new Dictionary<RowKey, byte>();
        for (var i = 0; i < labels.Length; i++)
        {
            codes[keys[i]] = (byte)(Array.BinarySearch(names, labels[i].Label, StringComparer.Ordinal) + 1);
        }

        return codes;
    }

    static RowKey[] KeysOf(Batch texts, IReadOnlyList<string> columns) => RowHash.Rows([.. columns.Select(c => texts[c])], texts.Rows);
}
