using Sluice.Steps;

namespace Sluice.Pipelines.Optimise;

/// <summary>
/// Takes a costly step's place in a trial: it writes a hash of what the step reads, so that a wrong order shows without a model being asked.
/// </summary>
sealed class StandIn(Step step) : Step
{
    public override Schema Plan(Schema input, StepProblems problems) => step.Plan(input, problems);

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => step.Needs(input, wanted);

    public override StepEffects? Effects(Schema input) => step.Effects(input);

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var effects = step.Effects(batch.Schema)!;
        var keys = RowHash.Rows([.. effects.Reads.Order(StringComparer.Ordinal).Select(name => batch[name])], batch.Rows);
        var text = TextColumn.Of([.. keys.Select(key => $"{key.High:x16}")]);
        var schema = step.Plan(batch.Schema, new StepProblems());
        var columns = schema.Select(f => batch.Schema.Has(f.Name) && !effects.Writes.Contains(f.Name)
            ? batch[f.Name]
            : f.Type == ColumnType.Text ? text : Schemas.ColumnReader.AllMissing(f.Type, batch.Rows));
        return new Batch(schema, columns, batch.Rows, batch.Origin);
    }

    /// <summary>The pipeline with stand-ins for costly steps; null when one of them cannot be stood in for.</summary>
    public static Pipeline? For(Pipeline pipeline, Schema first)
    {
        var schema = first;
        var steps = new List<PipelineStep>();
        foreach (var step in pipeline.Steps)
        {
            var effects = step.Step.Effects(schema);
            var costly = effects?.Cost >= StepEffects.Costly;
            if (step.Step is Llm.AskingStep && !costly || costly && !effects!.LooksAtRowsAlone && (!effects.KeepsRows || step.Step.Looks(schema)) || effects is null && (step.Step is Embedding.VectorStep || step.Step.Vectors(schema) is not null))
            {
                return null;
            }

            steps.Add(costly ? step with { Step = new StandIn(step.Step) } : step);
            schema = step.Step.Plan(schema, new StepProblems());
        }

        return pipeline with { Steps = steps };
    }
}
