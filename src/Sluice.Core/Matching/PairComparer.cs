namespace Sluice.Matching;

/// <summary>
/// Compares two rows column by column. Each column gives some similarities from 0 to 1, all of them NaN where one of the cells is missing; more is always
/// more alike. The last column is the whole row as one text, which sees words that stand in another column.
/// </summary>
sealed class PairComparer
{
    /// <summary>Similarities of a column of text: words by weight, words of the shorter in the longer, letters, words with digits, words anywhere in the other row.</summary>
    public const int PerText = 5;

    /// <summary>The first of them, which speak of the same words and letters.</summary>
    public const int Plain = 3;

    /// <summary>Similarities of a column of numbers or days: nearness, equality.</summary>
    public const int PerValue = 2;

    readonly IReadOnlyList<MatchColumn> columns;
    readonly double[] spreads;
    readonly int[] starts;
    readonly int[][] inRow;

    public PairComparer(IReadOnlyList<MatchColumn> columns)
    {
        this.columns = columns;
        inRow = [.. columns.Select(c => Enumerable.Range(0, c.Vocabulary.Count).Select(w => columns[^1].Vocabulary.Find(c.Vocabulary[w])).ToArray())];
        spreads = [.. columns.Select(Spread)];
        starts = new int[columns.Count + 1];
        for (var i = 0; i < columns.Count; i++)
        {
            starts[i + 1] = starts[i] + (columns[i].Nature == ColumnNature.Text ? PerText : PerValue);
        }
    }

    /// <summary>Similarities of a pair.</summary>
    public int Width => starts[^1];

    /// <summary>Where the similarities of a column begin.</summary>
    public int StartOf(int column) => starts[column];

    public void Compare(int left, int right, Span<float> into)
    {
        // The same either way round, to the last bit.
        (left, right) = (Math.Min(left, right), Math.Max(left, right));
        into.Fill(float.NaN);
        for (var i = 0; i < columns.Count; i++)
        {
            var column = columns[i];
            var own = into[starts[i]..starts[i + 1]];
            if (column.Nature == ColumnNature.Text)
            {
                if (!column.IsMissing(left) && !column.IsMissing(right))
                {
                    Texts(column, left, right, own);
                    own[4] = Math.Min(Elsewhere(i, left, right), Elsewhere(i, right, left));
                }
            }
            else if (Math.Abs(column.Values[left] - column.Values[right]) is var distance && !double.IsNaN(distance))
            {
                var size = Math.Max(Math.Abs(column.Values[left]), Math.Abs(column.Values[right]));
                own[0] = (float)Math.Exp(-distance / spreads[i]);
                own[1] = distance <= 0.005 * (column.Nature == ColumnNature.Date ? 0 : size) ? 1 : 0;
            }
        }
    }

    // Share of a cell's words, by weight, that stand anywhere in the other row: a maker named in the title too is no difference.
    float Elsewhere(int column, int from, int to)
    {
        float found = 0;
        foreach (var word in columns[column].SortedWords(from))
        {
            if (inRow[column][word] is var whole && whole >= 0 && columns[^1].SortedWords(to).BinarySearch(whole) >= 0)
            {
                found += columns[column].Weight(word);
            }
        }

        return Math.Min(1, found / columns[column].Sum(from));
    }

    static double Spread(MatchColumn column)
    {
        var present = column.Values.Where(v => !double.IsNaN(v)).Order().ToArray();
        var spread = present.Length == 0 ? 1 : present[present.Length * 3 / 4] - present[present.Length / 4];
        return spread > 0 ? spread / 4 : 1;
    }

    static void Texts(MatchColumn column, int left, int right, Span<float> into)
    {
        var words = new WordAlignment(column, left, right);
        into[0] = Math.Min(1, words.Product / (column.Norm(left) * column.Norm(right)));
        into[1] = Math.Min(1, words.Shared / Math.Min(column.Sum(left), column.Sum(right)));
        into[2] = Dice(column.Grams(left), column.Grams(right));
        into[3] = words.Digits;
    }

    /// <summary>Twice the groups in common, as a share of all.</summary>
    internal static float Dice(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        var (common, i, j) = (0, 0, 0);
        while (i < left.Length && j < right.Length)
        {
            common += left[i] == right[j] ? 1 : 0;
            var (step, other) = (left[i] <= right[j] ? 1 : 0, right[j] <= left[i] ? 1 : 0);
            i += step;
            j += other;
        }

        return left.Length + right.Length == 0 ? 0 : 2f * common / (left.Length + right.Length);
    }
}
