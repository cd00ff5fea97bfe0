namespace Sluice.Labels.Review;

/// <summary>Sends rows that take special knowledge to people who have it. Every condition that is given must fit.</summary>
public sealed record ExpertRule
{
    /// <summary>Who they are: at least one.</summary>
    public IReadOnlyList<string> Reviewers { get; init; } = [];

    /// <summary>Column that says what kind of row it is. Default: none.</summary>
    public string? Column { get; init; }

    /// <summary>Values of that column, as text. Default: none.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Labels: the row's own, or the one suggested for it. Default: none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>For suspects: chance of the row's label at most, 0 to 1. Default: none.</summary>
    public double? MaxQuality { get; init; }

    /// <summary>Whether the others are asked first, and the experts decide only where they do not agree. Default: false, experts are asked in their place.</summary>
    public bool WhenDisagreed { get; init; }

    internal IEnumerable<string> Problems(int number)
    {
        if (Reviewers.Count is 0 or > 20 || Reviewers.Distinct(StringComparer.Ordinal).Count() != Reviewers.Count)
        {
            yield return $"experts[{number}] names {Reviewers.Count} reviewers; expected 1 to 20 different ones.";
        }

        if (Column is null != (Values.Count == 0))
        {
            yield return $"experts[{number}] has a column without values, or values without a column. Give both: which values of which column.";
        }

        if (Column is null && Labels.Count == 0 && MaxQuality is null && !WhenDisagreed)
        {
            yield return $"experts[{number}] says nothing of the rows that it is for. Give column with values, labels, max_quality or when_disagreed; to send every row to them, name them as reviewers.";
        }

        if (MaxQuality is < 0 or > 1 or double.NaN)
        {
            yield return $"experts[{number}].max_quality is {MaxQuality}; expected 0 to 1.";
        }
    }

    /// <summary>Number of the first rule that fits a row; null: none.</summary>
    internal static int? Of(IReadOnlyList<ExpertRule> rules, ReviewedRow reviewed, Batch batch, int row)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i].Fits(reviewed, batch, row))
            {
                return i;
            }
        }

        return null;
    }

    bool Fits(ReviewedRow reviewed, Batch batch, int row) =>
        (Column is null || (!batch[Column].IsNull(row) && Values.Contains(batch[Column].Display(row), StringComparer.Ordinal)))
        && (Labels.Count == 0 || Labels.Any(label => label == reviewed.Given || label == reviewed.Suggested))
        && (MaxQuality is null || reviewed.Quality <= MaxQuality);
}
