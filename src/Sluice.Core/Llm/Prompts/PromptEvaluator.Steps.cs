using System.Text.Json.Nodes;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Llm.Rewrites;
using Sluice.Pipelines;
using Sluice.Pipelines.Optimise;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Llm.Prompts;

// Several steps in the place of one: only a run shows what they answer and what they cost.
public sealed partial class PromptEvaluator
{
    const string Text = "pipelines/search.yaml", RunId = "search";

    /// <summary>
    /// Runs the examples through the steps with the real engine and scores what stands in the columns of the step's answer. The run's objects are in a folder of their own, where a search that was
    /// killed finds the calls that it paid; they go when the result is kept.
    /// </summary>
    /// <exception cref="PipelineException">The steps cannot be run.</exception>
    /// <exception cref="DataException">They lose or change rows, so they cannot stand for the one.</exception>
    internal async Task<PromptEvaluation> EvaluateStepsAsync(PromptTest test, IReadOnlyList<RewrittenStep> steps, Catalog catalog, CancellationToken cancellation)
    {
        var asked = Open(test.Step.Step, test.Step.Id);
        var fields = asked.Question.Fields;
        string[] columns = [.. fields.Select(f => ColumnOf(test.Examples, fields, f))];
        var rows = Without(test.Examples, columns);
        var text = TextOf(steps);
        var keys = KeysOf(test.Examples);
        var (version, examples) = (Digest(text), Digest(string.Join('\n', keys.Order(StringComparer.Ordinal))));
        var judge = test.Metric == PromptMetric.Judge ? Judge(test) : null;
        var path = PathOf(version, examples, "-steps", test.Metric, judge);
        if (await store.StatAsync(path, cancellation) is not null)
        {
            return DocumentJson.Parse<PromptEvaluation>(await store.ReadAsync(path, cancellation)) with { PaidUsd = 0 };
        }

        await using var part = new StorePart(store, $"searches/{version}-{examples}/");
        var calls = new CallLog(part, RunId);
        var before = (await calls.AllAsync(cancellation)).Sum(c => c.CostUsd ?? 0);
        var answered = await RunAsync(text, rows, part, test.BudgetUsd + before, catalog, cancellation);
        RequireSameRows(test.Step.Id, rows, answered);
        var cost = await RunCost.FindAsync(part, RunId, cancellation);
        ScoredExample[] scored = [.. Enumerable.Range(0, rows.Rows).Select(row => Scored(test, fields, columns, keys[row], JsonOf(fields, answered, row), row))];
        var paid = (cost?.Total.CostUsd ?? 0) - before;
        if (judge is not null)
        {
            var (judged, more) = await JudgeAsync(judge, scored, $"prompt-{version}-{examples}", cancellation);
            (scored, paid) = (judged, paid + more);
        }

        var mean = scored.Average(s => s.Score);
        var (low, high) = PromptMetrics.Interval(mean, scored.Length);
        var evaluation = new PromptEvaluation
        {
            Version = version,
            Examples = examples,
            Step = test.Step.Id,
            Model = asked.Question.Model,
            Metric = test.Metric,
            Judge = judge?.Question.Model,
            At = time.GetUtcNow(),
            Score = mean,
            Low = low,
            High = high,
            Unanswered = (int)(cost?.Unanswered ?? 0),
            Tokens = cost?.Total.Tokens ?? default,
            CostUsd = cost is null or { UnpricedCalls: 0 } ? cost?.Total.CostUsd ?? 0 : null,
            PaidUsd = paid,
            Rows = scored,
        };
        if (evaluation.Unanswered == 0)
        {
            await store.CreateAsync(path, DocumentJson.Bytes(evaluation), cancellation);
        }

        await part.ClearAsync(cancellation);
        return evaluation;
    }

    async Task<Batch> RunAsync(string text, Batch rows, ObjectStore part, decimal? budgetUsd, Catalog catalog, CancellationToken cancellation)
    {
        await using var book = new MemoryLedger();
        var files = new BatchFiles(part);
        var engine = new RunEngine(
            part, book, files, _ => new FolderInputs([Path.GetTempPath()], Path.GetTempPath()), new RunOptions { Trial = new TrialOptions(null) }, time, catalog, models: models);
        var pipeline = Pipeline.Parse(text, null, catalog);
        engine.Use(Text, pipeline with
        {
            Source = pipeline.Source with { Source = new SampleSource(rows) },
            Optimization = new Optimization { BudgetUsd = (double?)budgetUsd },
        });
        var outcome = await LocalRun.RunAsync(engine, new RunRequest(RunId, Text, "search", Path.GetTempPath()), 1, null, cancellation);
        var version = outcome.Version ?? throw new DataException($"A gate refused the examples: {outcome.GateFailure}");
        var parts = new List<Batch>();
        await foreach (var batch in (await new DatasetCatalogue(part, book, files, time).OpenAsync(outcome.Dataset, version, cancellation)).ReadAsync(cancellation))
        {
            parts.Add(batch);
        }

        return Batch.Concat(parts);
    }

    static string TextOf(IReadOnlyList<RewrittenStep> steps)
    {
        var source = new JsonObject { ["id"] = "examples", ["type"] = "csv", ["config"] = new JsonObject { ["file_path"] = "examples.csv" } };
        return CanonicalJson.Write(new JsonObject { ["name"] = "search", ["dataset"] = "search", ["optimize"] = false, ["steps"] = new JsonArray([source, .. steps.Select(s => s.Json)]) });
    }

    /// <summary>All rows must be there, in their order, with the values that they had.</summary>
    static void RequireSameRows(string step, Batch rows, Batch answered)
    {
        if (answered.Rows != rows.Rows || rows.Schema.FirstOrDefault(f => !answered.Schema.Has(f.Name)) is not null
            || !RowHash.Rows([.. rows.Schema.Select(f => answered[f.Name])], answered.Rows).SequenceEqual(RowHash.Rows(rows.Columns, rows.Rows)))
        {
            throw new DataException($"The steps that would stand for '{step}' do not give the rows that they were given: {answered.Rows:N0} of {rows.Rows:N0}, or with other values.");
        }
    }

    /// <summary>A row's answer, as a model would have given it.</summary>
    static string JsonOf(IReadOnlyList<AnswerField> fields, Batch answered, int row) => CanonicalJson.Write(new JsonObject(fields.Select(f =>
        KeyValuePair.Create(f.Name, answered[f.Name].IsNull(row) ? null : (JsonNode?)answered[f.Name].Display(row)))));

    static string[] KeysOf(Batch examples) => [.. RowHash.Rows(examples.Columns, examples.Rows).Select(k => $"{k.High:x16}{k.Low:x16}")];

    static string PathOf(string version, string examples, string kind, PromptMetric metric, AskingStep? judge) =>
        $"{FolderOf(version)}{examples}{kind}-{metric.ToString().ToLowerInvariant()}{(judge is null ? "" : "-" + judge.Question.Digest)}.json";
}
