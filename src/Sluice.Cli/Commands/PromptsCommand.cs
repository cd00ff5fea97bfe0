using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Llm.Prompts;
using Sluice.Pipelines;
using Sluice.Runs;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice prompts</c>: how well a step that asks a language model answers examples whose answers are known, and what would be cheaper or better.</summary>
static class PromptsCommand
{
    static readonly Argument<string> pipeline = new("pipeline") { Description = "Pipeline YAML." };
    static readonly Option<string?> step = new("--step") { Description = "Id of the step. Default: the only one that asks a language model." };
    static readonly Option<string> examples = new("--examples") { Required = true, Description = "File of rows with what is expected in the column 'expected', or in 'expected_FIELD' for each field of the answer: .csv, .jsonl, .parquet, .xlsx." };
    static readonly Option<PromptMetric> metric = new("--metric") { Description = "exact, accuracy (whatever case, spaces, and the way numbers are written), f1 or jaccard of words, or judge (a model says how well). Default: accuracy.", DefaultValueFactory = _ => PromptMetric.Accuracy };
    static readonly Option<string> judge = new("--judge") { Description = "Model that judges, for --metric judge. Default: default.", DefaultValueFactory = _ => "default" };
    static readonly Option<string?> baseline = new("--baseline") { Description = "Version that was evaluated before, or a file of --json: exit code 1 where this one is worse beyond chance." };
    static readonly Option<string?> against = new("--against") { Description = "Another pipeline, whose step of the same id is asked too: quality and cost beside each other." };
    static readonly Option<double?> least = new("--min") { Description = "Least score, 0 to 1: exit code 1 below it." };

    public static Command Create()
    {
        var evaluate = new Command("evaluate", "Ask a step's prompt for examples and score its answers; answers and results are kept.") { pipeline, step, examples, metric, judge, baseline, against, least };
        Shell.Act(evaluate, (parsed, cancellation) => OpenedStore.MakingAsync(parsed, store => EvaluateAsync(parsed, store, cancellation)));
        return new Command("prompts", "Evaluate prompts on examples, with a gate against regressions, and search what is cheaper or better.")
        {
            evaluate,
            PromptsSearchCommand.Create(pipeline, judge),
        };
    }

    static async Task<int> EvaluateAsync(ParseResult parsed, OpenedStore store, CancellationToken cancellation)
    {
        if (parsed.GetValue(least) is not (null or (>= 0 and <= 1)))
        {
            return Shell.Invalid(parsed, $"--min is {parsed.GetValue(least)!.Value.ToString(CultureInfo.InvariantCulture)}; expected a number from 0 to 1.");
        }

        if (parsed.GetValue(baseline) is not null && parsed.GetValue(against) is not null)
        {
            return Shell.Invalid(parsed, "--baseline and --against both say what to compare with. Use one of them.");
        }

        var rows = await ExamplesAsync(parsed.GetRequiredValue(examples), cancellation);
        var evaluator = new PromptEvaluator(store.Models, store.Objects, store.Ledger, TimeProvider.System);
        async Task<PromptEvaluation> OfAsync(string file) => await evaluator.EvaluateAsync(
            new PromptTest(await StepAsync(file, parsed.GetValue(step), cancellation), rows, parsed.GetValue(metric), parsed.GetRequiredValue(judge)), cancellation);

        var found = await OfAsync(parsed.GetRequiredValue(pipeline));
        var other = parsed.GetValue(against) is { } file ? await OfAsync(file)
            : parsed.GetValue(baseline) is { } name ? await BaselineAsync(evaluator, name, found, cancellation)
            : null;
        var comparison = other is null ? null : PromptComparison.Of(other, found);

        // Beside another pipeline there is nothing to defend; a baseline and a least score are gates.
        string?[] failures =
        [
            found.Score < parsed.GetValue(least) ? string.Create(CultureInfo.InvariantCulture, $"The score {found.Score:0.###} is below --min {parsed.GetValue(least):0.###}.") : null,
            parsed.GetValue(baseline) is not null && comparison!.IsWorse
                ? string.Create(CultureInfo.InvariantCulture, $"It is worse than the baseline by {comparison.Before - comparison.After:0.###}; by chance with a probability of {comparison.WorseByChance:0.####} only.")
                : null,
        ];
        Show(parsed, found, comparison, [.. failures.OfType<string>()]);
        return failures.Any(f => f is not null) ? ExitCodes.GateFailed : ExitCodes.Done;
    }

    /// <summary>The rows of a file with the types that a run would give them.</summary>
    internal static async Task<Batch> ExamplesAsync(string file, CancellationToken cancellation)
    {
        var reading = new JsonObject { ["id"] = "in", ["type"] = FormatOf.Source(file), ["config"] = new JsonObject { ["file_path"] = file } };
        var source = Pipeline.Parse(new JsonObject { ["name"] = "examples", ["steps"] = new JsonArray(reading) }.ToJsonString()).Source.Source;
        var inputs = new FolderInputs([Path.GetPathRoot(Environment.CurrentDirectory)!], Environment.CurrentDirectory);
        var parts = new List<Batch>();
        await foreach (var shard in source.ListShardsAsync(inputs, new ShardCut { TargetBytes = 256 << 20 }, cancellation))
        {
            var part = await source.ReadAsync(inputs, shard, parts.Count == 0 ? null : parts[0].Schema, cancellation);
            if (part.Rejected.Count > 0)
            {
                throw new SourceException($"'{file}', line {part.Rejected[0].Line}: {part.Rejected[0].Reason}. Examples must all be readable.");
            }

            parts.Add(part.Batch);
        }

        return parts.Sum(p => p.Rows) > 0 ? Batch.Concat(parts) : throw new SourceException($"'{file}' has no examples. Expected at least one row.");
    }

    static async Task<PipelineStep> StepAsync(string file, string? id, CancellationToken cancellation) =>
        StepsOf(await PipelineGraph.LoadAsync(file, cancellation), file, id is null ? [] : [id])[0];

    /// <summary>The steps of a pipeline with these ids, or the only one that asks a language model.</summary>
    internal static IReadOnlyList<PipelineStep> StepsOf(PipelineGraph pipeline, string file, IReadOnlyList<string> ids, string advice = "Name one with --step.")
    {
        var asking = pipeline.Chains.SelectMany(c => c.Pipeline.Steps).Where(s => s.Step is Llm.AskingStep).ToArray();
        var known = asking.Length == 0 ? "none" : string.Join(", ", asking.Select(s => s.Id));
        return ids.FirstOrDefault(id => asking.All(s => s.Id != id)) is { } other ? throw new PipelineException($"'{file}' has no step '{other}' that asks a language model. It has: {known}.", null)
            : ids.Count > 0 ? [.. asking.Where(s => ids.Contains(s.Id))]
            : asking is [var one] ? [one]
            : throw new PipelineException($"'{file}' has {asking.Length} steps that ask a language model ({known}). {advice}", null);
    }

    static async Task<PromptEvaluation> BaselineAsync(PromptEvaluator evaluator, string name, PromptEvaluation found, CancellationToken cancellation)
    {
        if (!File.Exists(name))
        {
            return await evaluator.FindAsync(name, found, cancellation)
                ?? throw new DataException($"--baseline '{name}' is no file, and no version of a prompt that this store has an evaluation of by '{found.Metric.ToString().ToLowerInvariant()}'.");
        }

        var node = JsonNode.Parse(await File.ReadAllTextAsync(name, cancellation));
        return node?["evaluation"] is { } evaluation
            ? DocumentJson.Parse<PromptEvaluation>(System.Text.Encoding.UTF8.GetBytes(evaluation.ToJsonString()))
            : throw new DataException($"'{name}' is no evaluation. Expected what 'sluice prompts evaluate --json' prints.");
    }

    static void Show(ParseResult parsed, PromptEvaluation found, PromptComparison? comparison, IReadOnlyList<string> failures)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { evaluation = found, comparison, failures });
            return;
        }

        var facts = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        void Fact(string name, string value) => facts.AddRow(Markup.Escape(name), Markup.Escape(value));
        Fact("step", $"{found.Step}, asks {found.Model}");
        Fact("version", found.Version);
        Fact(found.Metric.ToString().ToLowerInvariant(), string.Create(CultureInfo.InvariantCulture, $"{found.Score:0.000}, 95 % between {found.Low:0.000} and {found.High:0.000}"));
        Fact("examples", $"{found.Rows.Count:N0}" + (found.Unanswered > 0 ? $", {found.Unanswered:N0} without a valid answer" : ""));
        Fact("cost", found.CostUsd is { } usd ? string.Create(CultureInfo.InvariantCulture, $"${usd:0.00####}; ${found.PaidUsd:0.00####} of it now") : "no price is known");
        if (comparison is { } c)
        {
            Fact("compared with", $"{c.Version}, {c.Model}, on {c.Examples:N0} examples");
            Fact("  before, now", string.Create(CultureInfo.InvariantCulture, $"{c.Before:0.000}, {c.After:0.000}: {c.After - c.Before:+0.000;-0.000;0}, 95 % between {c.Low:+0.000;-0.000;0} and {c.High:+0.000;-0.000;0}; by chance with probability {c.ByChance:0.####}"));
            Fact("  cost of an example", c.CostRatio is { } ratio ? string.Create(CultureInfo.InvariantCulture, $"{ratio:0.##} times") : "not known");
        }

        AnsiConsole.Write(facts);
        foreach (var row in found.Rows.Where(r => r.Score < 1).Take(5))
        {
            AnsiConsole.WriteLine($"  {row.Score.ToString("0.00", CultureInfo.InvariantCulture)}  {row.Given ?? "no answer"}  expected {string.Join(", ", row.Expected.Select(e => e ?? "nothing"))}");
        }

        foreach (var failure in failures)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{failure}[/]");
        }
    }
}
