namespace Sluice.Splits;

/// <summary>The column of set names, built in two passes over one byte per row.</summary>
static class SetColumn
{
    public static TextColumn Of(byte[][] names, ReadOnlySpan<byte> decisions, int rows)
    {
        if (decisions.Length != rows)
        {
            throw new InvalidOperationException($"The split was given {decisions.Length} decisions for {rows} rows.");
        }

        // Index 0, no decision, has length 0: it is found below.
        Span<int> lengths = stackalloc int[256];
        for (var set = 0; set < names.Length; set++)
        {
            lengths[Ties.Decision(set)] = names[set].Length;
        }

        long total = 0;
        foreach (var decision in decisions)
        {
            total += lengths[decision];
        }

        if (total > Array.MaxLength)
        {
            throw new DataException(
                $"The column of set names would hold {total:N0} bytes in one batch; the limit is {Array.MaxLength:N0}. Use smaller batches or shorter names.");
        }

        var bytes = new byte[total];
        var offsets = new int[rows + 1];
        var at = 0;
        for (var row = 0; row < rows; row++)
        {
            var set = decisions[row] - 1;
            if ((uint)set >= (uint)names.Length)
            {
                throw new InvalidOperationException($"The split placed row {row} of the batch in set number {set + 1} of {names.Length}.");
            }

            names[set].CopyTo(bytes, at);
            at += names[set].Length;
            offsets[row + 1] = at;
        }

        return new TextColumn(bytes, offsets, rows);
    }
}
