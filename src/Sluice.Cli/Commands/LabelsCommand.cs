using System.CommandLine;
using System.Security.Cryptography;
using Sluice.Functions.Api;
using Sluice.Labels.Review;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice labels show|export QUEUE</c>: what reviewers have said so far. Reads only, so it works while a review goes on.</summary>
static class LabelsCommand
{
    public static Command Create() => new("labels", "Show a review of labels, and export the labels that it made.") { Show(), Export() };

    static Argument<string> Queue() => new("queue") { Description = "Id of the review queue, as POST /api/v1/reviews gave it." };

    static Command Show()
    {
        var queue = Queue();
        var command = new Command("show", "How far a review is, how its reviewers agree and how good each is.") { queue };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(parsed, async store =>
        {
            var progress = await ReviewProgress.OfAsync(store.Reviews, await PlanAsync(store, parsed.GetRequiredValue(queue), cancellation), cancellation);
            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(progress);
                return ExitCodes.Done;
            }

            Print(progress);
            return ExitCodes.Done;
        }));
        return command;
    }

    static Command Export()
    {
        var queue = Queue();
        var output = new Option<string>("--out", "-o") { Description = "File for the labels (.jsonl), as the step apply_labels reads it, or for a COCO file (.json).", Required = true };
        var format = new Option<string>("--format") { Description = "jsonl, or coco for the masks of a review of images.", DefaultValueFactory = _ => "jsonl" };
        format.AcceptOnlyFromAmong("jsonl", "coco");
        var command = new Command("export", "Write the labels or masks that a review has made so far.") { queue, output, format };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(parsed, async store =>
        {
            var plan = await PlanAsync(store, parsed.GetRequiredValue(queue), cancellation);
            var isCoco = parsed.GetValue(format) == "coco";
            if (isCoco && plan.Mask is null)
            {
                throw new DataException($"The review '{plan.Queue}' asks for labels alone, so it has no masks. Leave --format out.");
            }

            var outcomes = await store.Reviews.OutcomesAsync(plan.Queue, cancellation);
            var labels = ReviewReport.Labels(plan, outcomes);
            var bytes = isCoco ? CocoFile.Of(plan, outcomes) : labels.ToBytes();
            var file = parsed.GetRequiredValue(output);
            try
            {
                await File.WriteAllBytesAsync(file, bytes, cancellation);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new SinkException($"The file \"{file}\" cannot be written: {e.Message} Name another with --out.", e);
            }

            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(new { plan.Queue, labels = labels.Labels.Count, sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)), output = file });
            }
            else
            {
                AnsiConsole.MarkupLineInterpolated($"{labels.Labels.Count:N0} labels → {file}");
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    static async Task<ReviewPlan> PlanAsync(OpenedStore store, string queue, CancellationToken cancellation) =>
        (RunIds.IsValid(queue) ? await store.Reviews.FindAsync(queue, cancellation) : null)
        ?? throw new DataException($"There is no review queue '{queue}' in this store. Create one with POST /api/v1/reviews, or name another --store.");

    static void Print(ReviewProgress progress)
    {
        AnsiConsole.WriteLine($"Review of {progress.Dataset} {progress.Version}: {progress.Done:N0} of {progress.Items:N0} rows done, {progress.Status}.");
        foreach (var (how, count) in progress.By)
        {
            AnsiConsole.WriteLine($"  {count,6:N0} {how}");
        }

        if (progress.Report.Agreement is { } agreement)
        {
            AnsiConsole.WriteLine($"Agreement beyond chance (1 is full): Cohen's kappa {agreement.MeanCohenKappa:0.00}, Fleiss' kappa {agreement.FleissKappa:0.00}, Krippendorff's alpha {agreement.KrippendorffAlpha:0.00}");
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("reviewer", "answers", "as decided", "gold right");
        foreach (var reviewer in progress.Report.Reviewers)
        {
            table.AddRow(
                Markup.Escape(reviewer.Name), $"{reviewer.Answers:N0}", $"{reviewer.Agreement:0%}", reviewer.GoldAsked == 0 ? "" : $"{reviewer.GoldRight:N0} of {reviewer.GoldAsked:N0}");
        }

        if (progress.Report.Reviewers.Count > 0)
        {
            AnsiConsole.Write(table);
        }

        PrintCost(progress.Cost);
    }

    static void PrintCost(ReviewCost? cost)
    {
        if (cost is null)
        {
            return;
        }

        var perLabel = cost.PerLabel is { } each ? $", {each:N2} a label" : "";
        AnsiConsole.WriteLine($"Cost so far: {cost.Total:N2} {cost.Currency}{perLabel}; gold questions {cost.Gold:N2}.");
        foreach (var reviewer in cost.Reviewers)
        {
            var untimed = reviewer.Untimed > 0 ? $", {reviewer.Untimed:N0} without a time" : "";
            AnsiConsole.WriteLine($"  {reviewer.Reviewer}: {reviewer.Amount:N2} for {reviewer.Answers:N0} answers in {reviewer.Seconds / 60:N1} minutes{untimed}");
        }
    }
}
