namespace Sluice.VectorSpace;

/// <summary>Keeps the k least distances of those offered, nearest first; of equal ones the lower number.</summary>
sealed class Nearest(int k)
{
    readonly int[] rows = new int[k];
    readonly float[] squares = new float[k];
    int count;

    public bool IsFull => count == k;

    public ReadOnlySpan<int> Found => rows.AsSpan(0, count);

    public ReadOnlySpan<float> Squares => squares.AsSpan(0, count);

    public void Clear() => count = 0;

    public void Offer(int row, float square)
    {
        if (count == k && (square > squares[k - 1] || (square == squares[k - 1] && row > rows[k - 1])))
        {
            return;
        }

        count = Math.Min(k, count + 1);
        var at = count - 1;
        for (; at > 0 && (squares[at - 1] > square || (squares[at - 1] == square && rows[at - 1] > row)); at--)
        {
            (rows[at], squares[at]) = (rows[at - 1], squares[at - 1]);
        }

        (rows[at], squares[at]) = (row, square);
    }

    public void CopyTo(Span<int> intoRows, Span<float> intoSquares)
    {
        rows.AsSpan(0, count).CopyTo(intoRows);
        squares.AsSpan(0, count).CopyTo(intoSquares);
    }
}
