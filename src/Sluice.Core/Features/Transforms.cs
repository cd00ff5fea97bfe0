using System.Text;
using Sluice.Pipelines;
using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>What happens when a column is not there that the rows were read with in training.</summary>
public enum MissingColumn
{
    /// <summary>The rows are refused, with the names of all such columns.</summary>
    Refuse,

    /// <summary>All its values are missing, as the steps handle missing values.</summary>
    Missing,
}

/// <summary>Rows as features.</summary>
/// <param name="Rows">The rows that are left; <see cref="Batch.OriginOf"/> says which of the given rows each is.</param>
/// <param name="Rejected">Rows that are not, by reason.</param>
/// <param name="Findings">What steps found, by reason and column: <c>unknown_category:city</c>.</param>
public sealed record TransformedRows(Batch Rows, IReadOnlyDictionary<string, long> Rejected, IReadOnlyDictionary<string, long> Findings);

/// <summary>
/// The transforms of a version, ready for new rows: the very steps with what they learned, so a row becomes what it became in the version, to the byte.
/// Steps that say nothing of a single new row (split, duplicates, checks) are left out. Safe for several threads at once.
/// </summary>
public sealed class Transforms
{
    readonly IReadOnlyList<(string Id, Step Step, Fitted Fitted)> steps;
    readonly InputRows input;

    /// <exception cref="DataException">The document does not fit its pipeline, or this release of Sluice.</exception>
    public Transforms(TransformDocument document, Catalog? catalog = null)
    {
        Document = document;
        Pipeline = Pipeline.Parse(document.Pipeline.GetRawText(), null, catalog);
        input = new InputRows(new Schema(document.Input));
        var known = Pipeline.Steps.ToDictionary(s => s.Id);
        steps = [.. document.Steps.Select(step => (step.Id, Known(step, known), step.Fitted is { } json ? new Fitted(Encoding.UTF8.GetBytes(json.GetRawText())) : Fitted.None))];
        Output = Plan();
    }

    public TransformDocument Document { get; }

    /// <summary>The pipeline that made the version: its source says how files are read.</summary>
    public Pipeline Pipeline { get; }

    /// <summary>Columns that come out.</summary>
    public Schema Output { get; }

    /// <summary>Turns rows into features.</summary>
    /// <param name="rows">New rows. Columns are found by name; text is read as the type of training, and columns that training had not are left out.</param>
    /// <param name="missing">What happens when a column is not there.</param>
    /// <exception cref="DataException">A column is not there, and that is refused.</exception>
    public TransformedRows Apply(Batch rows, MissingColumn missing = MissingColumn.Refuse)
    {
        var rejected = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var findings = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var verdicts = new Verdicts(rows.Rows);
        var current = Count(verdicts.Keep(input.Of(rows, missing, verdicts)), verdicts);
        foreach (var (_, step, fitted) in steps)
        {
            var poison = new List<PoisonRow>();
            (var next, verdicts) = Guarded.Apply(step, current, fitted, poison);
            current = Count(next, verdicts);
            Add(rejected, "quarantined", poison.Count);
        }

        return new TransformedRows(current, rejected, findings);

        Batch Count(Batch result, Verdicts found)
        {
            var gone = new HashSet<int>();
            for (var rule = 0; rule < found.Rules.Count; rule++)
            {
                var (reason, column, _, rejects) = found.Rules[rule];
                Add(findings, column is null ? reason : $"{reason}:{column}", found.Failing(rule).Count);
                Add(rejected, reason, rejects ? found.Failing(rule).Count(gone.Add) : 0);
            }

            return result;
        }
    }

    static void Add(SortedDictionary<string, long> counts, string key, long more)
    {
        if (more > 0)
        {
            counts[key] = counts.GetValueOrDefault(key) + more;
        }
    }

    static Step Known(TransformStep step, Dictionary<string, PipelineStep> known)
    {
        if (!known.TryGetValue(step.Id, out var found) || found.Type != step.Type || found.Step.ForNewRows is not { } ready)
        {
            throw new DataException($"The document names the step '{step.Id}' ({step.Type}), which its pipeline does not have. It was changed by hand; export it again.");
        }

        return ready.CodeVersion == step.CodeVersion
            ? ready
            : throw new DataException(
                $"Step '{step.Id}' ({step.Type}) was fitted by version {step.CodeVersion} of its code and this is version {ready.CodeVersion}, which may give other values. "
                + "Use the release that made the dataset's version, or run its pipeline again.");
    }

    Schema Plan()
    {
        var schema = input.Schema;
        foreach (var (id, step, fitted) in steps)
        {
            var problems = new StepProblems();
            var next = step.Plan(schema, problems);
            if (problems.Items is [var (path, message), ..])
            {
                throw new DataException($"Step '{id}' cannot be applied to new rows, {path}: {message} Steps that need a column which only training rows have belong into another pipeline.");
            }

            schema = step.Looks(schema) ? step.PlanFitted(schema, fitted) : next;
        }

        return schema;
    }
}
