using Sluice.Steps;

namespace Sluice.Pipelines;

/// <summary>Collects everything that is wrong with one file, so that one edit can fix it all.</summary>
sealed class ProblemList(string? file)
{
    /// <summary>A broken file can have a problem per line; past this many, more of them help nobody.</summary>
    const int Most = 200;

    readonly List<Problem> problems = [], warnings = [];

    public int Count => problems.Count;

    /// <summary>What was taken for what it must mean, and should be written otherwise.</summary>
    public IReadOnlyList<Problem> Warnings => warnings;

    public void Add(YamlNode at, string message) => Add(at.Line, at.Column, message);

    public void Add(int line, int column, string message) => problems.Add(new Problem(message, file, line, column));

    public void Warn(int line, int column, string message) => warnings.Add(new Problem(message, file, line, column));

    /// <exception cref="PipelineException">There is at least one problem.</exception>
    public void ThrowIfAny()
    {
        if (problems.Count > 0)
        {
            throw new PipelineException([.. problems.Distinct().OrderBy(p => p.Line).ThenBy(p => p.Column).Take(Most)]);
        }
    }

    /// <summary><c> Did you mean 'x'?</c> with the nearest of the known names, or every one of them when none is near.</summary>
    public static string Suggest(string found, IReadOnlyCollection<string> known, string words = "Known are")
    {
        // A long word costs time and is near nothing.
        var near = found.Length > 64 ? null : known.MinBy(name => StepProblems.Distance(name, found));
        if (near is not null && StepProblems.Distance(near, found) <= Math.Max(1, Math.Max(found.Length, near.Length) / 3))
        {
            return $" Did you mean '{near}'?";
        }

        return known.Count == 0 ? "" : $" {words}: {string.Join(", ", known.Order(StringComparer.Ordinal))}.";
    }
}
