using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Llm.Prompts;
using Sluice.Llm.Rewrites;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice prompts search</c>: rewrites of a step that cost less or answer better, found on examples and confirmed on others.</summary>
static class PromptsSearchCommand
{
    static readonly Option<string[]> models = new("--models") { AllowMultipleArgumentsPerToken = true, Description = "Models that may take the place of the step's. Default: none." };
    static readonly Option<string?> writer = new("--writer") { Description = "Model that writes other prompts from what went wrong. Default: none are tried." };
    static readonly Option<int> plans = new("--plans") { Description = "Plans that are tried at most, 2 to 200. Default: 20.", DefaultValueFactory = _ => 20 };
    static readonly Option<int> rows = new("--rows") { Description = "Examples that plans are searched by at most, never more than half of them: 5 to 10,000. The others confirm what is found. Default: 40.", DefaultValueFactory = _ => 40 };
    static readonly Option<string?> output = new("--output", "-o") { Description = "Folder that gets a pipeline file for each of the best plans, to be run as it is. Default: none." };
    static readonly Option<decimal?> budget = new("--budget") { Description = "US dollars that the search may spend. Default: no limit." };

    public static Command Create(Argument<string> pipeline, Option<string?> step, Option<string> examples, Option<PromptMetric> metric, Option<string> judge)
    {
        Within(plans, 2, 200);
        Within(rows, 5, 10_000);
        budget.Validators.Add(found =>
        {
            if (found.GetValue(budget) is <= 0)
            {
                found.AddError($"--budget is {found.GetValue(budget)!.Value.ToString(CultureInfo.InvariantCulture)}; expected US dollars above 0.");
            }
        });
        var search = new Command("search", "Try other models, prompts, calls, shorter texts and several steps for a step on examples, and show the plans that nothing beats in both quality and cost.")
        {
            pipeline, step, examples, metric, judge, models, writer, plans, rows, budget, output,
        };
        Shell.Act(search, (parsed, cancellation) => OpenedStore.MakingAsync(parsed, async store =>
        {
            var request = new RewriteRequest(
                await PromptsCommand.StepAsync(parsed.GetRequiredValue(pipeline), parsed.GetValue(step), cancellation),
                await PromptsCommand.ExamplesAsync(parsed.GetRequiredValue(examples), cancellation),
                parsed.GetValue(metric))
            {
                Judge = parsed.GetRequiredValue(judge),
                Models = parsed.GetValue(models) ?? [],
                Writer = parsed.GetValue(writer),
                MostPlans = parsed.GetValue(plans),
                SearchRows = parsed.GetValue(rows),
                BudgetUsd = parsed.GetValue(budget),
            };
            var evaluator = new PromptEvaluator(store.Models, store.Objects, store.Ledger, TimeProvider.System);
            var found = await new RewriteSearch(evaluator, Catalog.Default).SearchAsync(request, cancellation);
            return Show(parsed, found, await WriteAsync(parsed, found, cancellation));
        }));
        return search;
    }

    static void Within(Option<int> option, int least, int most) => option.Validators.Add(found =>
    {
        if (found.GetValue(option) < least || found.GetValue(option) > most)
        {
            found.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {found.GetValue(option)}; expected {least} to {most:N0}."));
        }
    });

    /// <summary>Writes the best plans as pipelines, the cheapest first; the step as written is none. Gives the files.</summary>
    static async Task<IReadOnlyList<string>> WriteAsync(ParseResult parsed, RewriteSearchResult found, CancellationToken cancellation)
    {
        var files = new List<string>();
        if (parsed.GetValue(output) is not { } folder)
        {
            return files;
        }

        var text = await File.ReadAllTextAsync(parsed.GetRequiredValue<string>("pipeline"), cancellation);
        Directory.CreateDirectory(folder);
        foreach (var plan in found.Front.Where(p => p.Rewrites.Count > 0))
        {
            files.Add(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{found.Step}-{files.Count + 1}.yaml")));
            await File.WriteAllTextAsync(files[^1], RewrittenFile.Of(text, found.Step, plan.Steps), cancellation);
        }

        return files;
    }

    static int Show(ParseResult parsed, RewriteSearchResult found, IReadOnlyList<string> files)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { found.Step, found.Plans, found.Front, found.Searched, found.HeldBack, found.PaidUsd, found.Stopped, found.Refused, Files = files });
            return ExitCodes.Done;
        }

        AnsiConsole.MarkupLineInterpolated($"[bold]{found.Step}[/]: {found.Plans.Count:N0} plans on {found.Searched:N0} examples, {found.HeldBack:N0} held back; ${found.PaidUsd.ToString("0.00####", CultureInfo.InvariantCulture)} paid");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "options that differ", "score", "95 %", "$ for 1,000 rows", "against as written");
        table.Columns[2].RightAligned();
        table.Columns[4].RightAligned();
        foreach (var plan in found.Front.Union(found.Plans.Take(1)))
        {
            table.AddRow(
                found.Front.Contains(plan) ? "best" : "",
                Markup.Escape(plan.Rewrites.Count == 0 ? "as written" : string.Join('\n', Lines(plan))),
                Number(plan.Best.Score),
                string.Create(CultureInfo.InvariantCulture, $"{plan.Best.Low:0.000} to {plan.Best.High:0.000}"),
                plan.CostOfThousand is { } cost ? cost.ToString("0.00##", CultureInfo.InvariantCulture) : "not known",
                plan.Comparison is { } c ? string.Create(CultureInfo.InvariantCulture, $"{c.After - c.Before:+0.000;-0.000;0} (by chance: {c.ByChance:0.####})") : "");
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(found.Plans[0].Confirmed is null
            ? "The scores are those of the examples that plans were chosen by, and so too good: give more examples to have some held back."
            : "The scores are those of the examples that were held back. No plan beats one that is 'best' in both score and cost.");
        foreach (var refused in found.Refused)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]Not tried: {refused.Directive}. {refused.Reason}[/]");
        }

        foreach (var file in files)
        {
            AnsiConsole.WriteLine($"Written: {file}");
        }

        if (found.Stopped is { } stopped)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]Stopped early. {stopped}[/]");
        }

        return ExitCodes.Done;
    }

    static IEnumerable<string> Lines(RewrittenPlan plan) => plan.Rewrites.SelectMany(r => r.Options.Select(o => $"{o.Key}: {Shown(o.Value)}"))
        .Concat(plan.Steps.Count > 1 ? [$"{plan.Steps.Count} steps: {string.Join(", ", plan.Steps.Select(s => s.Type))}"] : []);

    static string Shown(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var plain) ? plain : value?.ToJsonString() ?? "null";

    static string Number(double score) => score.ToString("0.000", CultureInfo.InvariantCulture);
}
