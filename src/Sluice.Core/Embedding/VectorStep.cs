using Sluice.Steps;
using Sluice.Storage;

namespace Sluice.Embedding;

/// <summary>
/// A step that works on vectors of a text column. It gets them from the store of the run: vectors are a pure function of the text and the model, so that taking them
/// from there instead of making them shows in nothing but the time.
/// </summary>
public abstract class VectorStep(EmbeddingModel model) : Step
{
    // Outside a run, as in a test, vectors are kept in memory.
    VectorStore vectors = new(new MemoryStore());

    public sealed override IReadOnlyList<(string Path, string Model)> Models => [("model", model.Name)];

    public sealed override string DependsOn => TextEmbedders.ContentOf(model);

    /// <summary>The step on a run's store.</summary>
    internal VectorStep On(VectorStore store)
    {
        var step = (VectorStep)MemberwiseClone();
        step.vectors = store;
        return step;
    }

    /// <summary>The embedder, opened once for the process.</summary>
    protected TextEmbedder Embedder() => TextEmbedders.OpenAsync(model, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Vectors of some texts, in their order.</summary>
    protected VectorTable Embed(TextColumn texts, VectorPrecision precision = VectorPrecision.Float32) =>
        vectors.EmbedAsync(Embedder(), texts, CancellationToken.None, precision).GetAwaiter().GetResult();

    /// <summary>Reports a model that cannot be, and a column that is missing or no text.</summary>
    protected void Check(Schema input, string column, StepProblems problems)
    {
        if (TextEmbedders.Problem(model) is { } problem)
        {
            problems.Add("model", problem);
        }

        if (problems.Column(input, "column", column) && input[column] is var field && field.Type != ColumnType.Text && !Schemas.Unify.IsOpen(field))
        {
            problems.Add("column", $"Column '{column}' is {field.Type}; expected Text.");
        }
    }
}
