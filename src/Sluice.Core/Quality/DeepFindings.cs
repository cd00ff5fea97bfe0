using System.Text;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>
/// Counts what <see cref="DeepAnalysis"/> found, as a check like any other: each kind of problem with the rows that were read as its denominator, so that a sample says of
/// the rows what a look at all of them would.
/// </summary>
sealed class DeepFindings(DeepOptions options) : Check
{
    public const string NotAsked =
        "deep_analysis was asked for and did not run: no language model is configured, or this look is not a step of a run. Numbers that are unusual for their group are found by the check contextual_outliers.";

    readonly DeepProblem[] problems = [.. options.LookFor.Distinct().Order()];

    public override IReadOnlyList<string> Reasons => [.. problems.Select(DeepAnalysis.Reason)];

    public override State NewState(Schema schema) => new Counts();

    public override void Observe(Batch batch, State state)
    {
        var counts = (Counts)state;
        if (!batch.Schema.Has(DeepAnalysis.Column))
        {
            return;
        }

        var found = batch.Text(DeepAnalysis.Column);
        for (var row = 0; row < found.Rows; row++)
        {
            if (!found.IsNull(row))
            {
                counts.Add(Encoding.UTF8.GetString(found[row]), 1);
            }
        }
    }

    public override CheckFit Fit(Seen seen)
    {
        var counts = (Counts)seen.State!;
        var read = counts.Where(_ => true);
        if (read == 0)
        {
            return new CheckFit([]) { Notes = [NotAsked] };
        }

        var results = problems.Select(p => new CheckResult(
            DeepAnalysis.Reason(p), null, DeepAnalysis.SeverityOf(p), counts.Where(name => name == DeepAnalysis.Name(p)), read, "rows"));
        return new CheckFit([.. results])
        {
            Notes = [$"deep_analysis: {string.Join(", ", counts.Models)} read {read:N0} of {seen.Rows:N0} rows{(read < seen.Rows ? "; what it counts is of these" : "")}."],
        };
    }

    /// <summary>How often each problem was found by each model, as <c>problem model</c>.</summary>
    sealed class Counts : State
    {
        readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);

        public IEnumerable<string> Models => counts.Keys.Select(key => key[(key.IndexOf(' ') + 1)..]).Distinct();

        public void Add(string key, long rows) => counts[key] = counts.GetValueOrDefault(key) + rows;

        public long Where(Func<string, bool> problem) => counts.Where(c => problem(c.Key[..c.Key.IndexOf(' ')])).Sum(c => c.Value);

        public override void Merge(State other)
        {
            foreach (var (key, rows) in ((Counts)other).counts)
            {
                Add(key, rows);
            }
        }

        public override void Write(BinaryWriter writer)
        {
            writer.Write7BitEncodedInt(counts.Count);
            foreach (var (key, rows) in counts)
            {
                writer.Write(key);
                writer.Write(rows);
            }
        }

        public override void Read(BinaryReader reader)
        {
            for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
            {
                Add(reader.ReadString(), reader.ReadInt64());
            }
        }
    }
}
