using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Llm.Rewrites;

/// <summary>What may be tried on steps, and which kinds may not: a rewrite is offered only where the steps and the examples allow it.</summary>
/// <param name="Rewrites">Rewrites, in a fixed order; an option that the steps have already is none.</param>
/// <param name="Refused">Kinds that do not fit, with the reason.</param>
sealed record RewriteOffers(IReadOnlyList<Rewrite> Rewrites, IReadOnlyList<RefusedRewrite> Refused)
{
    // The fewest with which a sample shows a target of 0.95 to hold with room for a few that differ; and as many that it serves.
    const int LabelBudget = 100;
    const int FewestForCascade = 2 * LabelBudget;

    const int BytesPerToken = 3;

    /// <summary>Rows in a call that are tried: few are dear, since each call says the instructions again; many let a model mix up rows.</summary>
    static readonly int[] sizes = [1, 10, 50, 250];

    static readonly int[] gleanings = [0, 2];

    /// <summary>Tokens that texts are shortened to.</summary>
    static readonly int[] lengths = [250, 1_000];

    /// <param name="steps">A step with all its options, defaults included, or several that stand behind each other.</param>
    /// <param name="examples">Rows that come to the first.</param>
    /// <param name="least">Rows of the smaller part of the examples.</param>
    /// <param name="models">Other models.</param>
    /// <param name="prompts">Other prompts, for one step.</param>
    public static RewriteOffers Of(IReadOnlyList<RewrittenStep> steps, Batch examples, int least, IReadOnlyList<string> models, IReadOnlyList<string> prompts)
    {
        var refused = new List<RefusedRewrite>();
        IEnumerable<Rewrite> If(string directive, string? reason, IEnumerable<Rewrite> rewrites)
        {
            if (reason is not null)
            {
                refused.Add(new RefusedRewrite(directive, reason));
            }

            return reason is null ? rewrites : [];
        }

        var (fusions, refusals) = Fusion.Of(steps, examples);
        refused.AddRange(refusals.Select(reason => new RefusedRewrite(Fusion.Directive, reason)));

        // What is for one question is for that which all of them can be made into.
        var one = steps.Count == 1 ? steps[0] : fusions.Where(f => f.Fuse!(steps).Count(s => s.Asks) == 1).Select(f => f.Fuse!(steps).Single(s => s.Asks)).FirstOrDefault();
        var (chunking, noChunks) = one is null ? ([], NotOne) : Chunking.Of(one, examples);
        Rewrite[] simple =
        [
            .. fusions,
            .. models.Select(model => One("change_model", "model", model)),
            .. prompts.Select(prompt => One("clarify_instructions", "prompt", prompt)),
            One("compression", "compact", true),
            .. sizes.Select(size => One("batching", "batch_size", size)),
            .. gleanings.Select(times => One("gleaning", "gleanings", times)),
            .. If(Shortening, ShorteningRefusal(steps, examples, out var fitting), fitting.SelectMany(tokens => new[] { TextCut.Sentences, TextCut.Ends }.Select(cut => new Rewrite(
                Shortening, new JsonObject { ["max_text_tokens"] = tokens, ["text_cut"] = cut.ToString().ToLowerInvariant() })))),
            .. If(Cascading, one is null ? NotOne : CascadeRefusal(one, least, models), models.Where(model => model != (string?)one?.Options["model"]).Select(model => One(
                Cascading, "cascade", new JsonObject { ["model"] = model, ["label_budget"] = LabelBudget }))),
        ];
        Rewrite[] shapes =
        [
            .. If(Chaining.Directive, steps.Count > 1 ? "It cuts a question in two, where several are to be made one." : Chaining.Refusal(steps[0], examples.Schema), [Chaining.Rewrite]),
            .. If(Chunking.Directive, noChunks, chunking),
        ];
        var fit = simple.Where(r => r.Fuse is not null || steps.Any(step => r.Options.All(o => step.Options.ContainsKey(o.Key)) && !r.Options.All(o => JsonNode.DeepEquals(step.Options[o.Key], o.Value)))).Concat(shapes);

        // One of each kind comes before a second of any.
        return new([.. fit.GroupBy(r => r.Directive).SelectMany(kind => kind.Index()).OrderBy(r => r.Index).Select(r => r.Item)], refused);
    }

    const string NotOne = "It is for one question, and these steps cannot be fused into one.";

    const string Shortening = "doc_compression", Cascading = "cascade";

    static string? ShorteningRefusal(IReadOnlyList<RewrittenStep> steps, Batch examples, out int[] fitting)
    {
        static IEnumerable<string> Columns(RewrittenStep step) => step.Options["columns"] is JsonArray named ? named.Select(c => (string)c!) : [];
        var bytes = steps.Max(s => LongTexts.Longest(examples, new PromptTemplate((string?)s.Options["prompt"] ?? "").Sent(examples.Schema, [.. Columns(s)])).Bytes);
        fitting = [.. lengths.Where(tokens => bytes > tokens * BytesPerToken)];
        return fitting.Length > 0 ? null
            : string.Create(CultureInfo.InvariantCulture, $"The longest text of the examples has about {bytes / BytesPerToken:N0} tokens; expected more than {lengths.Min():N0}.");
    }

    static string? CascadeRefusal(RewrittenStep step, int least, IReadOnlyList<string> models)
    {
        var fields = AskedFields.Of(step)?.Fields;
        var isComparable = step.Type == "semantic_filter" || (fields is not null && fields.All(f => f!["labels"] is JsonArray { Count: > 0 } || (string?)f["type"] == "boolean"));
        return !isComparable ? "It compares answers, so every field must have labels or be true or false."
            : step.Options["cascade"] is not null || step.Options["semantic_cache"] is not null ? "The step has a cascade or a semantic cache already."
            : !models.Any(model => model != (string?)step.Options["model"]) ? "There is no other model to answer first. Name one with --models."
            : least < FewestForCascade ? $"Its sample takes {LabelBudget} questions, so {FewestForCascade} examples to search by and as many to confirm by; the smaller part has {least}. Give more examples, and raise --rows."
            : null;
    }

    static Rewrite One(string directive, string option, JsonNode value) => new(directive, new JsonObject { [option] = value });
}
