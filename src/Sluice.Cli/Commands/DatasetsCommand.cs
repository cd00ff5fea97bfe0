using System.CommandLine;
using Sluice.Batches;
using Sluice.Datasets;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice datasets list|show|diff|trend|export</c>: what is in the store that the settings name. Reads only, so it works while a run goes on.</summary>
static class DatasetsCommand
{
    public static Command Create() => new("datasets", "List, show, compare and export datasets.") { List(), Show(), Diff(), Trend(), Export() };

    static Command List()
    {
        var command = new Command("list", "Datasets with their newest version.");
        Shell.Act(command, (parsed, cancellation) => WithAsync(parsed, async (catalogue, _) =>
        {
            var all = new List<VersionEntry>();
            await foreach (var head in catalogue.ListAsync(cancellation))
            {
                all.Add(head);
            }

            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(all);
                return ExitCodes.Done;
            }

            var table = new Table().Border(TableBorder.Rounded).AddColumns("dataset", "versions", "newest", "rows", "committed");
            foreach (var head in all)
            {
                table.AddRow(Markup.Escape(head.Dataset), $"{head.Number}", head.Version, $"{head.Rows:N0}", $"{head.CommittedAt.ToLocalTime():yyyy-MM-dd HH:mm}");
            }

            AnsiConsole.Write(table);
            return ExitCodes.Done;
        }));
        return command;
    }

    static Command Show()
    {
        var name = Name();
        var command = new Command("show", "Schema, quality, steps and lineage of a version.") { name };
        Shell.Act(command, (parsed, cancellation) => WithAsync(parsed, async (catalogue, _) =>
        {
            var (dataset, version) = Split(parsed.GetRequiredValue(name));
            var (entry, manifest) = await catalogue.ShowAsync(dataset, version, cancellation);
            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(new { entry, manifest, versions = await catalogue.VersionsAsync(dataset, cancellation) });
            }
            else
            {
                Ui.ManifestView.Show(entry, manifest, await catalogue.VersionsAsync(dataset, cancellation));
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    static Command Diff()
    {
        var from = new Argument<string>("from") { Description = "DATASET@VERSION: an id, its start, a number, or 'latest'." };
        var to = new Argument<string>("to") { Description = "DATASET@VERSION." };
        var command = new Command("diff", "What changed between two versions.") { from, to };
        Shell.Act(command, (parsed, cancellation) => WithAsync(parsed, async (catalogue, files) =>
        {
            var (left, leftVersion) = Split(parsed.GetRequiredValue(from));
            var (right, rightVersion) = Split(parsed.GetRequiredValue(to));
            var (_, before) = await catalogue.ShowAsync(left, leftVersion, cancellation);
            var (_, after) = await catalogue.ShowAsync(right, rightVersion, cancellation);
            var diff = await VersionDiff.OfAsync(files, before, after, cancellation);
            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(diff);
            }
            else
            {
                Ui.ManifestView.Show(diff);
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    static Command Trend()
    {
        var name = new Argument<string>("dataset") { Description = "DATASET." };
        var command = new Command("trend", "Quality over the versions: scores and the most common issues.") { name };
        Shell.Act(command, (parsed, cancellation) => WithAsync(parsed, async (catalogue, _) =>
        {
            var trend = await QualityTrend.OfAsync(catalogue, parsed.GetRequiredValue(name), cancellation);
            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(trend);
            }
            else
            {
                Ui.QualityView.Show(trend);
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    static Command Export()
    {
        var name = Name();
        var output = new Option<string>("--out", "-o") { Description = "File to write: .parquet, .csv or .jsonl.", Required = true };
        var splitBy = new Option<string?>("--split-by") { Description = "Column whose values get a file each, for example 'split'." };
        var command = new Command("export", "Write a version to a file.") { name, output, splitBy };
        Shell.Act(command, (parsed, cancellation) => WithAsync(parsed, async (catalogue, _) =>
        {
            var (dataset, version) = Split(parsed.GetRequiredValue(name));
            var (entry, _) = await catalogue.ShowAsync(dataset, version, cancellation);
            var rows = await catalogue.OpenAsync(dataset, entry.Version, cancellation);
            var written = await Exports.WriteAsync(rows, parsed.GetRequiredValue(output), parsed.GetValue(splitBy), cancellation);
            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(new { entry.Dataset, entry.Version, entry.Rows, files = written });
            }
            else
            {
                AnsiConsole.WriteLine($"{entry.Rows:N0} rows of {entry.Dataset}@{entry.Version} → {string.Join(", ", written)}");
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    static Argument<string> Name() => new("dataset") { Description = "DATASET or DATASET@VERSION: an id, its start, a number, or 'latest'." };

    static (string Dataset, string Version) Split(string name) =>
        name.IndexOf('@', StringComparison.Ordinal) is var at && at < 0 ? (name, "latest") : (name[..at], name[(at + 1)..]);

    static Task<int> WithAsync(ParseResult parsed, Func<DatasetCatalogue, BatchFiles, Task<int>> body) =>
        OpenedStore.WithAsync(parsed, store => body(store.Datasets, store.Files));
}
