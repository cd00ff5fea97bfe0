using Sluice.Connectors;
using Sluice.Datasets;

namespace Sluice.Pipelines.Optimise;

/// <summary>A chain of a pipeline with and without one of its steps, on the same sample.</summary>
/// <param name="Dataset">Dataset that the chain makes.</param>
/// <param name="With">With it; null where a chain that it reads was refused.</param>
/// <param name="Without">Without it.</param>
public sealed record ComparedChain(string Dataset, SampledRun? With, SampledRun? Without)
{
    /// <summary>Points of the quality score that the step brings; null where a gate refused either.</summary>
    public double? QualityGain => With?.QualityAfter - Without?.QualityAfter;
}

/// <summary>A pipeline with and without one of its steps, on the same sample.</summary>
/// <param name="Step">Id of the step.</param>
/// <param name="Chains">The chain of the step, and those that read what it makes.</param>
/// <param name="CostShare">Share of the cost of the whole pipeline that the step causes, itself and later steps together; negative when it saves.</param>
public sealed record StepComparison(string Step, IReadOnlyList<ComparedChain> Chains, double CostShare)
{
    /// <exception cref="DataException">There is no such step.</exception>
    /// <exception cref="PipelineException">A later step needs what this step makes.</exception>
    public static async Task<StepComparison> OfAsync(
        PipelineGraph graph, string step, InputFiles inputs, int rows, TimeProvider time, CancellationToken cancellation, DatasetCatalogue? catalogue = null)
    {
        var ids = graph.Chains.SelectMany(c => c.Pipeline.Steps).SelectMany(s => new[] { s.Group, s.Id }).Distinct().ToList();
        if (!ids.Contains(step, StringComparer.Ordinal))
        {
            throw new DataException($"The pipeline has no step '{step}'.{ProblemList.Suggest(step, ids, "It has")}");
        }

        var rest = graph with { Chains = [.. graph.Chains.Select(c => c with { Pipeline = Without(c.Pipeline, step) })] };
        var with = await SampledRun.OfAsync(graph, inputs, rows, time, cancellation, catalogue);
        var without = await SampledRun.OfAsync(rest, inputs, rows, time, cancellation, catalogue);
        var (cost, less) = (with.Sum(c => c.Found?.Cost ?? 0), without.Sum(c => c.Found?.Cost ?? 0));
        return new StepComparison(
            step, [.. Affected(graph, step).Select(i => new ComparedChain(with[i].Dataset, with[i].Found, without[i].Found))], cost > 0 ? (cost - less) / cost : 0);
    }

    static Pipeline Without(Pipeline pipeline, string step) => pipeline with { Steps = [.. pipeline.Steps.Where(s => !Is(s, step))] };

    static bool Is(PipelineStep step, string id) => step.Group == id || step.Id == id;

    /// <summary>The chain of the step and those that read it, straight or through others, in order.</summary>
    static List<int> Affected(PipelineGraph graph, string step)
    {
        var affected = new List<int>();
        for (var i = 0; i < graph.Chains.Count; i++)
        {
            if (graph.Chains[i].After.Any(affected.Contains) || graph.Chains[i].Pipeline.Steps.Any(s => Is(s, step)))
            {
                affected.Add(i);
            }
        }

        return affected;
    }
}
