using System.Runtime.InteropServices;

namespace Sluice.Matching;

/// <summary>The words of many cells: each different word has a number, its bytes, and how many cells have it.</summary>
sealed class Words
{
    readonly Dictionary<ulong, int> numbers = [];
    readonly List<int> ends = [];
    readonly List<int> cells = [];
    byte[] bytes = new byte[1024];

    public int Count => ends.Count;

    public ReadOnlySpan<byte> this[int word] => bytes.AsSpan(word == 0 ? 0 : ends[word - 1], ends[word] - (word == 0 ? 0 : ends[word - 1]));

    /// <summary>Cells that have the word.</summary>
    public int CellsOf(int word) => cells[word];

    /// <summary>Notes that one more cell has the word.</summary>
    public void CountCell(int word) => cells[word]++;

    /// <summary>Its number; -1 for a word that is not here.</summary>
    public int Find(ReadOnlySpan<byte> word) => numbers.TryGetValue(RowHash.Bytes(word), out var number) ? number : -1;

    /// <summary>Its number; a new one where the word is new. Words are told apart by 64 bits of hash.</summary>
    public int Add(ReadOnlySpan<byte> word)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, RowHash.Bytes(word), out var known);
        if (!known)
        {
            number = ends.Count;
            var start = number == 0 ? 0 : ends[^1];
            if (start + word.Length > bytes.Length)
            {
                Array.Resize(ref bytes, Math.Max(start + word.Length, 2 * bytes.Length));
            }

            word.CopyTo(bytes.AsSpan(start));
            ends.Add(start + word.Length);
            cells.Add(0);
        }

        return number;
    }
}
