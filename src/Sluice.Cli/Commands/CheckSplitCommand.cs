using System.CommandLine;
using Sluice.Splits;
using Sluice.Splits.Units;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice check-split DATASET@VERSION</c>: looks for leaks between the sets of a version again, in its files.</summary>
static class CheckSplitCommand
{
    public static Command Create()
    {
        var version = new Argument<string>("version") { Description = "DATASET@VERSION; the version is an id, a number or 'latest'." };
        var command = new Command("check-split", "Check the split certificate of a version again, from the rows in its files.") { version };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(
            parsed, store => RunAsync(parsed, store, parsed.GetRequiredValue(version), cancellation)));
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, OpenedStore store, string name, CancellationToken cancellation)
    {
        if (name.Split('@', 2) is not [var dataset, var version])
        {
            return Shell.Invalid(parsed, $"'{name}' names no version; expected DATASET@VERSION, for example {name}@latest.");
        }

        var (entry, manifest) = await store.Datasets.ShowAsync(dataset, version, cancellation);
        var splits = await VersionSplits.CheckAsync(manifest, await store.Datasets.OpenAsync(entry.Dataset, entry.Version, cancellation), store.Vectors, cancellation);
        var holds = splits.All(split => split.Audit.Holds);
        var exitCode = holds ? ExitCodes.Done : ExitCodes.GateFailed;
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { entry.Dataset, entry.Version, holds, splits, exitCode });
            return exitCode;
        }

        if (splits.Count == 0)
        {
            AnsiConsole.WriteLine($"{entry.Dataset}@{entry.Version} was made without a split.");
            return exitCode;
        }

        foreach (var split in splits)
        {
            Show(split);
        }

        return holds ? exitCode : Shell.Fail(parsed, exitCode, "The certificate does not hold for the rows of this version.");
    }

    static void Show(CheckedSplit split)
    {
        var sets = new Table().Border(TableBorder.Rounded).Title($"step {Markup.Escape(split.Step)}, column {Markup.Escape(split.Column)}")
            .AddColumn("set").AddColumn(new TableColumn("rows").RightAligned());
        foreach (var (name, rows) in split.Audit.Sets)
        {
            sets.AddRow(Markup.Escape(name), $"{rows:N0}");
        }

        AnsiConsole.Write(sets);
        AnsiConsole.WriteLine($"{split.Audit.KeysCrossingSets:N0} of {split.Audit.KeysChecked:N0} keys in more than one set: {split.Report.Certificate.Method}");
        foreach (var like in split.Audit.Likeness)
        {
            var before = split.Report.Likeness?.FirstOrDefault(l => l.Set == like.Set);
            AnsiConsole.WriteLine($"{like.Set} beside {like.Other}, by {split.Audit.LikenessOf}: energy distance {like.EnergyDistance:0.####}, MMD p {like.MmdPValue:0.###}"
                + (before is null ? "" : $"; the split reported {before.EnergyDistance:0.####} and {before.MmdPValue:0.###}"));
        }

        if (split.Report.Coverage is { } coverage)
        {
            AnsiConsole.WriteLine($"Every row had one of {coverage.Set} within {coverage.Radius:0.####} when it was split{(split.Audit.Coverage is { } now ? $", and has now within {now.Radius:0.####}" : "")}");
        }

        ShowPairs(split.Audit.LeakedPairs, "near-duplicate pairs (Jaccard");
        ShowPairs(split.Audit.LeakedMeanings, "pairs of one meaning (cosine");

        foreach (var problem in split.Audit.Problems)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]✗[/] {problem}");
        }

        if (split.Audit.Holds)
        {
            AnsiConsole.MarkupLine("[green]✓[/] the certificate holds");
        }
    }

    static void ShowPairs(LeakedPairs? pairs, string what)
    {
        if (pairs is not null)
        {
            var sure = pairs.Confidence >= 1 ? "every pair that can be one was compared" : $"with confidence {pairs.Confidence:P0}";
            AnsiConsole.WriteLine($"{pairs.Pairs:N0} {what} from {pairs.Threshold}) in different sets; at most {pairs.Bound:N0}, {sure}");
        }
    }
}
