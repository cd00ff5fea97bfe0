namespace Sluice.SchemaDetection;

/// <summary>Which columns may be keys, and which of them is likely meant as the key.</summary>
static class KeySearch
{
    const double Least = 0.15;

    public static IEnumerable<KeyCandidate> Of(
        IReadOnlyList<ColumnJudge> columns, IReadOnlyList<ColumnJudge> related, DependencySearch search, DetectionLimits limits, bool sampleIsAll)
    {
        var single = columns.Select((column, at) => (column, at)).Where(c => c.column.MayBeUnique && c.column.Sketch.Rows > 1)
            .Select(c => new KeyCandidate([c.column.Name], c.column.Unique == true, Score(c.column, c.at, columns.Count))).ToList();

        // Sets of columns are only of interest where no column is a key by itself: next to one, unique pairs are mostly chance.
        var several = single.Exists(k => k.Score >= Least)
            ? []
            : search.CompositeKeys(limits.KeyColumns, limits.MaxKeys).Select(set => new KeyCandidate(
                [.. set.Select(i => related[i].Name)], sampleIsAll, Math.Round(set.Average(i => Score(related[i], i, columns.Count)) * 0.8, 3)));
        return single.Concat(several).OrderByDescending(k => k.Score).ThenBy(k => k.Columns.Count).Take(limits.MaxKeys);
    }

    /// <summary>Half by the name, the rest by type and place: keys come first, and are whole numbers, codes or short text.</summary>
    static double Score(ColumnJudge column, int at, int count)
    {
        var name = ColumnUse.IsNamedIdentifier(column.Name) || column.Meaning?.Type is "uuid" ? 0.5 : 0;
        var type = column.Type switch
        {
            "integer" => 0.3,
            "string" when column.Meaning?.Type is "free_text" or "description" => 0,
            "string" when column.Sketch.Longest <= 40 => 0.25,
            "datetime" => 0.1,
            _ => 0,
        };
        return Math.Round(name + type + (0.2 * (1 - ((double)at / count))), 3);
    }
}
