using Sluice.Llm;
using Sluice.Pipelines;

namespace Sluice.Runs;

/// <summary>What a chain will cost.</summary>
/// <param name="Dataset">Dataset that it makes.</param>
/// <param name="Forecast">The forecast; null: it cannot be known.</param>
/// <param name="Unknown">Why it cannot be known; null: it is.</param>
public sealed record ChainForecast(string Dataset, CostForecast? Forecast, string? Unknown);

/// <summary>
/// Forecasts of the chains of a pipeline that ask language models. Chains before them that ask nothing are run, in versions that only the forecast sees; the work that they do is found by
/// the run. What a chain asks that reads another's answers is not known before these are there.
/// </summary>
public static class GraphForecast
{
    /// <param name="engine">The engine.</param>
    /// <param name="request">What the run would be, with its graph where the pipeline has several chains.</param>
    /// <param name="graph">The pipeline.</param>
    /// <param name="parallelism">Units at the same time.</param>
    /// <param name="cancellation">Stops at the next safe point.</param>
    /// <returns>A forecast for each chain that asks.</returns>
    /// <exception cref="PipelineException">No chain asks, or the pipeline does not fit the data.</exception>
    public static async Task<IReadOnlyList<ChainForecast>> RunAsync(RunEngine engine, RunRequest request, PipelineGraph graph, int parallelism, CancellationToken cancellation)
    {
        if (request.Graph is null)
        {
            await LocalRun.RunAsync(engine, request with { Forecast = true }, parallelism, null, cancellation);
            return [new ChainForecast(graph.MainPipeline.Dataset, await engine.ForecastAsync(request.RunId, cancellation), null)];
        }

        await engine.CheckGraphAsync(request, cancellation);
        var asks = graph.Chains.Select(c => engine.Asks(c.Pipeline)).ToArray();
        if (!asks.Contains(true))
        {
            throw RunEngine.NothingToForecast();
        }

        var trial = engine.Trying(graph.Chains.Select(c => c.Pipeline.Dataset).ToHashSet(StringComparer.Ordinal));
        var (found, versions, missing) = (new List<ChainForecast>(), new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        for (var i = 0; i < graph.Chains.Count; i++)
        {
            var dataset = graph.Chains[i].Pipeline.Dataset;
            var reads = graph.Chains[i].After.Select(read => graph.Chains[read].Pipeline.Dataset).ToList();
            var chain = GraphRun.ChainOf(request, i) with { Versions = reads.Where(versions.ContainsKey).ToDictionary(read => read, read => versions[read]) };
            if (reads.Find(missing.ContainsKey) is { } read)
            {
                missing[dataset] = missing[read];
                found.AddRange(asks[i] ? [new ChainForecast(dataset, null, $"it reads {read}: {missing[read]}")] : []);
            }
            else if (asks[i])
            {
                missing[dataset] = $"what the language model answers in {dataset} is not there yet";
                await LocalRun.RunAsync(trial, chain with { Forecast = true }, parallelism, null, cancellation);
                found.Add(new ChainForecast(dataset, await engine.ForecastAsync(chain.RunId, cancellation), null));
            }
            else if (IsBeforeOneThatAsks(graph, asks, i))
            {
                var outcome = await LocalRun.RunAsync(trial, chain, parallelism, null, cancellation);
                _ = outcome.Version is { } version ? versions[dataset] = version : missing[dataset] = $"a gate refuses the rows of {dataset}";
            }
        }

        return found;
    }

    static bool IsBeforeOneThatAsks(PipelineGraph graph, bool[] asks, int chain) =>
        Enumerable.Range(chain + 1, graph.Chains.Count - chain - 1).Any(i => graph.Chains[i].After.Contains(chain) && (asks[i] || IsBeforeOneThatAsks(graph, asks, i)));
}
