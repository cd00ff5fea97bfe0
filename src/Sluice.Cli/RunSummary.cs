using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Cli.Ui;
using Sluice.Datasets;
using Sluice.Examples;
using Sluice.Functions.Api;
using Sluice.Matching;
using Sluice.Privacy;
using Sluice.Runs;
using Sluice.SchemaDetection;
using Sluice.Storage;
using Spectre.Console;

namespace Sluice.Cli;

/// <summary>How a run ended, for people and machines.</summary>
sealed record RunSummary
{
    public required string Run { get; init; }

    /// <summary>Trace of the run; of one that was found done, null.</summary>
    public string? Trace { get; init; }

    public required string Status { get; init; }

    public required int ExitCode { get; init; }

    public string? Error { get; init; }

    public bool Resumed { get; init; }

    public bool UpToDate { get; init; }

    public string? Dataset { get; init; }

    public string? Version { get; init; }

    public long RowsRead { get; init; }

    public long Rows { get; init; }

    public IReadOnlyDictionary<string, long>? Rejected { get; init; }

    /// <summary>Rows that steps made, by reason; null when none did.</summary>
    public IReadOnlyDictionary<string, long>? Made { get; init; }

    public int Quarantined { get; init; }

    public double? QualityBefore { get; init; }

    public double? QualityAfter { get; init; }

    /// <summary>What a reader of the score should know, such as a look at meaning that did not run; null when nothing.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    public IReadOnlyDictionary<string, long>? Sets { get; init; }

    /// <summary>Result of each step that validated a whole set of texts or examples, by its id; null: there was none.</summary>
    public IReadOnlyDictionary<string, SetResult>? Validations { get; init; }

    /// <summary>Columns of the version that hold personal data.</summary>
    public IReadOnlyDictionary<string, SensitiveColumn>? Sensitive { get; init; }

    /// <summary>What language models cost, in US dollars; null where none was asked.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>What kept answers saved, in US dollars.</summary>
    public decimal? SavedUsd { get; init; }

    /// <summary>Questions that got no valid answer; null where there are none.</summary>
    public long? Unanswered { get; init; }

    /// <summary>Seconds of each step, where the pipeline asks for them.</summary>
    public IReadOnlyList<StepTime>? Profile { get; init; }

    public required double Seconds { get; init; }

    public string? Report { get; init; }

    /// <summary>The chains of a pipeline that has several; null: it has one.</summary>
    public IReadOnlyList<RunSummary>? Chains { get; init; }

    public static async Task<RunSummary> OfAsync(LocalApp app, OrchestrationMetadata run, bool resumed, TimeSpan time, CancellationToken cancellation)
    {
        if (run.RuntimeStatus != OrchestrationRuntimeStatus.Completed)
        {
            var cause = RunStatus.Cause(run.FailureDetails);
            return new RunSummary
            {
                Run = run.InstanceId,
                Status = "failed",
                ExitCode = run.RuntimeStatus == OrchestrationRuntimeStatus.Terminated ? ExitCodes.Cancelled : ExitCodes.Of(cause?.ErrorType ?? ""),
                Error = cause?.ErrorMessage ?? "The run was stopped.",
                Seconds = time.TotalSeconds,
            };
        }

        var outcome = run.ReadOutputAs<RunOutcome>()!;
        var store = app.Services.GetRequiredService<ObjectStore>();
        var record = outcome.Record is null ? null : DocumentJson.Parse<RunRecord>(await store.ReadAsync(outcome.Record, cancellation));
        var manifest = outcome.Version is null ? null
            : (await app.Services.GetRequiredService<DatasetCatalogue>().ShowAsync(outcome.Dataset, outcome.Version, cancellation)).Manifest;
        var report = await RunReports.WriteAsync(app, outcome, manifest, record, time, cancellation);
        return new RunSummary
        {
            Run = run.InstanceId,
            Trace = record?.Trace,
            Status = outcome.GateFailure is null ? "done" : "gate_failed",
            ExitCode = outcome.GateFailure is null ? ExitCodes.Done : ExitCodes.GateFailed,
            Error = outcome.GateFailure,
            Resumed = resumed,
            UpToDate = outcome.UpToDate,
            Dataset = outcome.Dataset,
            Version = outcome.Version,
            RowsRead = manifest?.RowsRead ?? record?.RowsRead ?? 0,
            Rows = manifest?.Rows ?? 0,
            Rejected = manifest?.Rejected ?? record?.Rejected,
            Made = manifest?.Made ?? record?.Made,
            Quarantined = record?.Quarantine.Count ?? 0,
            QualityBefore = Score(manifest?.QualityBefore ?? record?.QualityBefore),
            QualityAfter = Score(manifest?.QualityAfter),
            Notes = NotesOf(manifest, record),
            Sets = manifest is null ? null : SetsOf(manifest),
            Validations = record?.Validations,
            Sensitive = manifest?.Sensitive,
            CostUsd = outcome.UpToDate ? null : record?.Cost?.Total.CostUsd,
            SavedUsd = outcome.UpToDate ? null : record?.Cost?.SavedUsd,
            Unanswered = record?.Cost?.Unanswered is > 0 and var unanswered ? unanswered : null,
            Profile = record?.Profile,
            Seconds = time.TotalSeconds,
            Report = report,
        };
    }

    public int Show(ParseResult parsed)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(this);
            return ExitCode;
        }

        if (Chains is not null)
        {
            return GraphView.Show(this, Chains);
        }

        if (Version is null && RowsRead == 0)
        {
            return Shell.Fail(parsed, ExitCode, Error ?? Status);
        }

        if (UpToDate)
        {
            AnsiConsole.MarkupLineInterpolated($"[green]Nothing to do:[/] pipeline and input have not changed since version {Version}.");
        }

        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        table.AddRow("rows read", $"{RowsRead:N0}");
        var pairs = PairVerdicts.Of(Rejected, Made);
        foreach (var (reason, count) in (Made ?? new Dictionary<string, long>()).Where(m => pairs.Count == 0 || m.Key != PairVerdicts.Made))
        {
            table.AddRow($"  made: {Markup.Escape(reason)}", $"{count:N0}");
        }

        table.AddRow("rows kept", $"{Rows:N0}");
        foreach (var (reason, count) in (Rejected ?? new Dictionary<string, long>()).Where(r => !pairs.ContainsKey(r.Key)))
        {
            table.AddRow($"  rejected: {Markup.Escape(reason)}", $"{count:N0}");
        }

        foreach (var (reason, count) in pairs)
        {
            table.AddRow($"  pairs judged: {Markup.Escape(reason)}", $"{count:N0}");
        }

        foreach (var step in Profile ?? [])
        {
            table.AddRow($"  seconds: {Markup.Escape(step.Step)}", $"{step.Seconds:0.000}");
        }

        table.AddRow("quality score", $"{QualityBefore:0.0}{(QualityAfter is null ? "" : $" → {QualityAfter:0.0}")}");
        if (Sets is { Count: > 0 })
        {
            table.AddRow("sets", Markup.Escape(string.Join(", ", Sets.Select(s => $"{s.Key} {s.Value:N0}"))));
        }

        foreach (var (column, tag) in Sensitive ?? new Dictionary<string, SensitiveColumn>())
        {
            table.AddRow($"  personal: {Markup.Escape(column)}", $"{tag.Sensitivity}, {(tag.IsProtected ? "protected" : "in the clear")}: {Markup.Escape(string.Join(", ", tag.Kinds.Take(4)).Replace('_', ' '))}{(tag.Kinds.Count > 4 ? "…" : "")}");
        }

        if (CostUsd is not null)
        {
            table.AddRow("language models", string.Create(CultureInfo.InvariantCulture, $"${CostUsd:0.00##}{(SavedUsd > 0 ? $", saved ${SavedUsd:0.00##}" : "")} (sluice cost {Run})"));
        }

        table.AddRow("time", $"{Seconds:0.0} s{(Resumed ? " (went on with a run that was cut off)" : "")}");
        table.AddRow("version", Version is null ? "[red]none[/]" : $"{Markup.Escape(Dataset!)}@{Version}");
        if (Report is not null)
        {
            table.AddRow("report", Markup.Escape(Report));
        }

        AnsiConsole.Write(table);
        foreach (var note in Notes ?? [])
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]note:[/] {note}");
        }

        if (Unanswered > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]{Unanswered:N0} questions got no valid answer.[/] See 'sluice evidence {Run}'; another run asks for them again, and for nothing else.");
        }

        if (Quarantined > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]{Quarantined} rows are in quarantine.[/] See 'sluice quarantine {Run}'; retry with 'run --replay-quarantine'.");
        }

        return Error is null ? ExitCode : Shell.Fail(parsed, ExitCode, Error);
    }

    static double? Score(JsonElement? report) =>
        report is { ValueKind: JsonValueKind.Object } quality && quality.TryGetProperty("score", out var score) ? score.GetDouble() : null;

    static List<string>? NotesOf(VersionManifest? manifest, RunRecord? record)
    {
        var notes = TextsOf(manifest?.QualityBefore ?? record?.QualityBefore, "notes").ToList();
        if (manifest?.Steps.Any(s => TextsOf(s.Fitted, "notes").Contains(ModelRefiner.NotAsked)) == true)
        {
            notes.Add(ModelRefiner.NotAsked);
        }

        foreach (var step in manifest?.Steps ?? [])
        {
            if (step.Counts.Failures.GetValueOrDefault("llm_not_asked") is var rows and > 0)
            {
                notes.Add($"{step.Counts.Step}: no language model is configured, so {rows:N0} {(rows == 1 ? "row was" : "rows were")} decided without one (llm_not_asked in 'sluice evidence').");
            }

            if (step.Fitted is { ValueKind: JsonValueKind.Object } fitted && fitted.TryGetProperty("candidate_recall", out var recall))
            {
                notes.Add($"{step.Counts.Step}: {recall.GetProperty("note").GetString()}");
            }
        }

        return notes.Count == 0 ? null : notes;
    }

    static IEnumerable<string> TextsOf(JsonElement? from, string name) =>
        from is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!)
            : [];

    static Dictionary<string, long> SetsOf(VersionManifest manifest)
    {
        var sets = new Dictionary<string, long>();
        foreach (var step in manifest.Steps)
        {
            if (step.Fitted is { ValueKind: JsonValueKind.Object } fitted && fitted.TryGetProperty("sets", out var all) && all.ValueKind == JsonValueKind.Array)
            {
                foreach (var set in all.EnumerateArray())
                {
                    sets[set.GetProperty("name").GetString()!] = set.GetProperty("rows").GetInt64();
                }
            }
        }

        return sets;
    }
}
