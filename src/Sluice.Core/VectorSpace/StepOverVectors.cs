using Sluice.Steps;

namespace Sluice.VectorSpace;

/// <summary>A step that compares all rows by their vectors alone, and whose Apply writes down what was decided of each row.</summary>
public abstract class StepOverVectors(VectorSource features) : Step
{
    public sealed override bool IsKeyed => true;

    public sealed override IReadOnlyList<(string Path, string Model)> Models => features.Models("features");

    public sealed override string DependsOn => features.DependsOn;

    public sealed override VectorSource? Vectors(Schema input) => features;

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted.Where(input.Has).ToHashSet(StringComparer.Ordinal);

    public override IReadOnlySet<string>? Observes(Schema input) => features.Names.ToHashSet(StringComparer.Ordinal);

    public override RowKey[] Keys(Batch batch) => RowHash.Rows([.. features.Names.Select(name => batch[name])], batch.Rows);

    /// <summary>Apply depends on the decisions of the batch's own rows.</summary>
    public override string ApplyKey(Fitted fitted) => "";
}
