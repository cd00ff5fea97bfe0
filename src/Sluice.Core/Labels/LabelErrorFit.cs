using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Sluice.Labels;

/// <summary>Fitted parameters of <see cref="FindLabelErrors"/>.</summary>
/// <param name="Classes">Labels in the order of the chances.</param>
/// <param name="Features">Columns of the probe; empty where chances were given.</param>
/// <param name="Folds">Weights of each fold's probe, little-endian doubles.</param>
/// <param name="Model">What judges; null: fewer than two labels, and nothing can be said.</param>
public sealed record LabelErrorFit(IReadOnlyList<string> Classes, IReadOnlyList<FeatureScale> Features, IReadOnlyList<byte[]> Folds, ConfidentModel? Model)
{
    FoldedProbe? probe;

    public static LabelErrorFit Nothing { get; } = new([], [], [], null);

    [JsonIgnore]
    public FoldedProbe Probe => probe ??= new FoldedProbe([.. Folds.Select(w => new LinearProbe(MemoryMarshal.Cast<byte, double>(w).ToArray(), Features.Count, Classes.Count))]);

    public static byte[] Bytes(LinearProbe probe) => MemoryMarshal.AsBytes(probe.Weights.AsSpan()).ToArray();
}
