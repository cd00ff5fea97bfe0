using System.CommandLine;
using System.Text.Json.Nodes;
using Sluice.Cli.Ui;
using Sluice.Connectors;
using Sluice.Pipelines;
using Sluice.Profiles;
using Sluice.Profiles.Kpis;
using Sluice.Reports;
using Sluice.Steps;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice profile FILE [--against OTHER]</c>: what a file or version holds, and what changed since another one.</summary>
static class ProfileCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("in") { Description = "File, folder or glob to read, or DATASET@VERSION." };
        var against = new Option<string?>("--against") { Description = "File or DATASET@VERSION to compare with: what changed since." };
        var output = new Option<string?>("--out", "-o") { Description = "HTML report to write, for example report.html." };
        var failOn = new Option<Severity?>("--fail-on") { Description = "With --against: end with 1 when a change is at least so severe: low, medium, high, critical." };
        var kpis = new Option<string?>("--kpis") { Description = "Key figures of the set: coverage, accuracy, diversity, freshness, as a YAML or JSON file, or JSON." };
        var command = new Command("profile", "Profile a file or a version; compare it with another.") { input, against, output, failOn, kpis };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            var wanted = parsed.GetValue(kpis) is { } given ? await KeyFiguresLook.ReadAsync(given, cancellation) : null;
            return await RunAsync(parsed, parsed.GetRequiredValue(input), parsed.GetValue(against), parsed.GetValue(output), parsed.GetValue(failOn), wanted, cancellation);
        });
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, string input, string? against, string? output, Severity? failOn, KpiOptions? wanted, CancellationToken cancellation)
    {
        if (failOn is not null && against is null)
        {
            return Shell.Invalid(parsed, "--fail-on judges changes, and there is nothing to compare with. Add --against FILE or DATASET@VERSION.");
        }

        if (output is not null && Path.GetExtension(output).ToLowerInvariant() is not (".html" or ".htm"))
        {
            return Shell.Invalid(parsed, $"--out is '{output}'; expected a name that ends in .html. For other programs there is --json.");
        }

        var started = TimeProvider.System.GetTimestamp();
        var before = against is null ? null : await ScanAsync(parsed, against, cancellation);
        var scan = await ScanAsync(parsed, input, cancellation);
        var (profile, drift) = (scan.Profile(), before is null ? null : scan.Since(before));
        var kpis = wanted is null ? null : await KeyFiguresLook.OfAsync(parsed, input, wanted, cancellation);
        if (output is not null)
        {
            await Exports.WritePageAsync(output, ProfileReport.Render(Path.GetFileName(input), profile, against is null ? null : Path.GetFileName(against), drift, kpis), cancellation);
        }

        var exitCode = failOn is not null && drift!.Severity >= failOn ? ExitCodes.GateFailed : ExitCodes.Done;
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { profile, kpis, scan.Rejected, against, drift, report = output, exitCode });
            return exitCode;
        }

        ProfileView.Show(input, profile, scan.Rejected, TimeProvider.System.GetElapsedTime(started));
        if (kpis is not null)
        {
            KeyFiguresView.Show(kpis);
        }

        if (drift is not null)
        {
            ProfileView.Show(against!, drift);
        }

        if (output is not null)
        {
            AnsiConsole.MarkupLineInterpolated($"report → {output}");
        }

        return exitCode == ExitCodes.Done ? exitCode : Shell.Fail(parsed, exitCode, $"Something changed with severity {Word(drift!.Severity!.Value)}; --fail-on {Word(failOn!.Value)} allows less.");
    }

    static string Word(Severity severity) => severity.ToString().ToLowerInvariant();

    static async Task<TableScan> ScanAsync(ParseResult parsed, string input, CancellationToken cancellation)
    {
        if (NamedVersion.Is(input))
        {
            return await NamedVersion.ReadAsync(parsed, input, rows => TableScan.OfAsync(rows, Environment.ProcessorCount, cancellation), cancellation);
        }

        var folder = Environment.CurrentDirectory;
        var options = new JsonObject { ["file_path"] = input };
        var source = (Source)Catalog.Default.Configure(CapabilityKind.Source, FormatOf.Source(input), options.ToJsonString());
        return await TableScan.OfAsync(source, new FolderInputs([Path.GetPathRoot(folder)!], folder), Environment.ProcessorCount, cancellation);
    }
}
