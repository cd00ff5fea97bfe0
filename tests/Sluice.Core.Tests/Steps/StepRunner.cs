using Sluice.Batches;
using Sluice.Embedding;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Steps;
using Sluice.Storage;
using Sluice.Tests.Storage;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.Steps;

/// <summary>What a step made of some batches.</summary>
sealed record StepRun(Schema Schema, byte[] Json, IReadOnlyList<Batch> Batches, IReadOnlyList<Verdicts> Verdicts)
{
    public Batch All => Batch.Concat(Batches);
}

/// <summary>
/// Runs one step on batches as the engine does: only the columns it observes, states through their bytes, keys through sorted run files, and
/// Apply through the guard that counts rows. A step that a row makes throw fails the test.
/// </summary>
static class StepRunner
{
    public static StepRun Run(Step step, params Batch[] batches) => Run(step, batches, out _);

    /// <summary>Runs a step on one batch; also gives its parameters and the decisions on the rows.</summary>
    public static (StepRun Run, byte[] Json, byte[]? Decisions) RunWithParameters(Step step, Batch batch)
    {
        var run = Run(step, [batch], out var decisions);
        return (run, run.Json, decisions?.Of(0));
    }

    /// <summary>Runs the steps one after another on one batch.</summary>
    public static StepRun RunAll(IEnumerable<Step> steps, Batch batch)
    {
        StepRun? run = null;
        foreach (var step in steps)
        {
            run = Run(step, run?.All ?? batch);
        }

        return run!;
    }

    static StepRun Run(Step step, Batch[] batches, out Decisions? decisions)
    {
        var schema = batches[0].Schema;
        var problems = Problems(step, schema);
        Assert.True(problems.Count == 0, string.Join('\n', problems));
        var json = Fitted.None.Json;
        decisions = null;
        if (step.Looks(schema))
        {
            var observes = step.Observes(schema);
            var seen = batches.Select(b => observes is null ? b : b.Select(observes)).ToArray();
            var state = Merged(step, schema, seen);
            object? decided = null;
            if (step.IsKeyed)
            {
                decisions = new Decisions([.. batches.Select(b => b.Rows)], step.DecisionBytes);
                decided = Decide(step, seen, decisions, step.DecidesWithState ? state : null);
            }

            json = step.Fit(state, decided);
        }

        var planned = step.PlanFitted(schema, new Fitted(json));
        var results = new List<Batch>();
        var verdicts = new List<Verdicts>();
        for (var i = 0; i < batches.Length; i++)
        {
            var poison = new List<PoisonRow>();
            var (result, found) = Guarded.Apply(step, batches[i], FittedOf(step, batches[i], json, decisions?.Of(i)), poison);
            Assert.Empty(poison);
            Assert.Equal(planned, result.Schema);
            results.Add(result);
            verdicts.Add(found);
        }

        return new StepRun(planned, json, results, verdicts);
    }

    /// <summary>What a step has for a batch; one that asks a language model has scripted answers too.</summary>
    public static Fitted FittedOf(Step step, Batch batch, byte[] json, byte[]? decisions) =>
        new(json, decisions, step is AskingStep asking ? ScriptedAnswers.Of(asking, batch, decisions!) : null);

    /// <summary>What Plan reports, each as <c>path: message</c>.</summary>
    public static IReadOnlyList<string> Problems(Step step, Schema schema)
    {
        var problems = new StepProblems();
        step.Plan(schema, problems);
        return [.. problems.Items.Select(p => $"{p.Path}: {p.Message}")];
    }

    /// <summary>The batch in pieces of the given sizes, which are used in turn.</summary>
    public static Batch[] Cut(Batch batch, params int[] sizes)
    {
        var parts = new List<Batch>();
        for (var from = 0; from < batch.Rows;)
        {
            var to = Math.Min(batch.Rows, from + sizes[parts.Count % sizes.Length]);
            parts.Add(batch.Slice(from, to));
            from = to;
        }

        return [.. parts];
    }

    static State? Merged(Step step, Schema schema, Batch[] batches)
    {
        var total = step.NewState(schema);
        foreach (var batch in total is null ? [] : batches)
        {
            var state = step.NewState(schema)!;
            step.Observe(batch, state);
            var read = step.NewState(schema)!;
            read.FromBytes(state.ToBytes());
            total!.Merge(read);
        }

        return total;
    }

    static object? Decide(Step step, Batch[] batches, Decisions decisions, State? state)
    {
        using var folder = new TemporaryFolder();
        var files = new List<string>();
        foreach (var batch in batches)
        {
            files.Add(folder.File($"{files.Count}.keys"));
            File.WriteAllBytes(files[^1], KeyRuns.Encode(step.Keys(batch)));
        }

        using var vectors = step.Vectors(batches[0].Schema) is { } source ? Vectors(source, batches, KeyRuns.Open(files), folder) : null;
        return step.Decide(KeyRuns.Open(files, vectors, state, step.SideFiles), decisions);
    }

    static VectorRows Vectors(VectorSource source, Batch[] batches, KeyedRows walk, TemporaryFolder folder)
    {
        var (store, files) = (new VectorStore(new MemoryStore()), new List<string>());
        foreach (var batch in batches)
        {
            files.Add(folder.File($"{files.Count}.npy"));
            using var npy = File.Create(files[^1]);
            source.WriteAsync(batch, store, npy, CancellationToken.None).GetAwaiter().GetResult();
        }

        return GatheredVectors.Of(walk, files, standardise: source.Cell is null, folder.File("scratch.npy"), CancellationToken.None);
    }
}
