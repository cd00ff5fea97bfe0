using System.CommandLine;
using Sluice.Splits;
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
        var splits = await VersionSplits.CheckAsync(manifest, await store.Datasets.OpenAsync(entry.Dataset, entry.Version, cancellation), cancellation);
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
        if (split.Audit.Likeness.Count > 0)
        {
            sets.AddColumn(new TableColumn("energy distance").RightAligned()).AddColumn(new TableColumn("MMD p").RightAligned());
        }

        foreach (var (name, rows) in split.Audit.Sets)
        {
            var like = split.Audit.Likeness.FirstOrDefault(l => l.Set == name);
            string[] cells = [Markup.Escape(name), $"{rows:N0}", .. like is null ? [] : new[] { $"{like.EnergyDistance:0.####}", $"{like.MmdPValue:0.###}" }];
            sets.AddRow(cells);
        }

        AnsiConsole.Write(sets);
        AnsiConsole.WriteLine($"{split.Audit.KeysCrossingSets:N0} of {split.Audit.KeysChecked:N0} keys in more than one set: {split.Report.Certificate.Method}");
        foreach (var like in split.Report.Likeness ?? [])
        {
            AnsiConsole.WriteLine($"Split by features, {like.Set} beside {like.Other}: energy distance {like.EnergyDistance:0.####}, MMD p {like.MmdPValue:0.###}");
        }

        if (split.Report.Coverage is { } coverage)
        {
            AnsiConsole.WriteLine($"Every row had one of {coverage.Set} within {coverage.Radius:0.####} when it was split");
        }

        if (split.Audit.LeakedPairs is { } pairs)
        {
            var sure = pairs.Confidence >= 1 ? "every pair that can be one was compared" : $"with confidence {pairs.Confidence:P0}";
            AnsiConsole.WriteLine($"{pairs.Pairs:N0} near-duplicate pairs (Jaccard from {pairs.Threshold}) in different sets; at most {pairs.Bound:N0}, {sure}");
        }

        foreach (var problem in split.Audit.Problems)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]✗[/] {problem}");
        }

        if (split.Audit.Holds)
        {
            AnsiConsole.MarkupLine("[green]✓[/] the certificate holds");
        }
    }
}
