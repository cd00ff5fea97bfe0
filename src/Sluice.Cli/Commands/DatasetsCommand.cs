using System.CommandLine;
using Sluice.Batches;
using Sluice.Datasets;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice datasets</c>: what is in the store that the settings name. It works while a run goes on.</summary>
static class DatasetsCommand
{
    public static Command Create() => new("datasets", "List, describe, show, compare and export datasets.")
    {
        List(), Show(), Diff(), Trend(), Export(), DatasetDetails.Create(), DatasetDetails.Set(), DatasetDetails.Archive(), DatasetDetails.Delete(),
    };

    static Command List()
    {
        var text = new Option<string?>("--text") { Description = "Part of the name or the description." };
        var tag = new Option<string?>("--tag") { Description = "A tag it has." };
        var column = new Option<string?>("--column") { Description = "A column it has." };
        var kind = new Option<string?>("--kind") { Description = "What a column holds: a kind of personal data that a step found (email), a format or a type." };
        var quality = new Option<string?>("--min-quality") { Description = "Lowest score of the newest version, 0 to 100." };
        var state = new Option<string?>("--state") { Description = "created, processing, validated, ready, archived, failed or quarantined." };
        var command = new Command("list", "Datasets with their newest version; options narrow them.") { text, tag, column, kind, quality, state };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(parsed, async store =>
        {
            var query = new DatasetQuery(
                parsed.GetValue(text), parsed.GetValue(tag), parsed.GetValue(column), parsed.GetValue(kind),
                DatasetQuery.QualityOf(parsed.GetValue(quality)), DatasetQuery.StateOf(parsed.GetValue(state)));
            var all = new List<DatasetView>();
            await foreach (var dataset in store.Search.FindAsync(query, null, cancellation))
            {
                all.Add(dataset);
            }

            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(all);
            }
            else
            {
                Ui.ManifestView.Show(all);
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    static Command Show()
    {
        var name = Name();
        var command = new Command("show", "Schema, quality, steps and lineage of a version.") { name };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(parsed, async store =>
        {
            var catalogue = store.Datasets;
            var (dataset, version) = NamedVersion.Parse(parsed.GetRequiredValue(name));
            var record = (await store.Register.FindAsync(dataset, cancellation))?.Record;
            if (record is not null && await catalogue.HeadAsync(dataset, cancellation) is null)
            {
                return ShowRecord(parsed, record);
            }

            var (entry, manifest) = await catalogue.ShowAsync(dataset, version, cancellation);
            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(new { entry, manifest, versions = await catalogue.VersionsAsync(dataset, cancellation), record });
            }
            else
            {
                Ui.ManifestView.Show(record!);
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
            var (left, leftVersion) = NamedVersion.Parse(parsed.GetRequiredValue(from));
            var (right, rightVersion) = NamedVersion.Parse(parsed.GetRequiredValue(to));
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
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(parsed, async store =>
        {
            var (entry, rows) = await store.OpenRowsAsync(parsed.GetRequiredValue(name), "export", cancellation);
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

    // Described, and without a version yet.
    static int ShowRecord(ParseResult parsed, DatasetRecord record)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { record });
        }
        else
        {
            Ui.ManifestView.Show(record);
            AnsiConsole.WriteLine("There is no version yet.");
        }

        return ExitCodes.Done;
    }

    static Argument<string> Name() => new("dataset") { Description = "DATASET or DATASET@VERSION: an id, its start, a number, or 'latest'." };

    static Task<int> WithAsync(ParseResult parsed, Func<DatasetCatalogue, BatchFiles, Task<int>> body) =>
        OpenedStore.WithAsync(parsed, store => body(store.Datasets, store.Files));
}
