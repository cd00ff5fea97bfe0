using Sluice.Labels;
using Sluice.Splits.Units;
using Sluice.VectorSpace;

namespace Sluice.Profiles;

/// <summary>How two samples of vectors differ, by three tests, and what tells rows of the second from those of the first.</summary>
/// <param name="Tests">The tests.</param>
/// <param name="Separation">How well a linear classifier tells unseen rows of the two apart (area under the curve): 0.5 not at all, 1 always.</param>
/// <param name="Probe">The classifier.</param>
sealed record VectorChange(IReadOnlyList<VectorDriftTest> Tests, double Separation, LinearProbe Probe)
{
    const int PermutedRows = 400, Permutations = 999;

    /// <summary>Whether one of the tests is surer than chance allows, their number accounted for.</summary>
    public bool IsDrift(double falseAlarms) => IsDrift(Tests, falseAlarms);

    internal static bool IsDrift(IReadOnlyList<VectorDriftTest> tests, double falseAlarms) => tests.Any(t => t.PValue < falseAlarms / tests.Count);

    /// <summary>How surely a row is of the second sample: the more, the less it is like the first.</summary>
    public double Chance(ReadOnlySpan<float> vector)
    {
        Span<double> chances = stackalloc double[2];
        Probe.Predict(vector, chances);
        return chances[1];
    }

    // A classifier learns from every other row of either sample which of them it is of, and is asked about the rest (Lopez-Paz and Oquab 2017).
    public static VectorChange Of(VectorRows first, VectorRows second, CancellationToken cancellation)
    {
        var learned = Rows(first, second, 0).ToArray();
        var probe = LinearProbe.Train(LabelledVectors.Of(
            [.. learned.SelectMany(r => (r.IsSecond ? second : first)[r.Row].ToArray())], first.Dimensions, [.. learned.Select(r => r.IsSecond ? 1 : 0)], 2));
        cancellation.ThrowIfCancellationRequested();
        var change = new VectorChange([], 0, probe);
        var unseen = Rows(first, second, 1).ToLookup(r => r.IsSecond, r => change.Chance((r.IsSecond ? second : first)[r.Row]));
        var area = AreaUnderCurve.Of([.. unseen[false]], [.. unseen[true]]);
        cancellation.ThrowIfCancellationRequested();
        return change with
        {
            Tests =
            [
                new VectorDriftTest("energy", Mmd.EnergyPValue(Some(first), Some(second), first.Dimensions, Permutations)),
                new VectorDriftTest("mmd", Mmd.PValue(Some(first), Some(second), first.Dimensions, Permutations)),
                new VectorDriftTest("classifier", area.PValue),
            ],
            Separation = area.Area,
        };
    }

    static IEnumerable<(bool IsSecond, int Row)> Rows(VectorRows first, VectorRows second, int odd) => Enumerable.Range(0, first.Rows).Select(row => (IsSecond: false, Row: row))
        .Concat(Enumerable.Range(0, second.Rows).Select(row => (IsSecond: true, Row: row))).Where(r => r.Row % 2 == odd);

    static ReadOnlySpan<float> Some(VectorRows rows) => rows.From(0, PermutedRows);
}

/// <summary>One test of whether two tables are of one source.</summary>
/// <param name="Name"><c>energy</c> (energy distance), <c>mmd</c> (maximum mean discrepancy), both by permutations, or <c>classifier</c>.</param>
/// <param name="PValue">Chance of a difference as large between tables of one source.</param>
public sealed record VectorDriftTest(string Name, double PValue);
