using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Pipelines;
using Sluice.Runs;
using Sluice.Storage;
using Spectre.Console;

namespace Sluice.Cli;

/// <summary>A file through no step or one, in a store that is thrown away: what <c>apply</c>, <c>read</c> and <c>check</c> do.</summary>
static class SingleRun
{
    const int PreviewRows = 10;
    const int MaxCell = 40;

    public static Task<int> RunAsync(
        ParseResult parsed, string input, JsonObject? step, string? output, string? evidence, CancellationToken cancellation) =>
        WithAsync(input, step, evidenceOnly: false, async run =>
        {
            if (evidence is not null)
            {
                await Exports.WriteAsync(new EvidenceRows(run.Files, run.Record), evidence, null, cancellation);
            }

            var rows = run.Outcome.Version is null ? null : await run.Catalogue.OpenAsync(run.Outcome.Dataset, run.Outcome.Version, cancellation);
            if (output is not null && rows is not null)
            {
                await Exports.WriteAsync(rows, output, null, cancellation);
            }

            return await ShowAsync(parsed, run.Record, rows, output, run.Source, cancellation);
        }, cancellation);

    /// <summary>Runs the step and hands on what came of it, a version too unless only evidence is wanted; afterwards the store is gone.</summary>
    public static async Task<int> WithAsync(string input, JsonObject? step, bool evidenceOnly, Func<SingleResult, Task<int>> use, CancellationToken cancellation)
    {
        var scratch = Directory.CreateTempSubdirectory("sluice-");
        try
        {
            await using var store = new FolderStore(Path.Combine(scratch.FullName, "data"));
            await using var ledger = new MemoryLedger();
            var files = new BatchFiles(store);
            var folder = Environment.CurrentDirectory;
            var inputs = new FolderInputs([Path.GetPathRoot(folder)!], folder);
            var engine = new RunEngine(store, ledger, files, _ => inputs, new RunOptions { EvidenceOnly = evidenceOnly }, TimeProvider.System);
            var text = Definition(input, step);
            await store.CreateAsync("pipelines/single.yaml", Encoding.UTF8.GetBytes(text), cancellation);
            var request = new RunRequest("single", "pipelines/single.yaml", "command line", folder);
            var outcome = await LocalRun.RunAsync(engine, request, Environment.ProcessorCount, null, cancellation);
            var record = DocumentJson.Parse<RunRecord>(await store.ReadAsync(outcome.Record!, cancellation));
            var source = await Pipeline.Parse(text).Source.Source.DescribeAsync(inputs, cancellation);
            return await use(new SingleResult(files, new DatasetCatalogue(store, ledger, files, TimeProvider.System), outcome, record, source));
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    // JSON is YAML: the command line goes through the same strict checks as a file.
    static string Definition(string input, JsonObject? step)
    {
        var steps = new JsonArray(new JsonObject { ["id"] = "in", ["type"] = FormatOf.Source(input), ["config"] = new JsonObject { ["file_path"] = input } });
        if (step is not null)
        {
            steps.Add(step);
        }

        return new JsonObject { ["name"] = "single", ["steps"] = steps }.ToJsonString();
    }

    static async Task<int> ShowAsync(
        ParseResult parsed, RunRecord record, DatasetRows? rows, string? output, IReadOnlyList<KeyValuePair<string, string>> source, CancellationToken cancellation)
    {
        var exitCode = record.GateFailure is null ? ExitCodes.Done : ExitCodes.GateFailed;
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new
            {
                error = record.GateFailure,
                exitCode,
                record.RowsRead,
                rows = rows?.Rows,
                record.Rejected,
                record.Made,
                record.Steps,
                record.Validations,
                schema = rows?.Schema,
                source = source.ToDictionary(),
                output = rows is null ? null : output,
            });
            return exitCode;
        }

        if (rows is not null && output is null)
        {
            await PreviewAsync(rows, cancellation);
        }

        // How the file was read is the result where nothing else was done to it.
        if (source.Count > 0 && record.Steps.Count == 0)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]{string.Join(", ", source.Select(s => $"{s.Key.Replace('_', ' ')} {s.Value}"))}[/]");
        }

        foreach (var step in record.Steps)
        {
            foreach (var (change, cells) in step.Changed)
            {
                AnsiConsole.MarkupLineInterpolated($"{cells,12:N0} cells changed: {change}");
            }

            foreach (var (failure, count) in step.Failures)
            {
                AnsiConsole.MarkupLineInterpolated($"{count,12:N0} rows: {failure}");
            }
        }

        var rejected = string.Join(", ", record.Rejected.Select(r => $"{r.Value:N0} {r.Key}"));
        AnsiConsole.MarkupLineInterpolated(
            $"{record.RowsRead:N0} rows read{(record.Made is { } made ? $", {made.Values.Sum():N0} made" : "")}, {rows?.Rows ?? 0:N0} kept{(rejected.Length > 0 ? $", rejected: {rejected}" : "")}{(output is null || rows is null ? "" : $" → {output}")}");
        return record.GateFailure is null ? exitCode : Shell.Fail(parsed, exitCode, record.GateFailure);
    }

    static async Task PreviewAsync(DatasetRows rows, CancellationToken cancellation)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var field in rows.Schema)
        {
            table.AddColumn(new TableColumn($"[bold]{Markup.Escape(field.Name)}[/]\n[grey]{field.Type.ToString().ToLowerInvariant()}[/]"));
        }

        await foreach (var batch in rows.ReadAsync(cancellation))
        {
            for (var row = 0; row < Math.Min(PreviewRows, batch.Rows); row++)
            {
                table.AddRow(batch.Columns.Select(c => c.IsNull(row) ? "[grey]·[/]" : Markup.Escape(Cut(c.Display(row)))).ToArray());
            }

            break;
        }

        AnsiConsole.Write(table);
    }

    static string Cut(string text) => text.Length <= MaxCell ? text : string.Concat(text.AsSpan(0, MaxCell - 1), "…");
}

/// <summary>What came of a single step.</summary>
sealed record SingleResult(
    BatchFiles Files, DatasetCatalogue Catalogue, RunOutcome Outcome, RunRecord Record, IReadOnlyList<KeyValuePair<string, string>> Source);
