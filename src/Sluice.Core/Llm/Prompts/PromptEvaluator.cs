using System.Text;
using System.Text.Json;
using Sluice.Pipelines;
using Sluice.Runs;
using Sluice.Steps;
using Sluice.Storage;

namespace Sluice.Llm.Prompts;

/// <summary>What is to be evaluated.</summary>
/// <param name="Step">A step of a pipeline that asks a language model, with its options.</param>
/// <param name="Examples">
/// Rows with the columns that the step sends and what is expected: in the column <c>expected</c>, or in <c>expected_FIELD</c> for each field of the answer.
/// </param>
/// <param name="Metric">How answers are compared.</param>
/// <param name="Judge">Model that judges, for that metric.</param>
public sealed record PromptTest(PipelineStep Step, Batch Examples, PromptMetric Metric, string Judge = "default")
{
    /// <summary>Whether it takes no answers that others were given, and its cost is that of all its calls: for holding options against each other that share answers.</summary>
    public bool IsAlone { get; init; }

    /// <summary>US dollars that it may spend, besides the step's own limit; null: no limit.</summary>
    public decimal? BudgetUsd { get; init; }
}

/// <summary>
/// Asks the prompt of a step for examples whose answers are known, exactly as a run would, and scores what it says. Answers are kept as a run's are, and so is the
/// result, by content of prompt, model and examples: evaluating again costs nothing.
/// </summary>
public sealed partial class PromptEvaluator(LanguageModels models, ObjectStore store, Ledger ledger, TimeProvider time)
{
    /// <exception cref="PipelineException">The step asks no model, or its model cannot be asked.</exception>
    /// <exception cref="DataException">The examples do not fit the step.</exception>
    public Task<PromptEvaluation> EvaluateAsync(PromptTest test, CancellationToken cancellation)
    {
        var plan = PlanOf(test.Step, test.IsAlone);
        return EvaluateAsync(plan, KnownExamples.Of(test.Examples, plan.Fields), test.Metric, test.Judge, null, test.BudgetUsd, cancellation);
    }

    /// <summary>One step as it is asked by itself.</summary>
    /// <exception cref="PipelineException">It asks no model, or its model cannot be asked.</exception>
    internal AskedPlan PlanOf(PipelineStep step, bool paysForItself)
    {
        var asking = Open(step.Step, step.Id);
        return new AskedPlan
        {
            Step = step.Id,
            Model = asking.Question.Model,
            Fields = ScoredFields.Of([asking]),
            Version = asking.Question.Digest,
            Kind = paysForItself ? "-" + KnownExamples.DigestOf(step.OptionsJson) : "",
            Alone = asking,
            PaysForItself = paysForItself,
        };
    }

    /// <summary>Scores what a plan answers to examples.</summary>
    /// <param name="plan">What is asked.</param>
    /// <param name="examples">Rows, and what is expected of them.</param>
    /// <param name="metric">How answers are compared.</param>
    /// <param name="judgeModel">Model that judges, for that metric.</param>
    /// <param name="answers">The answers where they are known; null: they are asked for.</param>
    /// <param name="budgetUsd">US dollars that it may spend; null: no limit.</param>
    /// <param name="cancellation">Stops it.</param>
    internal async Task<PromptEvaluation> EvaluateAsync(
        AskedPlan plan, KnownExamples examples, PromptMetric metric, string judgeModel, StepsAnswers? answers, decimal? budgetUsd, CancellationToken cancellation)
    {
        RequireFit(plan, examples.Rows);
        var judge = metric == PromptMetric.Judge ? Judge(judgeModel) : null;
        var path = $"{FolderOf(plan.Version)}{examples.Digest}{plan.Kind}-{metric.ToString().ToLowerInvariant()}{(judge is null ? "" : "-" + judge.Question.Digest)}.json";
        if (plan.IsRepeatable && await store.StatAsync(path, cancellation) is not null)
        {
            return DocumentJson.Parse<PromptEvaluation>(await store.ReadAsync(path, cancellation)) with { PaidUsd = 0 };
        }

        answers ??= await AnswersAsync(plan, examples.Rows, budgetUsd, cancellation);
        ScoredExample[] scored = [.. answers.Values.Select((answer, row) => Scored(metric, plan.Fields, examples.Keys[row], answer, examples.Expected[row]))];
        var paid = answers.PaidUsd;
        if (judge is not null)
        {
            var (judged, more) = await JudgeAsync(judge, plan.Fields, scored, $"prompt-{plan.Version}-{examples.Digest}{plan.Kind}", cancellation);
            (scored, paid) = (judged, paid + more);
        }

        var mean = scored.Average(s => s.Score);
        var (low, high) = PromptMetrics.Interval(mean, scored.Length);
        var evaluation = new PromptEvaluation
        {
            Version = plan.Version,
            Examples = examples.Digest,
            Step = plan.Step,
            Model = plan.Model,
            Metric = metric,
            Judge = judge?.Question.Model,
            At = time.GetUtcNow(),
            Score = mean,
            Low = low,
            High = high,
            Unanswered = answers.Unanswered,
            Tokens = answers.Tokens,
            CostUsd = answers.CostUsd,
            PaidUsd = paid,
            Rows = scored,
        };

        // What was not answered may be next time: only a whole evaluation is kept.
        if (evaluation.Unanswered == 0)
        {
            await store.CreateAsync(path, DocumentJson.Bytes(evaluation), cancellation);
        }

        return evaluation;
    }

    /// <summary>What a plan answers to rows; kept, so that asking again costs nothing.</summary>
    internal async Task<StepsAnswers> AnswersAsync(AskedPlan plan, Batch rows, decimal? budgetUsd, CancellationToken cancellation)
    {
        if (plan.Alone is not { } step)
        {
            return await AnswersOfRunAsync(plan, rows, budgetUsd, cancellation);
        }

        var run = $"prompt-{plan.Version}-{KnownExamples.DigestOf(rows)}{plan.Kind}";
        var (answers, paid, calls) = await AskAsync(step, plan.Step, rows, run, plan.PaysForItself, budgetUsd, cancellation);
        var given = answers.OfType<StoredAnswer>().ToArray();
        var found = new StepsAnswers(
            [.. answers.Select(a => a?.Value)],
            answers.Count(a => a is null),
            given.Aggregate(default(TokenUsage), (sum, a) => sum + a.Usage),
            plan.PaysForItself ? calls : given.Any(a => a.CostUsd is null) ? null : given.Sum(a => a.CostUsd!.Value));
        return found with { PaidUsd = paid };
    }

    static void RequireFit(AskedPlan plan, Batch rows)
    {
        var problems = new StepProblems();
        plan.Alone?.Plan(rows.Schema, problems);
        if (problems.Items.Count > 0)
        {
            throw new DataException($"The examples do not fit step '{plan.Step}'. {problems.Items[0].Message}");
        }
    }

    /// <summary>A kept evaluation of a version, of the same examples if there is one; null: none.</summary>
    public async Task<PromptEvaluation?> FindAsync(string version, PromptEvaluation like, CancellationToken cancellation)
    {
        var found = new List<PromptEvaluation>();
        await foreach (var item in store.ListAsync(FolderOf(version), cancellation))
        {
            found.Add(DocumentJson.Parse<PromptEvaluation>(await store.ReadAsync(item.Path, cancellation)));
        }

        return found.Where(e => e.Metric == like.Metric && e.Judge == like.Judge).OrderByDescending(e => e.Examples == like.Examples).ThenByDescending(e => e.At).FirstOrDefault();
    }

    /// <summary>Two other prompts for a step, by a model that is shown what went wrong.</summary>
    internal async Task<IReadOnlyList<string>> WritePromptsAsync(string writer, string prompt, PromptEvaluation found, decimal? budgetUsd, CancellationToken cancellation)
    {
        const int most = 8;
        var mistakes = found.Rows.Where(r => r.Score < 1).OrderBy(r => r.Score).ThenBy(r => r.Key, StringComparer.Ordinal).Take(most)
            .Select(r => $"given: {r.Given ?? "nothing"}; expected: {string.Join(", ", r.Expected.Select(e => e ?? "nothing"))}");
        var step = Open(
            new LlmProcess(new LlmProcess.Options
            {
                Type = LlmTask.Enrich,
                Prompt = "{{ prompt }} is the prompt of a task for a language model, and {{ mistakes }} are answers to it that were wrong. Write two other prompts for the same task, clearer where "
                    + "it was misunderstood. Keep every name in double braces as it is: it stands for a value of a row.",
                Output = [new AnswerField { Name = "first", MaxLength = 4_000 }, new AnswerField { Name = "second", MaxLength = 4_000 }],
                Model = writer,
            }),
            "writer");
        var row = new Batch(
            new Schema([new Field("prompt", ColumnType.Text), new Field("mistakes", ColumnType.Text)]), [TextColumn.Of(prompt), TextColumn.Of(string.Join('\n', mistakes))], 1);
        var (answers, _, _) = await AskAsync(step, "writer", row, $"prompt-{found.Version}-{found.Examples}-writer", alone: false, budgetUsd, cancellation);
        return answers[0] is { } answer ? [.. JsonDocument.Parse(answer.Value).RootElement.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).Select(p => p.Value.GetString()!)] : [];
    }

    AskingStep Open(Step step, string id)
    {
        if (step is not AskingStep asking)
        {
            throw new PipelineException($"Step '{id}' asks no language model, so it has no prompt to evaluate.", null);
        }

        var model = models.Find(asking.Model, out var reason)
            ?? throw new PipelineException($"Step '{id}' asks the language model '{asking.Model}', which cannot be asked here. {reason}", null);
        return (AskingStep)asking.For(model.Id, null);
    }

    /// <summary>The answer of every row, what was paid for those that were not kept, and what all calls cost, if their prices are known.</summary>
    async Task<(StoredAnswer?[] Answers, decimal PaidUsd, decimal? CallsUsd)> AskAsync(
        AskingStep step, string id, Batch rows, string run, bool alone, decimal? budgetUsd, CancellationToken cancellation)
    {
        var question = alone ? step.Question with { Options = step.Question.Options with { CacheTtlHours = 0 } } : step.Question;
        var answers = new AnswerStore(store, run, new AskingSince("", time.GetUtcNow(), run));
        var keys = step.Rows(rows).Keys(question);
        var open = new Dictionary<RowKey, int>();
        for (var row = 0; row < keys.Length; row++)
        {
            if (!RowPrompts.IsNoQuestion(keys[row]) && !open.ContainsKey(keys[row]) && await answers.FindAsync(question, keys[row], cancellation) is null)
            {
                open.Add(keys[row], row);
            }
        }

        var calls = new CallLog(store, run);
        var before = (await calls.AllAsync(cancellation)).Sum(c => c.CostUsd ?? 0);
        var model = models.Find(question.Model, out _)!;
        var limits = new List<BudgetAccount>();
        if ((step.BudgetUsd ?? budgetUsd) is not null)
        {
            // What other plans have spent is not in this account, and what this one spent before a kill is.
            limits.Add(new BudgetAccount(id, Math.Min(step.BudgetUsd ?? decimal.MaxValue, budgetUsd is { } left ? left + before : decimal.MaxValue)));
        }

        await new Asker(models, model, answers, calls, new CallClaims(ledger, time), new Budget(ledger, run, limits), time)
            .AskAsync(question, id, 0, step.Rows(rows).Of(question, open.Values.Order()), run, cancellation);
        var found = new StoredAnswer?[keys.Length];
        for (var row = 0; row < keys.Length; row++)
        {
            found[row] = RowPrompts.IsNoQuestion(keys[row]) ? null : await answers.FindAsync(question, keys[row], cancellation);
        }

        var all = await calls.AllAsync(cancellation);
        return (found, all.Sum(c => c.CostUsd ?? 0) - before, all.Any(c => c.CostUsd is null) ? null : all.Sum(c => c.CostUsd));
    }

    static ScoredExample Scored(PromptMetric metric, ScoredFields scored, string key, string? answer, string?[] expected)
    {
        if (StepsAnswers.FieldsOf(scored, answer) is not { } given)
        {
            return new ScoredExample(key, 0, answer, expected);
        }

        ComparedField[] compared = [.. given.Zip(expected, (g, e) => new ComparedField(g, e))];
        var score = scored.Settled(compared[0]) ?? (metric == PromptMetric.Judge ? 0 : PromptMetrics.Score(metric, scored.Kept is null ? compared : compared[1..]));
        return new ScoredExample(key, score, answer, expected);
    }

    AskingStep Judge(string model) => Open(
        new LlmProcess(new LlmProcess.Options
        {
            Type = LlmTask.Enrich,
            Prompt = "{{ given }} is an answer to a task, {{ expected }} is the answer that was expected. Say how well the given one stands for the expected one: 1 where it says the same, 0 where it is wrong.",
            Output = [new AnswerField { Name = "score", Type = AnswerType.Number, Min = 0, Max = 1 }],
            Model = model,
        }),
        "judge");

    async Task<(ScoredExample[] Rows, decimal PaidUsd)> JudgeAsync(AskingStep judge, ScoredFields scored, ScoredExample[] examples, string run, CancellationToken cancellation)
    {
        // Where it is settled whether a row stays, there is nothing to judge.
        int[] answered = [.. Enumerable.Range(0, examples.Length).Where(i => StepsAnswers.FieldsOf(scored, examples[i].Given) is { } given && scored.Settled(new(given[0], examples[i].Expected[0])) is null)];
        var (given, expected) = (new TextBuilder(answered.Length), new TextBuilder(answered.Length));
        foreach (var i in answered)
        {
            given.Append(Encoding.UTF8.GetBytes(examples[i].Given!));
            expected.Append(Encoding.UTF8.GetBytes(string.Join("; ", examples[i].Expected.Select(e => e ?? "nothing"))));
        }

        var batch = new Batch(new Schema([new Field("given", ColumnType.Text), new Field("expected", ColumnType.Text)]), [given.Finish(), expected.Finish()], answered.Length);
        var (judged, paid, _) = await AskAsync(judge, "judge", batch, run, alone: false, budgetUsd: null, cancellation);
        for (var i = 0; i < answered.Length; i++)
        {
            var score = judged[i] is { } said ? JsonDocument.Parse(said.Value).RootElement.GetProperty("score").GetDouble() : 0;
            examples[answered[i]] = examples[answered[i]] with { Score = score };
        }

        return (examples, paid);
    }

    static string FolderOf(string version) => $"evaluations/{version}/";
}
