using System.Text;

namespace Sluice.TextDuplicates;

/// <summary>The text that a row is compared by: the values of some columns, one after another. Not thread-safe: it reuses its buffer.</summary>
/// <param name="columns">The columns; text is taken as it is, other values as they are displayed.</param>
public sealed class RowTexts(IReadOnlyList<Column> columns)
{
    byte[] buffer = new byte[256];

    /// <summary>Text of one row; valid until the next call.</summary>
    public ReadOnlySpan<byte> this[int row]
    {
        get
        {
            if (columns is [TextColumn only])
            {
                return only[row];
            }

            var used = 0;
            foreach (var column in columns)
            {
                if (column.IsNull(row))
                {
                    continue;
                }

                var value = column is TextColumn text ? text[row] : Encoding.UTF8.GetBytes(column.Display(row));
                if (buffer.Length - used <= value.Length)
                {
                    Array.Resize(ref buffer, Math.Max(2 * buffer.Length, used + value.Length + 1));
                }

                value.CopyTo(buffer.AsSpan(used));
                used += value.Length;
                buffer[used++] = (byte)'\n';
            }

            return buffer.AsSpan(0, used);
        }
    }

    /// <summary>Id of each row's shingle set (<see cref="ShingleSets.IdOf"/>); adds the sets to <paramref name="sets"/> where given.</summary>
    public static ulong[] Ids(IReadOnlyList<Column> columns, int rows, int words, ShingleSets? sets = null)
    {
        var (texts, shingles) = (new RowTexts(columns), new Shingles(words));
        var ids = new ulong[rows];
        for (var row = 0; row < rows; row++)
        {
            var set = shingles.Of(texts[row]);
            ids[row] = sets is null ? ShingleSets.IdOf(set) : sets.Add(set);
        }

        return ids;
    }
}
