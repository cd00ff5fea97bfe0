namespace Sluice.Connectors;

/// <summary>
/// A header of several records, as spread sheets write merged cells: groups, each over the first of its columns, and below them the names of the columns
/// in the groups. <c>Date,Travel,,Total</c> over <c>,Air,Rail,</c> names Date, Travel Air, Travel Rail and Total.
/// </summary>
static class CsvHeaderGroups
{
    const int MaxLevels = 3;

    /// <summary>Null: the records do not begin so. Records of nothing between the levels count as part of the header.</summary>
    public static (IReadOnlyList<byte[]> Names, int Records)? Find(List<CsvSampleRow> rows, int usual)
    {
        var levels = new List<CsvSampleRow>();
        var records = 0;
        for (var row = 0; row + 1 < rows.Count && levels.Count < MaxLevels; row++)
        {
            if (levels.Count > 0 && rows[row].Filled == 0)
            {
                continue;
            }

            if (!IsText(rows[row], usual) || (levels.Count > 0 && !IsOver(levels[^1], rows[row])))
            {
                break;
            }

            levels.Add(rows[row]);
            records = row + 1;
        }

        return levels.Count < 2 ? null : (Names(levels), records);
    }

    /// <summary>
    /// A group reaches over two columns, and another column has no name below, or names below come again, which those of a header of one record do not:
    /// nothing else has that shape.
    /// </summary>
    static bool IsOver(CsvSampleRow upper, CsvSampleRow lower)
    {
        var (inGroup, spans, alone) = (false, 0, 0);
        foreach (var (above, below) in upper.Fields.Zip(lower.Fields))
        {
            if (below.IsBlank)
            {
                inGroup = false;
                alone += above.IsBlank ? 0 : 1;
                continue;
            }

            spans += above.IsBlank && inGroup ? 1 : 0;
            inGroup |= !above.IsBlank;
        }

        var names = lower.Fields.Where(f => !f.IsBlank).Select(f => Convert.ToHexString(f.Text)).ToList();
        return spans > 0 && (alone > 0 || names.Distinct(StringComparer.Ordinal).Count() < names.Count);
    }

    static List<byte[]> Names(List<CsvSampleRow> levels)
    {
        var names = new List<byte[]>();
        var groups = new byte[]?[levels.Count];
        for (var column = 0; column < levels[0].Count; column++)
        {
            var lowest = levels.FindLastIndex(level => !level[column].IsBlank);
            var parts = new List<byte[]>();
            for (var level = 0; level < levels.Count; level++)
            {
                var field = levels[level][column];
                if (!field.IsBlank)
                {
                    groups[level] = field.Text;
                    groups.AsSpan(level + 1).Clear();
                }
                else if (level >= lowest)
                {
                    groups[level] = null;
                }

                if (level <= lowest && groups[level] is { } part)
                {
                    parts.Add(part);
                }
            }

            names.Add(parts.Count == 0 ? [] : parts.Aggregate((left, right) => [.. left, (byte)' ', .. right]));
        }

        return names;
    }

    static bool IsText(CsvSampleRow row, int usual) => row.Count == usual && row.Fields.TrueForAll(f => f.IsBlank || !CsvHeader.IsTyped(f.Text));
}
