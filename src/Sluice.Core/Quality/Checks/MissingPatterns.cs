using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>
/// Which columns are missing together: the most frequent patterns of missing cells. It explains what <c>missing</c> counts, so it has no result of its own
/// and no weight. With more than 1,000 different patterns there is no pattern to speak of, and none is reported.
/// </summary>
[Check("missing_patterns", 1)]
sealed class MissingPatterns : Check
{
    const int MostPatterns = 1_000, MostBytes = 2_048, Shown = 10, RowsAtATime = 1_024;

    public override IReadOnlyList<string> Reasons => [];

    public override State NewState(Schema schema) => new TopValues(MostPatterns, MostBytes);

    public override void Observe(Batch batch, State state)
    {
        var missing = batch.Columns.Select(MissingCells.Rows).ToArray();
        var next = new int[missing.Length];
        var width = (missing.Length + 7) / 8;
        var bits = new byte[width * RowsAtATime];
        for (var from = 0; from < batch.Rows && missing.Any(m => m.Count > 0); from += RowsAtATime)
        {
            var rows = Math.Min(RowsAtATime, batch.Rows - from);
            Array.Clear(bits);
            for (var column = 0; column < missing.Length; column++)
            {
                for (; next[column] < missing[column].Count && missing[column][next[column]] < from + rows; next[column]++)
                {
                    bits[((missing[column][next[column]] - from) * width) + (column >> 3)] |= (byte)(1 << (column & 7));
                }
            }

            for (var row = 0; row < rows; row++)
            {
                var pattern = bits.AsSpan(row * width, width);
                if (pattern.ContainsAnyExcept((byte)0))
                {
                    ((TopValues)state).Add(pattern);
                }
            }
        }
    }

    public override CheckFit Fit(Seen seen) => new([], null,
    [
        .. ((TopValues)seen.State!).Top(Shown).Select(p => new MissingPattern(
            [.. seen.Schema.Where((_, i) => (p.Value[i >> 3] >> (i & 7) & 1) == 1).Select(f => f.Name)], p.Count)),
    ]);
}
