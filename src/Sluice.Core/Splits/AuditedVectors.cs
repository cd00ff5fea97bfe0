using System.Runtime.InteropServices;
using Sluice.Selection;
using Sluice.Splits.Units;
using Sluice.VectorSpace;

namespace Sluice.Splits;

/// <summary>The vectors of a version's rows by set, for a check of its split. Texts are kept once for each set, so that one that two sets have is a pair.</summary>
/// <param name="isText">Whether they are of a text, or kept in a column; columns of numbers are brought to one scale instead.</param>
sealed class AuditedVectors(bool isText)
{
    const ulong Seed = 0x2545F4914F6CDD1D;
    readonly List<VectorRows> parts = [];
    readonly List<int> sets = [];
    readonly HashSet<(ulong Vector, int Set)> known = [];

    /// <param name="vectors">Vectors of some rows.</param>
    /// <param name="setOfRow">Set of each; rows below 0 are left out.</param>
    public void Add(VectorRows vectors, int[] setOfRow)
    {
        var kept = new List<float>(vectors.Rows * vectors.Dimensions);
        for (var row = 0; row < setOfRow.Length; row++)
        {
            if (setOfRow[row] >= 0 && (!isText || known.Add((RowHash.Bytes(MemoryMarshal.AsBytes(vectors[row])), setOfRow[row]))))
            {
                kept.AddRange(vectors[row]);
                sets.Add(setOfRow[row]);
            }
        }

        parts.Add(new VectorRows(kept.ToArray(), vectors.Dimensions));
    }

    /// <summary>Rows of one meaning in different sets.</summary>
    public LeakedPairs Leaked(double cosine) => LeakedPairs.Count(new AlikePairs(VectorRows.Together(parts), cosine, Seed), cosine, [.. sets]);

    /// <summary>The distance within which every row has one of a set.</summary>
    public double Radius(int set, CancellationToken cancellation)
    {
        var table = VectorRows.Together(parts);
        table = isText ? table : VectorScale.Scaled(table);
        return Math.Round(new KCenter(table, Enumerable.Range(0, sets.Count).Where(row => sets[row] == set)).Radius(cancellation), 6);
    }
}
