using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Sluice.Steps;

namespace Sluice.Repair;

/// <summary>
/// Finds wrong cells across columns and repairs those it is sure of: values that are rare, oddly written or a slip of a frequent one, and cells
/// that contradict what the other columns of their row say in other rows. Learns from a sample of rows chosen by content, of the training set where there
/// are sets, and, if given, from rows that a person corrected (<c>sluice repair --ask</c> says which). Every finding is evidence; with <c>provenance_column</c> each row also keeps
/// the old values, and the step <c>undo_repairs</c> puts them back.
/// </summary>
[Step("repair_errors")]
public sealed class RepairErrors(RepairErrors.Options options) : Step
{
    // More copies of a row add nothing to what it says.
    const int MaxCopies = 8;
    readonly TrainSet train = new(options.SplitColumn, options.FitOn);
    readonly Lock gate = new();
    (byte[] Json, RepairSession Session)? built;

    public sealed record Options
    {
        /// <summary>Columns to look at and to repair. Default: all.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>Least confidence, 0 to 1, to change a cell; below it the cell is only flagged. 1 never changes one. Default: 0.5.</summary>
        [Range(0.0, 1.0)]
        public double MinConfidence { get; init; } = 0.5;

        /// <summary>Different rows to learn from at most, 100 to 100,000; all rows are judged. Default: 10,000.</summary>
        [Range(100, 100_000)]
        public int MaxRows { get; init; } = 10_000;

        /// <summary>Rows that were corrected by hand. Twenty well-chosen ones make most of the difference. Default: none.</summary>
        public IReadOnlyList<CorrectedRow> Labels { get; init; } = [];

        /// <summary>Name of a text column to add: for each row, what was changed and why, as JSON. <c>undo_repairs</c> reads it. Default: none.</summary>
        public string? ProvenanceColumn { get; init; }

        /// <summary>Set to learn from, where <c>split_column</c> is there; every row is judged. Default: train.</summary>
        [MinLength(1)]
        public string FitOn { get; init; } = "train";

        /// <summary>Column with the name of each row's set, never repaired; where it is not there, or this is empty, all rows are learned from. Default: split.</summary>
        public string SplitColumn { get; init; } = "split";
    }

    /// <summary>A row as it was found and as it should be; columns that are not named are missing in both.</summary>
    public sealed record CorrectedRow
    {
        /// <summary>Values as found, by column.</summary>
        public IReadOnlyDictionary<string, string> Dirty { get; init; } = new Dictionary<string, string>();

        /// <summary>Right values, by column.</summary>
        public IReadOnlyDictionary<string, string> Clean { get; init; } = new Dictionary<string, string>();
    }

    public override bool Cleans => options.MinConfidence < 1;

    public override TrainSet? LearnsFrom => options.MinConfidence < 1 ? train : null;

    /// <summary>A change of one cell, as the provenance column keeps it.</summary>
    public sealed record Change(string Column, string? Old, string New, string Operator, string Evidence, double Confidence);

    /// <summary>It looks for a better value of every cell: tens of microseconds a row.</summary>
    public override double ApplyCost(Schema input) => 8_000;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.Columns.Count; i++)
        {
            problems.Column(input, $"columns[{i}]", options.Columns[i]);
        }

        foreach (var (i, label) in options.Labels.Index())
        {
            foreach (var name in label.Dirty.Keys.Concat(label.Clean.Keys).Distinct())
            {
                problems.Column(input, $"labels[{i}]", name);
            }
        }

        train.Plan(input, problems);
        if (options.ProvenanceColumn is not { } added)
        {
            return input;
        }

        if (added.Length == 0 || input.Has(added))
        {
            problems.Add("provenance_column", $"'{added}' is {(added.Length == 0 ? "no name" : "a column of the data already")}. Give a name that no column has.");
            return input;
        }

        return input.With(new Field(added, ColumnType.Text, true, "json"));
    }

    public override State NewState(Schema input) => new TrainState<TextRowSample>(new TextRowSample(options.MaxRows));

    public override IReadOnlySet<string>? Observes(Schema input) => options.Columns.Count == 0 ? null : train.With(options.Columns, input);

    public override void Observe(Batch batch, State state)
    {
        var seen = (TrainState<TextRowSample>)state;
        seen.Seen.Add(CellTexts.Of(Looked(seen.Add(batch, train))));
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var seen = (TrainState<TextRowSample>)state!;
        seen.Require(train, "repair_errors");
        return Fitted.Of(seen.Seen.Rows(MaxCopies).ToArray());
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var looked = Looked(batch);
        var changes = new List<Change>?[batch.Rows];
        var result = batch;
        foreach (var ofColumn in Find(looked, fitted).GroupBy(f => f.Column).OrderBy(g => g.Key))
        {
            var field = looked.Schema[ofColumn.Key];
            var rule = verdicts.Rule("suspicious_value", field.Name, Severity.Medium);
            var values = new Dictionary<int, string?>();
            foreach (var finding in ofColumn)
            {
                verdicts.Fail(rule, finding.Row);
                if (finding.New is { } value && options.MinConfidence < 1 && CellPatch.Fits(field, value))
                {
                    values[finding.Row] = value;
                    (changes[finding.Row] ??= []).Add(new Change(
                        field.Name, Old(looked[field.Name], finding.Row), value, finding.Operator, finding.Evidence, Math.Round(finding.Confidence, 4)));
                }
            }

            result = result.With(field, CellPatch.Put(field, looked[field.Name], values));
            verdicts.Change("repair_errors", field.Name, values.Count);
        }

        return options.ProvenanceColumn is { } added ? result.With(new Field(added, ColumnType.Text, true, "json"), Provenance(changes)) : result;
    }

    // Which set a row is in says nothing of its values.
    Batch Looked(Batch batch) => options.Columns.Count == 0 && !train.IsIn(batch.Schema)
        ? batch
        : batch.Select(batch.Schema.Select(f => f.Name).Where(name => options.Columns.Count == 0 ? name != train.Column : options.Columns.Contains(name)).ToHashSet(StringComparer.Ordinal));

    // What is learned is the same for every batch, and costs more than judging one; a session judges one batch at a time.
    List<CellFinding> Find(Batch looked, Fitted fitted)
    {
        lock (gate)
        {
            if (built is not { } known || !known.Json.AsSpan().SequenceEqual(fitted.Json))
            {
                built = (fitted.Json, Learn(looked.Schema, fitted.As<string?[][]>()));
            }

            return [.. built.Value.Session.Findings(looked, options.MinConfidence)];
        }
    }

    static string? Old(Column column, int row) => column.IsNull(row) ? null : column.Display(row);

    RepairSession Learn(Schema schema, string?[][] rows)
    {
        var fields = schema.Select(f => new Field(f.Name, ColumnType.Text)).ToList();
        var columns = fields.Select((_, i) => TextColumn.Of([.. rows.Select(row => row[i])]));
        var session = new RepairSession(new Batch(new Schema(fields), columns, rows.Length), int.MaxValue);
        foreach (var label in options.Labels)
        {
            session.Label(new LabelledRow([.. fields.Select(f => label.Dirty.GetValueOrDefault(f.Name))], [.. fields.Select(f => label.Clean.GetValueOrDefault(f.Name))]));
        }

        return session;
    }

    static TextColumn Provenance(List<Change>?[] changes)
    {
        var builder = new TextBuilder(changes.Length);
        foreach (var ofRow in changes)
        {
            if (ofRow is null)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(JsonSerializer.SerializeToUtf8Bytes(ofRow, StepJson.Options));
            }
        }

        return builder.Build();
    }
}
