using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sluice.Joins;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>
/// Compares the rows with a table that is right, by equal keys: each value that the table contradicts is evidence (<c>inaccurate</c>), each row whose key it does not have too
/// (<c>not_in_reference</c>). Changes nothing. A value that is missing on either side is not compared: missing values are the completeness check's. A gate refuses below
/// <c>min_accuracy</c>.
/// </summary>
[Step("check_accuracy", Aliases = ["accuracy_check"])]
public sealed class CheckAccuracy(CheckAccuracy.Options options)
    : StepOverTable(TableReference.Of(options))
{
    public sealed record Options : ITableOptions, IValidatableObject
    {
        /// <summary>Files of the table that is right, as a file_path. They are an input of the run by content. Give this or <c>dataset</c>. Default: none.</summary>
        public string? File { get; init; }

        /// <summary>Dataset whose newest version is the table that is right, or the one that <c>version</c> states. With two steps in <c>depends_on</c> it is what the second gives. Default: none.</summary>
        public string? Dataset { get; init; }

        /// <summary>Id of the version. Default: the newest when the run starts.</summary>
        public string? Version { get; init; }

        /// <summary>Key columns; the table has each key once.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> On { get; init; }

        /// <summary>Columns to compare. Default: all that both have, but the keys.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>Most that numbers, days of dates or microseconds of times may differ. Default: 0.</summary>
        [Range(0.0, double.MaxValue)]
        public double Tolerance { get; init; }

        /// <summary>Gate: least share of compared values that are right, 0 to 1. Where nothing could be compared it refuses. Default: none.</summary>
        [Range(0.0, 1.0)]
        public double? MinAccuracy { get; init; }

        /// <summary>MiB that the table may take in memory; a larger one is refused before the run. Default: 512.</summary>
        [Range(1, 65_536)]
        public int MaxTableMb { get; init; } = 512;

        /// <summary>One table.</summary>
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (!TableReference.IsNamedOnce(this))
            {
                yield return new ValidationResult("The table that is right is named once: either 'file', or 'dataset' with or without 'version', or as the second step in 'depends_on'.", [nameof(File)]);
            }
        }
    }

    /// <summary>What was found.</summary>
    /// <param name="Rows">Rows.</param>
    /// <param name="Unknown">Rows whose key the table does not have.</param>
    /// <param name="Columns">Each column that was compared.</param>
    public sealed record Report(long Rows, long Unknown, IReadOnlyList<ColumnAccuracy> Columns)
    {
        /// <summary>Share of compared values that are right; null where none was compared.</summary>
        [JsonIgnore]
        public double? Accuracy => Columns.Sum(c => c.Compared) is > 0 and var compared ? (double)Columns.Sum(c => c.Right) / compared : null;
    }

    /// <param name="Column">Name.</param>
    /// <param name="Compared">Values compared.</param>
    /// <param name="Right">Those that are right.</param>
    public sealed record ColumnAccuracy(string Column, long Compared, long Right);

    KeyIndex? index;

    protected override void Opened() => index = null;

    KeyIndex Index => index ??= new KeyIndex(Table.Rows, options.On);

    public override bool IsPassive => true;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.On.Count; i++)
        {
            if (problems.Column(input, $"on[{i}]", options.On[i]) && problems.Column(Table.Rows.Schema, $"on[{i}]", options.On[i]))
            {
                CheckTypes(input, options.On[i], $"on[{i}]", exact: true, problems);
            }
        }

        for (var i = 0; i < options.Columns.Count; i++)
        {
            if (problems.Column(input, $"columns[{i}]", options.Columns[i]) && problems.Column(Table.Rows.Schema, $"columns[{i}]", options.Columns[i]))
            {
                CheckTypes(input, options.Columns[i], $"columns[{i}]", exact: false, problems);
            }
        }

        if (problems.Items.Count == 0 && !Index.IsUnique)
        {
            problems.Add("on", $"The table has a key of {string.Join(", ", options.On)} twice, so it does not say which row is right. Name columns that tell its rows apart.");
        }

        return input;
    }

    void CheckTypes(Schema input, string name, string path, bool exact, StepProblems problems)
    {
        var (left, right) = (input[name], Table.Rows.Schema[name]);
        if (!Schemas.Unify.IsOpen(left) && !Schemas.Unify.IsOpen(right) && !Comparable(left.Type, right.Type, exact))
        {
            problems.Add(path, $"Column '{name}' is {left.Type.ToString().ToLowerInvariant()} here and {right.Type.ToString().ToLowerInvariant()} in the table: bring one to the type of the other, for instance with fix_types.");
        }
    }

    static bool Comparable(ColumnType left, ColumnType right, bool exact) => left == right || (!exact && Numbers.IsNumber(left) && Numbers.IsNumber(right));

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => StepEffects.Names(wanted.Concat(Observes(input)!));

    public override IReadOnlySet<string>? Observes(Schema input) => StepEffects.Names(options.On.Concat(Compared(input)));

    public override State? NewState(Schema input) => new ColumnStates<Counts>(() => new Counts());

    public override void Observe(Batch batch, State state)
    {
        var counts = (ColumnStates<Counts>)state;
        var matches = Matches(batch);
        counts[""].Add(batch.Rows, matches.Count(m => m < 0));
        foreach (var name in Compared(batch.Schema))
        {
            var (compared, wrong) = Compare(batch[name], Table.Rows[name], matches);
            counts[name].Add(compared, wrong.Count);
        }
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var counts = (ColumnStates<Counts>)state!;
        return Fitted.Of(new Report(
            counts[""].Seen, counts[""].Failed, [.. counts.Names.Where(name => name.Length > 0).Select(name => new ColumnAccuracy(name, counts[name].Seen, counts[name].Seen - counts[name].Failed))]));
    }

    public override string ApplyKey(Fitted fitted) => "";

    public override string? GateFailure(Fitted fitted)
    {
        var report = fitted.As<Report>();
        return options.MinAccuracy is not { } least || report.Accuracy >= least ? null
            : report.Accuracy is { } accuracy
                ? $"{accuracy:0.####} of the compared values are right; at least {least:0.####} are demanded. "
                    + $"{string.Join(", ", report.Columns.Where(c => c.Right < c.Compared).Select(c => $"{c.Column}: {c.Compared - c.Right} of {c.Compared} wrong"))}."
                : $"No value could be compared, and an accuracy of {least:0.####} is demanded. {report.Unknown} of {report.Rows} rows have a key that the table does not have.";
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var matches = Matches(batch);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (matches[row] < 0)
            {
                verdicts.Fail(verdicts.Rule("not_in_reference", options.On[0], Severity.Low), row);
            }
        }

        foreach (var name in Compared(batch.Schema))
        {
            foreach (var row in Compare(batch[name], Table.Rows[name], matches).Wrong)
            {
                verdicts.Fail(verdicts.Rule("inaccurate", name, Severity.High), row);
            }
        }

        return batch;
    }

    IEnumerable<string> Compared(Schema input) => (options.Columns.Count > 0 ? options.Columns : input.Select(f => f.Name).Where(name => !options.On.Contains(name)))
        .Where(name => input.Has(name) && Table.Rows.Schema.Has(name) && Comparable(input[name].Type, Table.Rows.Schema[name].Type, exact: false));

    /// <summary>The table's row with the key of each row; -1: none.</summary>
    int[] Matches(Batch batch)
    {
        var (keys, present) = (RowHash.Rows([.. options.On.Select(name => batch[name])], batch.Rows), KeyIndex.Present(batch, options.On));
        return [.. keys.Select((key, row) => present(row) ? Index.First(key) : -1)];
    }

    (long Compared, List<int> Wrong) Compare(Column column, Column right, int[] matches)
    {
        // Hashes tell equal values of one type; numbers of different types, and with a tolerance, are compared as numbers.
        var asNumbers = column.Type != right.Type || (options.Tolerance > 0 && Numbers.IsOrdered(column.Type));
        var numbers = asNumbers ? Numbers.Of(column) : default;
        var rightNumbers = asNumbers ? Numbers.Of(right) : default;
        var (hashes, rightHashes) = asNumbers ? ([], []) : (RowHash.Rows([column], column.Rows), RowHash.Rows([right], right.Rows));
        var (compared, wrong) = (0L, new List<int>());
        for (var row = 0; row < matches.Length; row++)
        {
            var match = matches[row];
            if (match < 0 || column.IsNull(row) || right.IsNull(match))
            {
                continue;
            }

            compared++;
            if (asNumbers ? !(Math.Abs(numbers[row] - rightNumbers[match]) <= options.Tolerance) : hashes[row] != rightHashes[match])
            {
                wrong.Add(row);
            }
        }

        return (compared, wrong);
    }

    /// <summary>How many were seen, and how many failed.</summary>
    sealed class Counts : State
    {
        public long Seen { get; private set; }

        public long Failed { get; private set; }

        public void Add(long seen, long failed) => (Seen, Failed) = (Seen + seen, Failed + failed);

        public override void Merge(State other) => Add(((Counts)other).Seen, ((Counts)other).Failed);

        public override void Write(BinaryWriter writer)
        {
            writer.Write(Seen);
            writer.Write(Failed);
        }

        public override void Read(BinaryReader reader) => (Seen, Failed) = (reader.ReadInt64(), reader.ReadInt64());
    }
}
