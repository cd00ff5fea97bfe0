using Sluice.Cleaning;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Labels;

/// <summary>What labels are learned from: number columns, or the vectors of a text or column.</summary>
/// <param name="source">The option <c>features</c>, if it is given.</param>
/// <param name="columns">The option <c>feature_columns</c>: number columns, in short.</param>
/// <param name="label">Column of the label.</param>
sealed class LabelFeatures(VectorSource? source, IReadOnlyList<string> columns, string label)
{
    readonly ColumnChoice choice = source is null
        ? new ColumnChoice(columns, f => Numbers.IsNumber(f.Type) && f.Name != label, "numbers (int64, float64)")
        : new ColumnChoice(source.Columns, f => Numbers.IsOrdered(f.Type) && f.Name != label, "numbers and dates");

    /// <summary>The text to embed, or the vectors of a column; null where numbers are learned from.</summary>
    public VectorSource? Text => source?.Cell is null ? null : source;

    /// <summary>Columns that the user names; empty: all that measure something.</summary>
    public IReadOnlyList<string> Named => choice.Named;

    public void Plan(Schema input, StepProblems problems)
    {
        if (source is null)
        {
            choice.Plan(input, problems, "feature_columns");
            return;
        }

        source.Plan(input, problems);
        if (columns.Count > 0)
        {
            problems.Add("feature_columns", "Both features and feature_columns are given. Keep features; numbers are its columns.");
        }

        if (source.Names.Contains(label))
        {
            problems.Add("features", $"Column '{label}' is the label, and cannot be learned from. Name other columns.");
        }
    }

    /// <summary>Number columns of a table, in its order.</summary>
    public IReadOnlyList<string> Columns(Schema schema) => Text is null ? [.. schema.Where(choice.Has).Select(f => f.Name)] : [];

    /// <summary>Columns that are looked at, the label among them.</summary>
    public HashSet<string> Observed(Schema input) => Text is { } text ? [.. text.Names, label] : [.. choice.PossibleNames(input), label];
}
