namespace Sluice.Matching;

/// <summary>
/// How alike two rows are, from 0 to 1, whatever else is in the table: the weighted mean over the columns in which both have a value. Text is as alike as the
/// best of three says: letters (Damerau–Levenshtein), groups of three letters, words in any order. Numbers are alike as far as they differ little for their
/// size, days as far as they are within a year.
/// </summary>
sealed class PairSimilarity(IReadOnlyList<MatchColumn> columns, double[] weights)
{
    const double DaysOfYear = 366;

    /// <summary>Similarity of each column into <paramref name="into"/>, NaN where a value is missing.</summary>
    /// <returns>Their weighted mean; 0 where both have values in less than half of the columns, by weight, in which any of them has one.</returns>
    public double Compare(int left, int right, Span<float> into)
    {
        (left, right) = (Math.Min(left, right), Math.Max(left, right));
        double sum = 0, both = 0, any = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            var column = columns[i];
            var (leftMissing, rightMissing) = (column.IsMissing(left), column.IsMissing(right));
            any += leftMissing && rightMissing ? 0 : weights[i];
            into[i] = leftMissing || rightMissing ? float.NaN : (float)Of(column, left, right);
            if (!float.IsNaN(into[i]))
            {
                sum += weights[i] * into[i];
                both += weights[i];
            }
        }

        return both > 0 && both >= any / 2 ? sum / both : 0;
    }

    static double Of(MatchColumn column, int left, int right)
    {
        if (column.Text(left).SequenceEqual(column.Text(right)))
        {
            return 1;
        }

        if (column.Nature != ColumnNature.Text && Math.Abs(column.Values[left] - column.Values[right]) is var distance && !double.IsNaN(distance))
        {
            var size = column.Nature == ColumnNature.Date ? DaysOfYear : Math.Max(Math.Abs(column.Values[left]), Math.Abs(column.Values[right]));
            return distance == 0 ? 1 : Math.Max(0, 1 - (distance / size));
        }

        var ours = column.Text(left);
        var theirs = column.Text(right);
        var letters = Math.Max(ours.Length, theirs.Length) <= TextSimilarity.MaxWord ? TextSimilarity.Damerau(ours, theirs) : 0;
        var words = 2 * new WordAlignment(column, left, right).Letters / (Letters(column, left) + Letters(column, right));
        return Math.Min(1, Math.Max(letters, Math.Max(PairComparer.Dice(column.Grams(left), column.Grams(right)), words)));
    }

    static float Letters(MatchColumn column, int row)
    {
        var letters = 0;
        foreach (var word in column.WordsOf(row))
        {
            letters += column.Vocabulary[word].Length;
        }

        return letters;
    }
}
