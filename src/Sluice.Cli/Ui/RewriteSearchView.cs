using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Llm.Prompts;
using Sluice.Llm.Rewrites;
using Spectre.Console;

namespace Sluice.Cli.Ui;

/// <summary>What a search for cheaper or better plans found.</summary>
sealed class RewriteSearchView(RewriteSearchResult found, PromptMetric metric)
{
    public void Print(IReadOnlyList<string> files) => Shell.Print(new
    {
        found.Steps,
        found.IsAgreement,
        found.Plans,
        found.Front,
        found.Searched,
        found.HeldBack,
        found.PaidUsd,
        found.Stopped,
        found.Refused,
        Files = files,
    });

    public void Show(IReadOnlyList<string> files)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]{string.Join(", ", found.Steps)}[/]: {found.Plans.Count:N0} plans on {found.Searched:N0} {(found.IsAgreement ? "rows" : "examples")}, {found.HeldBack:N0} held back; ${found.PaidUsd.ToString("0.00####", CultureInfo.InvariantCulture)} paid");
        var score = !found.IsAgreement ? "score" : metric == PromptMetric.Exact ? "same answers" : "like as written";
        var bound = found.Plans.Any(p => p.SameAnswersAtLeast is not null) ? "at least (95 %)" : "95 %";
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "what differs", score, bound, "$ for 1,000 rows", found.IsAgreement ? "cost" : "against as written");
        table.Columns[2].RightAligned();
        table.Columns[4].RightAligned();
        foreach (var plan in found.Front.Union(found.Plans.Take(1)))
        {
            table.AddRow(
                found.Front.Contains(plan) ? "best" : "",
                Markup.Escape(plan.Rewrites.Count == 0 ? AsWritten(plan) : string.Join('\n', Lines(plan))),
                Number(plan.Best.Score),
                plan.SameAnswersAtLeast is { } least ? Number(least)
                    : bound == "95 %" ? string.Create(CultureInfo.InvariantCulture, $"{plan.Best.Low:0.000} to {plan.Best.High:0.000}") : "",
                plan.CostOfThousand is { } cost ? cost.ToString("0.00##", CultureInfo.InvariantCulture) : "not known",
                found.IsAgreement ? CostAgainst(plan) : ScoreAgainst(plan));
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(Meaning());
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
    }

    string Meaning()
    {
        var written = found.Plans[0];
        if (written.Confirmed is null)
        {
            return $"These are scores on the {(found.IsAgreement ? "rows" : "examples")} that plans were chosen by, and so too good: {(found.IsAgreement ? "a larger --sample has" : "give more examples to have")} some held back.";
        }

        if (!found.IsAgreement)
        {
            return "The scores are those of the examples that were held back. No plan beats one that is 'best' in both score and cost.";
        }

        var unanswered = written.Confirmed.Unanswered > 0 ? $" As written, {written.Confirmed.Unanswered:N0} questions got no valid answer; those rows count as not the same." : "";
        return metric == PromptMetric.Exact
            ? $"Agreement with the steps as written on the {found.HeldBack:N0} rows that were held back; of all rows, with 95 % for all lines at once, no fewer than 'at least'. It is not quality: what is answered wrongly as written counts as right.{unanswered}"
            : $"How alike the answers are to those of the steps as written ({metric.ToString().ToLowerInvariant()}), on the {found.HeldBack:N0} rows that were held back. It is not quality: what is answered wrongly as written counts as right.{unanswered}";
    }

    static string AsWritten(RewrittenPlan plan) => plan.Steps.Count > 1 ? $"as written: {plan.Steps.Count} steps" : "as written";

    string CostAgainst(RewrittenPlan plan) =>
        plan.Rewrites.Count > 0 && plan.CostOfThousand is { } cost && found.Plans[0].CostOfThousand is > 0 and { } written ? string.Create(CultureInfo.InvariantCulture, $"{cost / written:P0}") : "";

    static string ScoreAgainst(RewrittenPlan plan) =>
        plan.Comparison is { } c ? string.Create(CultureInfo.InvariantCulture, $"{c.After - c.Before:+0.000;-0.000;0} (by chance: {c.ByChance:0.####})") : "";

    // Fused first, as other rewrites are of the fused question; a model that another has taken the place of is not said.
    static IEnumerable<string> Lines(RewrittenPlan plan) => plan.Rewrites.OrderBy(r => r.Options.ContainsKey("fused") ? 0 : 1)
        .SelectMany(r => r.Options.Where(o => o.Key != "model" || r.Options.Count == 1 || plan.Rewrites.All(other => other.Directive != "change_model")).Select(o => $"{o.Key}: {Shown(o.Value)}"))
        .Concat(plan.Steps.Count > 1 ? [$"{plan.Steps.Count} steps: {string.Join(", ", plan.Steps.Select(s => s.Type))}"] : []);

    static string Shown(JsonNode? value) => value switch
    {
        JsonValue text when text.TryGetValue<string>(out var plain) => plain,
        JsonArray items => string.Join(", ", items.Select(Shown)),
        _ => value?.ToJsonString() ?? "null",
    };

    static string Number(double score) => score.ToString("0.000", CultureInfo.InvariantCulture);
}
