using System.Text.Json.Nodes;
using Sluice.Llm.Prompts;
using Sluice.Pipelines;
using Sluice.Steps;

namespace Sluice.Llm.Rewrites;

/// <summary>What to search, and how far.</summary>
/// <param name="Step">A step of a pipeline that asks a language model.</param>
/// <param name="Examples">Rows with what is expected, as <see cref="PromptTest"/> has them.</param>
/// <param name="Metric">How answers are compared.</param>
public sealed record RewriteRequest(PipelineStep Step, Batch Examples, PromptMetric Metric)
{
    /// <summary>Model that judges, for that metric.</summary>
    public string Judge { get; init; } = "default";

    /// <summary>Models that may take the place of the step's.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Model that writes other prompts from what went wrong; null: none are tried.</summary>
    public string? Writer { get; init; }

    /// <summary>Plans that are tried at most.</summary>
    public int MostPlans { get; init; } = 20;

    /// <summary>Examples that plans are searched by at most, never more than half of them; the others are held back.</summary>
    public int SearchRows { get; init; } = 40;

    /// <summary>US dollars that the search may spend; null: no limit.</summary>
    public decimal? BudgetUsd { get; init; }
}

/// <summary>
/// Searches rewrites of a step for those that cost less or answer better: plans make a tree, in which each differs from its parent by one rewrite. First one of
/// each kind is tried on the step as written; then which plan is developed next is chosen by an upper confidence bound (c = √2) on how often its rewrites were among the best in score and cost,
/// as DocETL's optimiser does (MOAR; Wei et al., 2025). What it finds is scored again on examples that were held back, since the best of many tries looks better than it is. Every plan pays for
/// its own answers, so that its cost is its own; a search that is run again finds what it has paid.
/// </summary>
public sealed class RewriteSearch(PromptEvaluator evaluator, Catalog catalog)
{
    const double Exploration = 1.4142135623730951;

    // With fewer, two scores say nothing.
    const int FewestRows = 5;

    /// <exception cref="PipelineException">The step asks no model, or a model cannot be asked.</exception>
    /// <exception cref="DataException">The examples do not fit the step.</exception>
    public async Task<RewriteSearchResult> SearchAsync(RewriteRequest request, CancellationToken cancellation)
    {
        var (sample, rest) = Parts(request);
        var written = (JsonObject)JsonNode.Parse(request.Step.OptionsJson)!;
        var prompts = await OtherPromptsAsync(request, written, sample, cancellation);
        var step = new RewrittenStep(request.Step.Id, request.Step.Type, written);
        var search = new State(request, step, sample, RewriteOffers.Of(step, evaluator.RowsOf(request.Step, request.Examples), Math.Min(sample.Rows, rest.Rows), request.Models, prompts));
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
            front = RewrittenPlan.Front([.. plans.Where(p => p.Confirmed is not null)], p => p.Best);
        }

        return new RewriteSearchResult(request.Step.Id, plans, front, sample.Rows, rest.Rows, search.PaidUsd, stopped, search.Refused);
    }

    /// <summary>Which examples are searched by is a matter of their content: their order changes nothing.</summary>
    static (Batch Sample, Batch HeldBack) Parts(RewriteRequest request)
    {
        var keys = RowHash.Rows(request.Examples.Columns, request.Examples.Rows);
        var order = Enumerable.Range(0, keys.Length).OrderBy(row => keys[row]).ToArray();
        var count = order.Length < 2 * FewestRows ? order.Length : Math.Min(request.SearchRows, order.Length / 2);
        return (request.Examples.Take([.. order[..count].Order()]), request.Examples.Take([.. order[count..].Order()]));
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

        var node = new Node(parent, new RewrittenPlan(rewrites, evaluation) { Steps = [.. search.StepsOf(rewrites).Select(s => s.Short(catalog))] }, search.Rewrites(rewrites));
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
        // The step as written first: the others are held against it.
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

    async Task<PromptEvaluation> EvaluateAsync(State search, IReadOnlyList<Rewrite> rewrites, Batch examples, CancellationToken cancellation)
    {
        var request = search.Request;
        PromptTest Test(PipelineStep step) => new(step, examples, request.Metric, request.Judge) { IsAlone = true, BudgetUsd = request.BudgetUsd - search.PaidUsd };
        var evaluation = rewrites.Any(r => r.TakesARun)
            ? await evaluator.EvaluateStepsAsync(Test(request.Step), search.StepsOf(rewrites), catalog, cancellation)
            : await evaluator.EvaluateAsync(Test(Step(request, search.OptionsOf(rewrites))), cancellation);
        search.PaidUsd += evaluation.PaidUsd;
        return evaluation;
    }

    PipelineStep Step(RewriteRequest request, JsonObject options) => request.Step with
    {
        Step = (Step)catalog.Configure(CapabilityKind.Step, request.Step.Type, options.ToJsonString()),
        OptionsJson = options.ToJsonString(),
    };

    /// <summary>Prompts that another model wrote from what the step's got wrong; one that names columns that are not there is none.</summary>
    async Task<IReadOnlyList<string>> OtherPromptsAsync(RewriteRequest request, JsonObject written, Batch sample, CancellationToken cancellation)
    {
        if (request.Writer is null || written["prompt"]?.GetValue<string>() is not { Length: > 0 } prompt)
        {
            return [];
        }

        var first = await evaluator.EvaluateAsync(new PromptTest(Step(request, written), sample, request.Metric, request.Judge) { IsAlone = true, BudgetUsd = request.BudgetUsd }, cancellation);
        var offered = await evaluator.WritePromptsAsync(request.Writer, prompt, first, request.BudgetUsd - first.PaidUsd, cancellation);
        return [.. offered.Where(text => text != prompt && Fits(text)).Distinct(StringComparer.Ordinal)];

        bool Fits(string text)
        {
            var problems = new StepProblems();
            var step = (AskingStep)Step(request, new Rewrite("clarify_instructions", new JsonObject { ["prompt"] = text }).On(written)).Step;
            step.Plan(request.Examples.Schema, problems);
            return problems.Items.Count == 0;
        }
    }

    sealed class Node(Node? parent, RewrittenPlan plan, IReadOnlyList<Rewrite> open)
    {
        public Node? Parent => parent;

        public RewrittenPlan Plan => plan;

        public Queue<Rewrite> Open { get; } = new(open);

        public int Visits { get; set; }

        public int Successes { get; set; }

        public double Bound(int all) => ((double)Successes / Visits) + (Exploration * Math.Sqrt(Math.Log(all) / Visits));
    }

    sealed class State(RewriteRequest request, RewrittenStep written, Batch sample, RewriteOffers offers)
    {
        readonly HashSet<string> seen = new(StringComparer.Ordinal) { NameOf([written]) };

        public RewriteRequest Request => request;

        public Batch Sample => sample;

        public List<Node> Nodes { get; } = [];

        public decimal PaidUsd { get; set; }

        public List<RefusedRewrite> Refused { get; } = [.. offers.Refused];

        public JsonObject OptionsOf(IEnumerable<Rewrite> rewrites) => rewrites.Aggregate(written.Options, (options, rewrite) => rewrite.On(options));

        /// <summary>The steps of a plan: the one with its options, or what is made of that.</summary>
        public IReadOnlyList<RewrittenStep> StepsOf(IReadOnlyList<Rewrite> rewrites)
        {
            var step = written with { Options = OptionsOf(rewrites) };
            return rewrites.FirstOrDefault(r => r.Shape is not null)?.Shape!(step) ?? [step];
        }

        /// <summary>The step as written until one of each kind was tried on it, as of a kind that was never tried nothing is known; then the plan that promises most.</summary>
        Node? Develop() => Nodes[0].Open.Count > offers.Rewrites.Count - offers.Rewrites.DistinctBy(r => r.Directive).Count() ? Nodes[0]
            : Nodes.Where(n => n.Open.Count > 0).MaxBy(n => n.Bound(Nodes.Count));

        static string NameOf(IEnumerable<RewrittenStep> steps) => string.Join('\n', steps.Select(s => s.Json.ToJsonString()));

        /// <summary>What may be tried on a plan: of each kind it has one.</summary>
        public IReadOnlyList<Rewrite> Rewrites(IReadOnlyList<Rewrite> had) =>
            [.. offers.Rewrites.Where(r => had.All(r.GoesWith))];

        /// <summary>The plan to develop and how; null: all was tried.</summary>
        public (Node Parent, Rewrite Rewrite)? Next()
        {
            while (Develop() is { } node)
            {
                var rewrite = node.Open.Dequeue();
                if (seen.Add(NameOf(StepsOf([.. node.Plan.Rewrites, rewrite]))))
                {
                    return (node, rewrite);
                }
            }

            return null;
        }
    }
}
