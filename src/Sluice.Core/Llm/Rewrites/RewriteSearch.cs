using System.Text.Json.Nodes;
using Sluice.Llm.Prompts;
using Sluice.Pipelines;
using Sluice.Steps;

namespace Sluice.Llm.Rewrites;

/// <summary>
/// Searches rewrites of a step, or of several, for those that cost less or answer better: plans make a tree, in which each differs from its parent by one rewrite. First one of
/// each kind is tried on the steps as written; then which plan is developed next is chosen by an upper confidence bound (c = √2) on how often its rewrites were among the best in score and cost,
/// as DocETL's optimiser does (MOAR; Wei et al., 2025). What it finds is scored again on examples that were held back, since the best of many tries looks better than it is. Every plan pays for
/// its own answers, so that its cost is its own; a search that is run again finds what it has paid.
/// </summary>
public sealed partial class RewriteSearch(PromptEvaluator evaluator, Catalog catalog)
{
    const double Exploration = 1.4142135623730951;

    // With fewer, two scores say nothing.
    const int FewestRows = 5;

    /// <exception cref="PipelineException">A step asks no model, or a model cannot be asked.</exception>
    /// <exception cref="DataException">The examples do not fit the steps.</exception>
    public async Task<RewriteSearchResult> SearchAsync(RewriteRequest request, CancellationToken cancellation)
    {
        if (request.IsAgreement)
        {
            Agreement.RequireComparable(request);
        }

        RewrittenStep[] written = [.. request.Steps.Select(s => new RewrittenStep(s.Id, s.Type, (JsonObject)JsonNode.Parse(s.OptionsJson)!))];
        var fields = request.Steps.Count == 1 ? evaluator.PlanOf(request.Steps[0], paysForItself: true).Fields : evaluator.PlanOf(request.Steps, written, catalog).Fields;
        var (sample, rest) = Parts(request);
        var search = new State(request, written, fields);
        if (request.IsAgreement)
        {
            (sample, rest) = (await AnsweredAsync(search, sample, cancellation), await AnsweredAsync(search, rest, cancellation));
        }

        var rows = request.IsAgreement ? request.Examples : KnownExamples.Of(request.Examples, fields).Rows;
        var prompts = request.Steps.Count == 1 ? await OtherPromptsAsync(search, sample, rows.Schema, cancellation) : [];
        search.Begin(sample, RewriteOffers.Of(written, rows, Math.Min(sample.Rows, rest.Rows), request.Models, prompts));
        if (request is { Steps.Count: > 1, Writer: not null })
        {
            search.Refused.Add(new RefusedRewrite("clarify_instructions", "It writes other prompts for one step. Search the fused step by itself for that."));
        }

        string? stopped = null;
        try
        {
            await TryAsync(search, null, [], cancellation);
            while (search.Nodes.Count < request.MostPlans && search.Next() is var (parent, rewrite))
            {
                await TryAsync(search, parent, [.. parent.Plan.Rewrites, rewrite], cancellation);
            }
        }
        catch (BudgetException error) when (search.Nodes.Count > 0)
        {
            stopped = error.Message;
        }

        var plans = search.Nodes.Select(n => n.Plan).ToList();
        var front = RewrittenPlan.Front(plans, p => p.Searched);
        if (rest.Rows >= FewestRows && stopped is null)
        {
            (plans, stopped) = await ConfirmAsync(search, plans, front, rest, cancellation);
            plans = request is { IsAgreement: true, Metric: PromptMetric.Exact } ? Agreement.WithBounds(plans) : plans;
            front = RewrittenPlan.Front([.. plans.Where(p => p.Confirmed is not null)], p => p.Best);
        }

        return new RewriteSearchResult([.. request.Steps.Select(s => s.Id)], request.IsAgreement, plans, front, sample.Rows, rest.Rows, search.PaidUsd, stopped, search.Refused);
    }

    /// <summary>Which examples are searched by is a matter of their content: their order changes nothing.</summary>
    static (Batch Sample, Batch HeldBack) Parts(RewriteRequest request)
    {
        var keys = RowHash.Rows(request.Examples.Columns, request.Examples.Rows);
        var order = Enumerable.Range(0, keys.Length).OrderBy(row => keys[row]).ToArray();
        var count = order.Length < 2 * FewestRows ? order.Length : Math.Min(request.SearchRows, order.Length / 2);
        return (request.Examples.Take(order.AsSpan(0, count)), request.Examples.Take(order.AsSpan(count)));
    }

    async Task TryAsync(State search, Node? parent, IReadOnlyList<Rewrite> rewrites, CancellationToken cancellation)
    {
        PromptEvaluation evaluation;
        try
        {
            evaluation = await EvaluateAsync(search, rewrites, search.Sample, cancellation);
        }
        catch (Exception error) when (error is DataException or PipelineException && rewrites.Any(r => r.TakesARun))
        {
            // Steps that cannot stand for the one are no plan; the one itself is still searched.
            search.Refused.Add(new RefusedRewrite(rewrites.First(r => r.TakesARun).Directive, error.Message));
            return;
        }

        var node = new Node(parent, new RewrittenPlan(rewrites, evaluation) { Steps = [.. search.StepsOf(rewrites).Select(s => s.Short(catalog))] }, search.Open(rewrites));
        search.Nodes.Add(node);
        var isBest = RewrittenPlan.Front([.. search.Nodes.Select(n => n.Plan)], p => p.Searched).Contains(node.Plan);
        for (var at = node; at is not null; at = at.Parent)
        {
            at.Visits++;
            at.Successes += isBest ? 1 : 0;
        }
    }

    async Task<(List<RewrittenPlan> Plans, string? Stopped)> ConfirmAsync(
        State search, List<RewrittenPlan> plans, IReadOnlyList<RewrittenPlan> front, Batch rest, CancellationToken cancellation)
    {
        // The steps as written first: the others are held against it.
        for (var i = 0; i < plans.Count; i++)
        {
            if (i > 0 && !front.Contains(plans[i]))
            {
                continue;
            }

            try
            {
                var confirmed = await EvaluateAsync(search, plans[i].Rewrites, rest, cancellation);
                plans[i] = plans[i] with { Confirmed = confirmed, Comparison = i == 0 ? null : PromptComparison.Of(plans[0].Confirmed!, confirmed) };
            }
            catch (BudgetException error)
            {
                return (plans, error.Message);
            }
        }

        return (plans, null);
    }

    /// <summary>The rows with the answers of the steps as written as what is expected.</summary>
    async Task<Batch> AnsweredAsync(State search, Batch rows, CancellationToken cancellation)
    {
        if (rows.Rows == 0)
        {
            return rows;
        }

        var answers = await evaluator.AnswersAsync(PlanOf(search, []), rows, search.Request.BudgetUsd - search.PaidUsd, cancellation);
        search.PaidUsd += answers.PaidUsd;
        search.AsWritten[KnownExamples.DigestOf(rows)] = answers with { PaidUsd = 0 };
        return KnownExamples.Expecting(rows, search.Fields, answers.Values);
    }

    async Task<PromptEvaluation> EvaluateAsync(State search, IReadOnlyList<Rewrite> rewrites, Batch examples, CancellationToken cancellation)
    {
        var (request, known) = (search.Request, KnownExamples.Of(examples, search.Fields));
        var answers = rewrites.Count == 0 ? search.AsWritten.GetValueOrDefault(KnownExamples.DigestOf(known.Rows)) : null;
        var evaluation = await evaluator.EvaluateAsync(PlanOf(search, rewrites), known, request.Metric, request.Judge, answers, request.BudgetUsd - search.PaidUsd, cancellation);
        search.PaidUsd += evaluation.PaidUsd;
        return evaluation;
    }

    AskedPlan PlanOf(State search, IReadOnlyList<Rewrite> rewrites) =>
        search.Request.Steps is [var one] && !rewrites.Any(r => r.TakesARun)
            ? evaluator.PlanOf(Configured(one, search.StepsOf(rewrites)[0].Options), paysForItself: true)
            : evaluator.PlanOf(search.Request.Steps, search.StepsOf(rewrites), catalog);

    PipelineStep Configured(PipelineStep step, JsonObject options) => step with
    {
        Step = (Step)catalog.Configure(CapabilityKind.Step, step.Type, options.ToJsonString()),
        OptionsJson = options.ToJsonString(),
    };

    /// <summary>Prompts that another model wrote from what the step's got wrong; one that names columns that are not there is none.</summary>
    async Task<IReadOnlyList<string>> OtherPromptsAsync(State search, Batch sample, Schema rows, CancellationToken cancellation)
    {
        var (request, written) = (search.Request, search.StepsOf([])[0].Options);
        if (request.Writer is null || written["prompt"]?.GetValue<string>() is not { Length: > 0 } prompt)
        {
            return [];
        }

        var first = await EvaluateAsync(search, [], sample, cancellation);
        var offered = await evaluator.WritePromptsAsync(request.Writer, prompt, first, request.BudgetUsd - search.PaidUsd, cancellation);
        return [.. offered.Where(text => text != prompt && Fits(text)).Distinct(StringComparer.Ordinal)];

        bool Fits(string text)
        {
            var problems = new StepProblems();
            var options = new Rewrite("clarify_instructions", new JsonObject { ["prompt"] = text }).On(written);
            Configured(request.Steps[0], options).Step.Plan(rows, problems);
            return problems.Items.Count == 0;
        }
    }
}
