using System.Text;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>What was learned of a column: its categories in order, how many rows have each, and how many have any.</summary>
sealed record LearnedCategories(string Column, string[] Values, long[] Counts, long Rows);

/// <summary>Categories of a column, to look cells up in.</summary>
sealed class Categories
{
    readonly ByteTable table = new();

    public Categories(LearnedCategories learned)
    {
        Learned = learned;
        foreach (var value in learned.Values)
        {
            table.Add(Encoding.UTF8.GetBytes(value));
        }
    }

    public LearnedCategories Learned { get; }

    public int Count => Learned.Values.Length;

    /// <summary>Position of a category, or −1.</summary>
    public int Find(ReadOnlySpan<byte> value) => table.Find(value);

    /// <summary>Whole numbers by value; anything else by its bytes.</summary>
    public static IReadOnlyList<(byte[] Value, long Count)> InOrder(IEnumerable<(byte[] Value, long Count)> values)
    {
        var all = values.ToList();
        return all.TrueForAll(v => ValueParser.TryInt64(v.Value, out _))
            ? [.. all.OrderBy(v => ValueParser.TryInt64(v.Value, out var number) ? number : 0)]
            : [.. all.OrderBy(v => v.Value, Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)))];
    }
}
