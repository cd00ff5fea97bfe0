using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Pipelines;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Llm.Rewrites;

/// <summary>Rows of a pipeline's input as they reach steps that ask a language model: a sample by content, the same whatever the order of rows and the size of batches.</summary>
public static class ReachingRows
{
    const string Text = "pipelines/reaching.yaml", RunId = "reaching";

    /// <summary>Runs what is before the steps on the whole input, in a folder of the store that goes again, and draws from the rows that have something to ask about.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="steps">Steps of it that stand behind each other.</param>
    /// <param name="rows">Rows of the sample, at most.</param>
    /// <param name="inputs">Where its files come from.</param>
    /// <param name="datasets">Where versions that it reads are.</param>
    /// <param name="store">Where the run's objects are meanwhile.</param>
    /// <param name="time">The time.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="PipelineException">A step before asks a language model too.</exception>
    /// <exception cref="DataException">No rows reach the steps.</exception>
    public static async Task<Batch> SampleAsync(
        Pipeline pipeline, IReadOnlyList<PipelineStep> steps, int rows, InputFiles inputs, DatasetCatalogue datasets, ObjectStore store, TimeProvider time, CancellationToken cancellation)
    {
        var before = pipeline.Steps.TakeWhile(s => s.Id != steps[0].Id).ToArray();
        if (before.FirstOrDefault(s => s.Step is IAskModels { Model: not null }) is { } asking)
        {
            throw new PipelineException(
                $"Step '{asking.Id}' asks a language model before '{steps[0].Id}', so that all rows would have to be asked about to know which reach it. Search from that step on, or give --examples.", null);
        }

        pipeline = await RunTables.OpenAsync(pipeline, inputs, datasets, cancellation);
        await using var part = new StorePart(store, $"searches/{RunId}-{pipeline.Hash[..16]}-{before.Length}/");
        await part.ClearAsync(cancellation);
        await using var book = new MemoryLedger();
        var files = new BatchFiles(part);
        var engine = new RunEngine(part, book, files, _ => inputs, new RunOptions { Trial = new TrialOptions(null) }, time);
        engine.Use(Text, pipeline with { Steps = [.. pipeline.Steps.Take(before.Length)], Sinks = [], Debug = false, Profile = false });
        var outcome = await LocalRun.RunAsync(engine, new RunRequest(RunId, Text, "search", Path.GetTempPath()), pipeline.Optimization.Parallelism ?? Environment.ProcessorCount, null, cancellation);
        var version = outcome.Version ?? throw new DataException($"A gate before step '{steps[0].Id}' refuses the rows: {outcome.GateFailure}");
        Batch? drawn = null;
        await foreach (var batch in (await new DatasetCatalogue(part, book, files, time).OpenAsync(outcome.Dataset, version, cancellation)).ReadAsync(cancellation))
        {
            drawn = First(rows, drawn, AskedAbout(steps, batch));
        }

        await part.ClearAsync(cancellation);
        return drawn is { Rows: > 0 } ? drawn
            : throw new DataException($"No row reaches step '{steps[0].Id}' with a value in a column that is sent. Look with: sluice explain PIPELINE --sample 100.");
    }

    static Batch AskedAbout(IReadOnlyList<PipelineStep> steps, Batch batch)
    {
        string[] sent = [.. steps.SelectMany(s => s.Step.Observes(batch.Schema)!).Where(batch.Schema.Has).Distinct(StringComparer.Ordinal)];
        return batch.Take([.. Enumerable.Range(0, batch.Rows).Where(row => sent.Any(c => !batch[c].IsNull(row)))]);
    }

    /// <summary>The rows with the smallest hashes, in that order.</summary>
    static Batch First(int rows, Batch? drawn, Batch batch)
    {
        var all = drawn is null ? batch : Batch.Concat([drawn, batch]);
        var keys = RowHash.Rows(all.Columns, all.Rows);
        return all.Take([.. Enumerable.Range(0, all.Rows).OrderBy(row => keys[row]).Take(rows)]);
    }
}
