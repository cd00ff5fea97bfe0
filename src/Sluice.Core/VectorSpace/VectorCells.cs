using System.Buffers.Text;

namespace Sluice.VectorSpace;

/// <summary>Vectors that stand in cells as JSON arrays of numbers.</summary>
static class VectorCells
{
    /// <summary>Numbers of one vector at most.</summary>
    public const int MaxDimensions = 16_384;

    const int Shown = 40;

    /// <summary>The vectors of a column, 0 where there is none. Where no cell has one they have one number.</summary>
    /// <exception cref="DataException">A cell is no vector, has other dimensions than those before it, or a number that is not finite.</exception>
    public static (float[] Values, int Dimensions) Read(TextColumn cells, string column)
    {
        var (vector, values, dimensions) = (new float[MaxDimensions], Array.Empty<float>(), 0);
        for (var row = 0; row < cells.Rows; row++)
        {
            if (cells.IsNull(row) || cells[row].IsEmpty)
            {
                continue;
            }

            var found = Parse(cells[row], vector);
            if (found is <= 0 || (dimensions > 0 && found != dimensions))
            {
                throw new DataException(
                    $"Column '{column}' has a cell with {(found switch { > 0 => $"{found:N0} numbers", 0 => "no list of numbers", _ => "a number that is not finite, or too many" })}: \"{Start(cells.Display(row))}\". Expected "
                    + $"{(dimensions > 0 ? $"{dimensions:N0} finite numbers, as in the rows before" : $"a JSON array of 1 to {MaxDimensions:N0} finite numbers")}. Correct or remove such rows before this step.");
            }

            if (dimensions == 0)
            {
                (dimensions, values) = (found, new float[checked(cells.Rows * found)]);
            }

            vector.AsSpan(0, found).CopyTo(values.AsSpan(row * found));
        }

        return dimensions == 0 ? (new float[cells.Rows], 1) : (values, dimensions);
    }

    // How many numbers there are; 0: it is no list of numbers; -1: one is not finite, or there are too many.
    static int Parse(ReadOnlySpan<byte> cell, Span<float> vector)
    {
        cell = cell.Trim(" \t\r\n"u8);
        if (cell is not [(byte)'[', .., (byte)']'])
        {
            return 0;
        }

        var count = 0;
        foreach (var range in cell[1..^1].Split((byte)','))
        {
            var number = cell[1..^1][range].Trim(" \t\r\n"u8);
            if (!Utf8Parser.TryParse(number, out float value, out var used) || used != number.Length)
            {
                return 0;
            }

            if (!float.IsFinite(value) || count == vector.Length)
            {
                return -1;
            }

            vector[count++] = value;
        }

        return count;
    }

    static string Start(string text) => text.Length <= Shown ? text : text[..Shown] + "…";
}
