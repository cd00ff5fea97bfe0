namespace Sluice.Privacy.Anonymity;

/// <summary>A cut of a part of the table, or a part that is cut no further.</summary>
/// <param name="Column">Index of the quasi-identifier; -1 for a part.</param>
public sealed record Cut(int Column)
{
    /// <summary>For numbers and dates: the last value of the first side.</summary>
    public double? At { get; init; }

    /// <summary>Relaxed cuts: of rows at that value, those up to this key are on the first side.</summary>
    public string? Key { get; init; }

    /// <summary>For other values: the level whose values tell the sides.</summary>
    public int Level { get; init; }

    /// <summary>Those values, one per side.</summary>
    public IReadOnlyList<string> Children { get; init; } = [];

    /// <summary>The cuts or parts of the sides, as indices.</summary>
    public IReadOnlyList<int> Next { get; init; } = [];

    /// <summary>Of a part: what is told of each quasi-identifier.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
}

/// <summary>Cuts from the whole table (the first) to its parts.</summary>
sealed class CutTree(IReadOnlyList<Cut> cuts, IReadOnlyList<Ladder> ladders)
{
    /// <summary>What is told of a row; null of a row that is like none that was seen.</summary>
    public IReadOnlyList<string>? LabelsOf(string key)
    {
        var values = key.Split(GroupState.Separator);
        for (var cut = cuts[0]; ;)
        {
            if (cut.Column < 0)
            {
                return cut.Labels;
            }

            var side = Side(cut, values[cut.Column], key);
            if (side < 0)
            {
                return null;
            }

            cut = cuts[cut.Next[side]];
        }
    }

    int Side(Cut cut, string value, string key)
    {
        if (cut.At is not { } at)
        {
            return ((List<string>)[.. cut.Children]).IndexOf(ladders[cut.Column].At(value, cut.Level));
        }

        var number = Dimension.Number(value);
        return number < at || (number == at && (cut.Key is null || string.CompareOrdinal(key, cut.Key) <= 0)) ? 0 : 1;
    }
}
