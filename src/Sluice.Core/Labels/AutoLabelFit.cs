using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Sluice.Labels;

/// <summary>Fitted parameters of <see cref="AutoLabel"/>.</summary>
/// <param name="Classes">Labels in the order of the chances; empty: nothing was learned.</param>
/// <param name="Features">Dimensions.</param>
/// <param name="Weights">The probe's, little-endian doubles; empty for the others.</param>
/// <param name="Points">Vectors that vote, little-endian floats.</param>
/// <param name="Beliefs">Their shares of the classes, little-endian floats.</param>
/// <param name="Copies">Copies of each.</param>
/// <param name="Neighbours">How many vote.</param>
public sealed record AutoLabelFit(
    IReadOnlyList<string> Classes, IReadOnlyList<FeatureScale> Features, byte[] Weights, byte[] Points, byte[] Beliefs, double[] Copies, int Neighbours)
{
    Predictor? predictor;

    public delegate void Predictor(ReadOnlySpan<float> row, Span<double> chances);

    [JsonIgnore]
    public Predictor Predict => predictor ??= Weights.Length > 0
        ? new LinearProbe(MemoryMarshal.Cast<byte, double>(Weights).ToArray(), Features.Count, Classes.Count).Predict
        : new NeighbourVote(
            new LabelledVectors(MemoryMarshal.Cast<byte, float>(Points).ToArray(), Features.Count, new int[Copies.Length], Copies, Classes.Count),
            MemoryMarshal.Cast<byte, float>(Beliefs).ToArray(), Neighbours).Predict;

    public static AutoLabelFit Nothing { get; } = new([], [], [], [], [], [], 0);

    /// <param name="names">Labels.</param>
    /// <param name="features">Dimensions.</param>
    /// <param name="rows">Rows in those dimensions, with a label and without.</param>
    /// <param name="method">How.</param>
    /// <param name="neighbours">How many vote.</param>
    public static AutoLabelFit Of(IReadOnlyList<string> names, IReadOnlyList<FeatureScale> features, LabelledVectors rows, AutoLabelMethod method, int neighbours)
    {
        var labelled = rows.Where(row => rows.Labels[row] >= 0);
        if (labelled.Rows == 0)
        {
            return Nothing;
        }

        if (method == AutoLabelMethod.Probe)
        {
            return new AutoLabelFit(names, features, LabelErrorFit.Bytes(LinearProbe.Train(labelled)), [], [], [], 0);
        }

        var points = method == AutoLabelMethod.Knn ? labelled : rows;
        var beliefs = method == AutoLabelMethod.Knn ? Known(labelled) : LabelSpreading.Spread(rows, neighbours);
        return new AutoLabelFit(names, features, [], Bytes(points.Values), Bytes(beliefs), points.Weights, neighbours);
    }

    static float[] Known(LabelledVectors rows)
    {
        var beliefs = new float[rows.Rows * rows.Classes];
        for (var row = 0; row < rows.Rows; row++)
        {
            beliefs[(row * rows.Classes) + rows.Labels[row]] = 1;
        }

        return beliefs;
    }

    static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
