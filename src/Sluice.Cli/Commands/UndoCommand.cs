using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Sluice.Datasets;
using Sluice.Repair;
using Sluice.Runs;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary>
/// <c>sluice undo DATASET --step ID</c>: a new version in which one step's cells have their old values back. It is an ordinary run of the version's pipeline
/// with <c>undo_changes</c> after its last step, on the rows that the version's run read, so only that step is new work.
/// </summary>
static class UndoCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("dataset") { Description = "DATASET or DATASET@VERSION: an id, its start, a number or latest." };
        var step = new Option<string>("--step") { Description = "Step to undo: an id of the pipeline, or of one operation, such as clean/0:strip_whitespace. 'sluice changes' shows them.", Required = true };
        var columns = new Option<string[]>("--column") { Description = "Undo only this column; may be given several times. Default: all that the step changed." };
        var command = new Command("undo", "Put the cells back that one step of a version changed, in a new version.") { name, step, columns };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            var asked = new Asked(parsed.GetRequiredValue(step), parsed.GetValue(columns) ?? []);
            Undo? undo = null;
            var code = await OpenedStore.WithAsync(parsed, async store =>
            {
                undo = await PrepareAsync(store, parsed.GetRequiredValue(name), asked, cancellation);
                return ExitCodes.Done;
            });
            return undo is null ? code : undo.Before is { } done ? Done(parsed, asked, done) : await RunAsync(parsed, asked, undo, cancellation);
        });
        return command;
    }

    static async Task<Undo> PrepareAsync(OpenedStore store, string name, Asked asked, CancellationToken cancellation)
    {
        var (dataset, version) = NamedVersion.Parse(name);
        var (entry, manifest) = await store.Datasets.ShowAsync(dataset, version, cancellation);
        var record = await store.RecordAsync(entry.Run, cancellation);
        var request = await store.Engine.RequestAsync(record.RunId, cancellation);
        var undo = StepUndo.Of(manifest, record, asked.Step, asked.Columns);
        return new Undo(entry, record, request, undo.Text, undo.IsDone ? entry.Version : null);
    }

    static async Task<int> RunAsync(ParseResult parsed, Asked asked, Undo undo, CancellationToken cancellation)
    {
        var request = undo.Request;
        var root = Path.IsPathRooted(request.InputFolder) ? Path.GetPathRoot(request.InputFolder)! : Path.GetPathRoot(Environment.CurrentDirectory)!;
        var shown = $"{undo.Entry.Dataset}@{undo.Entry.Version} without {asked.Step}";
        var summary = await PipelineRun.RunAsync(
            parsed, undo.Text, shown, root, resumes: true, (path, _) => Task.FromResult(Prefix(undo.Entry.Dataset, $"{path}|{undo.Record.RunId}")),
            path => new RunRequest("", path, shown, request.InputFolder, RowsOf: undo.Record.RunId), cancellation);
        if (summary.Version is null)
        {
            return summary.Show(parsed);
        }

        RunRecord? made = null;
        await OpenedStore.WithAsync(parsed, async store =>
        {
            made = await store.RecordAsync(summary.Run, cancellation);
            return ExitCodes.Done;
        });
        var counts = made!.Steps[^1];
        var conflicts = counts.Failures.Where(f => f.Value > 0).ToDictionary();
        var stayOut = undo.Record.Steps.Where(s => StepUndo.Means(asked.Step, s.Step)).Sum(s => s.Rejected.Values.Sum());
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new
            {
                summary.Run,
                summary.Dataset,
                summary.Version,
                of = undo.Entry.Version,
                asked.Step,
                cells = counts.Changed.Values.Sum(),
                counts.Changed,
                conflicts,
                rowsNotBroughtBack = stayOut,
            });
            return ExitCodes.Done;
        }

        foreach (var (change, cells) in counts.Changed)
        {
            AnsiConsole.MarkupLineInterpolated($"{cells,12:N0} cells put back: {change[(change.IndexOf(':', StringComparison.Ordinal) + 1)..]}");
        }

        foreach (var (reason, cells) in conflicts)
        {
            AnsiConsole.MarkupLineInterpolated($"{cells,12:N0} cells left as they are: {reason}");
        }

        if (conflicts.Count > 0)
        {
            Console.Out.WriteLine($"Each with its values: sluice changes {undo.Entry.Dataset}@{undo.Entry.Version} --step {asked.Step} --out changes.csv");
        }

        if (stayOut > 0)
        {
            Console.Out.WriteLine($"{stayOut:N0} rows that the step took out are not brought back: leave it out of the pipeline for that. They are in: sluice evidence {undo.Record.RunId}");
        }

        AnsiConsole.MarkupLineInterpolated($"Version [bold]{summary.Version}[/] of {summary.Dataset}, from {undo.Entry.Version}.");
        var kept = $"- {{ id: undo, type: undo_changes, config: {{ step: \"{asked.Step}\" }} }}";
        Console.Out.WriteLine(undo.Request.Chain is null
            ? $"To keep it so in later runs, add to the pipeline: {kept}"
            : $"To keep it so in later runs, let this chain of the pipeline end with it, and what reads the chain read it: {kept}");
        return ExitCodes.Done;
    }

    static int Done(ParseResult parsed, Asked asked, string version)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { version, asked.Step, cells = 0, alreadyUndone = true });
        }
        else
        {
            Console.Out.WriteLine($"Step '{asked.Step}' is undone in version {version} already; nothing was done.");
        }

        return ExitCodes.Done;
    }

    static string Prefix(string dataset, string what) =>
        $"{(dataset.Length > 40 ? dataset[..40] : dataset)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)).AsSpan(0, 5))}";

    sealed record Asked(string Step, IReadOnlyList<string> Columns);

    /// <summary>What an undo needs; with <paramref name="Before"/>, the version in which it was done before.</summary>
    sealed record Undo(VersionEntry Entry, RunRecord Record, RunRequest Request, string Text, string? Before);
}
