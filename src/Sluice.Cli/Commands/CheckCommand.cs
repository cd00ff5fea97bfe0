using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Quality;
using Sluice.Reports;
using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice check FILE</c>: what is wrong with a table, where, and what to do about it.</summary>
static class CheckCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("file") { Description = "File, folder or glob to read." };
        var config = new Option<string?>("--config") { Description = "Options of quality_validation: a YAML or JSON file, or JSON. Without checks in it, all run." };
        var report = new Option<string?>("--report", "-o") { Description = "HTML report to write." };
        var evidence = new Option<string?>("--evidence") { Description = "File for every failing row and check: .parquet, .csv or .jsonl." };
        var against = new Option<string?>("--against") { Description = "File or DATASET@VERSION to compare with: what changed since (the check drift)." };
        var schema = new Option<string?>("--schema")
        {
            Description = "Declared schema that the table must fit: what 'sluice schema FILE --json' prints, a Frictionless Table Schema, or a JSON Schema.",
        };
        var command = new Command("check", "Say what is wrong with a table. Exit code 1 when a gate of the options refuses it.") { input, config, report, evidence, against, schema };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            var given = parsed.GetValue(config);
            var isFile = given is not null && !given.AsSpan().TrimStart().StartsWith("{");
            if (isFile && !File.Exists(given))
            {
                return Shell.Invalid(parsed, $"--config names the file '{given}', which does not exist. Give a YAML or JSON file, or JSON that begins with '{{'.");
            }

            var text = isFile ? await File.ReadAllTextAsync(given!, cancellation) : given;
            var options = QualityValidation.OptionsForLook(text, isFile ? given : null, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
            var checks = JsonNode.Parse(options)!.AsObject();
            if (parsed.GetValue(against) is { } other)
            {
                checks["baseline"] = JsonSerializer.SerializeToNode(await DistributionsAsync(parsed, other, cancellation), StepJson.Options);
            }

            IReadOnlyList<string> ignored = [];
            if (parsed.GetValue(schema) is { } declared)
            {
                var file = SchemaFile.Read(await ReadSchemaAsync(declared, cancellation), declared);
                checks["schema"] = JsonSerializer.SerializeToNode(file.Demand, StepJson.Options);
                ignored = [.. file.Ignored.Select(i => $"schema: not judged: {i}.")];
            }

            // Only the page shows what a version of the file would be.
            return await SingleRun.WithAsync(parsed.GetRequiredValue(input), Step(checks), evidenceOnly: parsed.GetValue(report) is null, async run =>
            {
                if (parsed.GetValue(evidence) is { } rows)
                {
                    await Exports.WriteAsync(new EvidenceRows(run.Files, run.Record), rows, null, cancellation);
                }

                if (parsed.GetValue(report) is { } page)
                {
                    var version = run.Outcome.Version is null ? null : (await run.Catalogue.ShowAsync(run.Outcome.Dataset, "latest", cancellation)).Manifest;
                    await File.WriteAllTextAsync(page, HtmlReport.Render(version, run.Record), cancellation);
                }

                return await ShowAsync(parsed, parsed.GetRequiredValue(input), run, ignored, cancellation);
            }, cancellation);
        });
        return command;
    }

    static JsonObject Step(JsonNode checks) => new() { ["id"] = "check", ["type"] = "quality_validation", ["config"] = checks };

    static async Task<string> ReadSchemaAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"--schema names '{path}', which cannot be read: {error.Message}", null);
        }
    }

    static async Task<Distributions> DistributionsAsync(ParseResult parsed, string other, CancellationToken cancellation)
    {
        const string Drift = """{ "checks": ["drift"] }""";
        if (NamedVersion.Is(other))
        {
            return (await NamedVersion.ReadAsync(parsed, other, rows => QualityLook.OfAsync(Drift, rows, DateOnly.MinValue, cancellation), cancellation)).Distributions!;
        }

        Distributions? found = null;
        await SingleRun.WithAsync(other, Step(JsonNode.Parse(Drift)!), evidenceOnly: true, run =>
        {
            found = run.Record.QualityBefore.Deserialize<QualityReport>(StepJson.Options)!.Distributions;
            return Task.FromResult(ExitCodes.Done);
        }, cancellation);
        return found!;
    }

    static async Task<int> ShowAsync(ParseResult parsed, string file, SingleResult run, IReadOnlyList<string> ignored, CancellationToken cancellation)
    {
        var report = run.Record.QualityBefore.Deserialize<QualityReport>(StepJson.Options)!;
        var findings = await TableFindings.OfAsync(file, report with { Notes = [.. ignored, .. report.Notes] }, run, cancellation);
        var exitCode = run.Record.GateFailure is null ? ExitCodes.Done : ExitCodes.GateFailed;
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(findings);
            return exitCode;
        }

        Ui.QualityView.Show(findings);
        return run.Record.GateFailure is null ? exitCode : Shell.Fail(parsed, exitCode, run.Record.GateFailure);
    }
}
