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

    /// <summary>Steps in the place of some of a pipeline, as they are asked by a run.</summary>
    /// <exception cref="PipelineException">A step asks no model, or its model cannot be asked.</exception>
    internal AskedPlan PlanOf(IReadOnlyList<PipelineStep> written, IReadOnlyList<RewrittenStep> steps, Catalog catalog)
    {
        AskingStep[] asking = [.. written.Select(s => Open(s.Step, s.Id))];
        var text = TextOf(steps);
        return new AskedPlan
        {
            Step = string.Join(", ", written.Select(s => s.Id)),
            Model = string.Join(", ", asking.Select(s => s.Question.Model).Distinct()),
            Fields = ScoredFields.Of(asking),
            Version = KnownExamples.DigestOf(text),
            Kind = "-steps",
            PaysForItself = true,
            Text = text,
            Catalog = catalog,
        };
    }

    /// <summary>
    /// Runs the rows through the steps with the real engine and reads what stands in the columns of their answers. The run's objects are in a folder of their own, where a search that was
    /// killed finds the calls that it paid; they go when the answers are kept.
    /// </summary>
    /// <exception cref="PipelineException">The steps cannot be run.</exception>
    /// <exception cref="DataException">They change rows, or lose some that they should not, so they cannot stand for the ones as written.</exception>
    async Task<StepsAnswers> AnswersOfRunAsync(AskedPlan plan, Batch rows, decimal? budgetUsd, CancellationToken cancellation)
    {
        var name = $"{plan.Version}-{KnownExamples.DigestOf(rows)}";
        var path = $"evaluated/{name}.json";
        await using var part = new StorePart(store, $"searches/{name}/");
        if (await store.StatAsync(path, cancellation) is not null)
        {
            await part.ClearAsync(cancellation);
            return DocumentJson.Parse<StepsAnswers>(await store.ReadAsync(path, cancellation));
        }

        var before = (await new CallLog(part, RunId).AllAsync(cancellation)).Sum(c => c.CostUsd ?? 0);
        var answered = await RunAsync(plan, rows, part, budgetUsd + before, cancellation);
        var places = Places(plan, rows, answered);
        var cost = await RunCost.FindAsync(part, RunId, cancellation);
        var answers = new StepsAnswers(
            [.. places.Select(at => JsonOf(plan.Fields, answered, at))],
            (int)(cost?.Unanswered ?? 0),
            cost?.Total.Tokens ?? default,
            cost is null or { UnpricedCalls: 0 } ? cost?.Total.CostUsd ?? 0 : null);
        if (answers.Unanswered == 0)
        {
            await store.CreateAsync(path, DocumentJson.Bytes(answers), cancellation);
        }

        await part.ClearAsync(cancellation);
        return answers with { PaidUsd = (cost?.Total.CostUsd ?? 0) - before };
    }

    async Task<Batch> RunAsync(AskedPlan plan, Batch rows, ObjectStore part, decimal? budgetUsd, CancellationToken cancellation)
    {
        await using var book = new MemoryLedger();
        var files = new BatchFiles(part);
        var engine = new RunEngine(
            part, book, files, _ => new FolderInputs([Path.GetTempPath()], Path.GetTempPath()), new RunOptions { Trial = new TrialOptions(null) }, time, plan.Catalog, models: models);
        var pipeline = Pipeline.Parse(plan.Text, null, plan.Catalog);
        engine.Use(Text, pipeline with
        {
            Source = pipeline.Source with { Source = new SampleSource(new Batch(rows.Schema, rows.Columns, rows.Rows)) },
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

    /// <summary>
    /// Where each row is in the result; null: it went. Rows come out in their order with the values that they had, but for columns that the answers are written into. Equal rows have equal answers,
    /// so that they stay or go together, and matching them from the first on is right.
    /// </summary>
    static int?[] Places(AskedPlan plan, Batch rows, Batch answered)
    {
        Field[] compared = [.. rows.Schema.Where(f => plan.Fields.Fields.All(answer => answer.Name != f.Name))];
        var (places, next) = (new int?[rows.Rows], 0);
        if (compared.All(f => answered.Schema.Has(f.Name)) && (compared.Length > 0 || plan.Fields.Kept is null))
        {
            var before = RowHash.Rows([.. compared.Select(f => rows[f.Name])], rows.Rows);
            var after = RowHash.Rows([.. compared.Select(f => answered[f.Name])], answered.Rows);
            for (var row = 0; row < before.Length && next < after.Length; row++)
            {
                places[row] = before[row] == after[next] ? next++ : null;
            }
        }

        return next == answered.Rows && (plan.Fields.Kept is not null || next == rows.Rows) ? places
            : throw new DataException($"The steps that would stand for '{plan.Step}' do not give the rows that they were given: {answered.Rows:N0} of {rows.Rows:N0}, or with other values.");
    }

    /// <summary>A row's answer, as models would have given it; null: a field that must have a value has none.</summary>
    static string? JsonOf(ScoredFields scored, Batch answered, int? at)
    {
        var answer = new JsonObject();
        foreach (var field in scored.Fields)
        {
            answer[field.Name] = field.Name == scored.Kept ? at is not null : at is { } row && !answered[field.Name].IsNull(row) ? answered[field.Name].Display(row) : null;
        }

        return at is not null && scored.Fields.Any(f => f.Required && answer[f.Name] is null) ? null : CanonicalJson.Write(answer);
    }
}
