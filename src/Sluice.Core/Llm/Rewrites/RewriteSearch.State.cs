using Sluice.Llm.Prompts;

namespace Sluice.Llm.Rewrites;

// The tree of plans that a search grows.
public sealed partial class RewriteSearch
{
    sealed class Node(Node? parent, RewrittenPlan plan, IReadOnlyList<Rewrite> open)
    {
        public Node? Parent => parent;

        public RewrittenPlan Plan => plan;

        public Queue<Rewrite> Open { get; } = new(open);

        public int Visits { get; set; }

        public int Successes { get; set; }

        public double Bound(int all) => ((double)Successes / Visits) + (Exploration * Math.Sqrt(Math.Log(all) / Visits));
    }

    sealed class State(RewriteRequest request, IReadOnlyList<RewrittenStep> written, ScoredFields fields)
    {
        readonly HashSet<string> seen = new(StringComparer.Ordinal) { NameOf(written) };
        IReadOnlyList<Rewrite> offered = [];

        public RewriteRequest Request => request;

        public ScoredFields Fields => fields;

        /// <summary>Examples that plans are searched by.</summary>
        public Batch Sample { get; private set; } = request.Examples;

        public List<Node> Nodes { get; } = [];

        public decimal PaidUsd { get; set; }

        public List<RefusedRewrite> Refused { get; } = [];

        /// <summary>Answers of the steps as written, by rows: they are asked for once.</summary>
        public Dictionary<string, StepsAnswers> AsWritten { get; } = new(StringComparer.Ordinal);

        public void Begin(Batch sample, RewriteOffers offers)
        {
            (Sample, offered) = (sample, offers.Rewrites);
            Refused.AddRange(offers.Refused);
        }

        public IReadOnlyList<RewrittenStep> StepsOf(IReadOnlyList<Rewrite> rewrites) => Rewrite.On(written, rewrites);

        /// <summary>The steps as written until one of each kind was tried on them, as of a kind that was never tried nothing is known; then the plan that promises most.</summary>
        Node? Develop()
        {
            var first = Open([]);
            return Nodes[0].Open.Count > first.Count - first.DistinctBy(r => r.Directive).Count() ? Nodes[0]
                : Nodes.Where(n => n.Open.Count > 0).MaxBy(n => n.Bound(Nodes.Count));
        }

        static string NameOf(IEnumerable<RewrittenStep> steps) => string.Join('\n', steps.Select(s => s.Json.ToJsonString()));

        /// <summary>What may be tried on a plan: of each kind it has one, and what is for one question needs a plan of one.</summary>
        public IReadOnlyList<Rewrite> Open(IReadOnlyList<Rewrite> had)
        {
            var isOne = StepsOf(had).Count(s => s.Asks) == 1;
            var open = offered.Where(r => had.All(r.GoesWith) && (isOne || !r.IsForOne));

            // Other kinds were tried on the steps as written; these could not be.
            return [.. had.Any(r => r.Fuse is not null) ? open.OrderByDescending(r => r.IsForOne) : open];
        }

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
