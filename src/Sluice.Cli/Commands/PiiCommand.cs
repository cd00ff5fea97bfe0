using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Cli.Ui;
using Sluice.Privacy;
using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice pii FILE</c>: what personal data a table holds, by column and cell, and a protected copy of it.</summary>
static class PiiCommand
{
    const int MaxPlaces = 5;

    public static Command Create()
    {
        var input = new Argument<string>("file") { Description = "File, folder or glob to read." };
        var action = new Option<PiiAction>("--action") { Description = "What happens to what is found, in --out: flag, mask, remove, redact, hash, encrypt, pseudonym or surrogate. Default: flag." };
        var key = new Option<string?>("--key") { Description = "For hash, encrypt, pseudonym and surrogate: where the key is, env:NAME or file:PATH." };
        var columns = new Option<string[]>("--column") { Description = "Column to look at; may be given several times. Default: all." };
        var entities = new Option<string[]>("--entity") { Description = "Kind to look for, for example email; may be given several times. Default: all." };
        var countries = new Option<string[]>("--country") { Description = "Country whose identifiers are looked for, for example us; may be given several times. Default: all." };
        var confidence = new Option<double?>("--min-confidence") { Description = "Least confidence of a finding, 0 to 1. Default: 0.5." };
        var output = new Option<string?>("--out", "-o") { Description = "File for the rows after the action: .parquet, .csv or .jsonl." };
        var evidence = new Option<string?>("--evidence") { Description = "File with row, column and kind of every finding: .parquet, .csv or .jsonl. No values." };
        var show = new Option<bool>("--show-values") { Description = "Print the cells that the examples are of. Without it no value is printed." };
        var command = new Command("pii", "Say what personal data a table holds and where; protect it in a copy.") { input, action, key, columns, entities, countries, confidence, output, evidence, show };
        command.Add(PiiAccessCommand.Create());
        Shell.Act(command, async (parsed, cancellation) =>
        {
            if (parsed.GetValue(action) != PiiAction.Flag && parsed.GetValue(output) is null)
            {
                return Shell.Invalid(parsed, "--action changes what is found, and there is no file to write it to. Add --out FILE.");
            }

            var config = new JsonObject { ["action"] = parsed.GetValue(action).ToString().ToLowerInvariant() };
            foreach (var (name, values) in new[] { ("columns", parsed.GetValue(columns)), ("entities", parsed.GetValue(entities)), ("countries", parsed.GetValue(countries)) })
            {
                if (values is { Length: > 0 })
                {
                    config[name] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
                }
            }

            if (parsed.GetValue(confidence) is { } least)
            {
                config["min_confidence"] = least;
            }

            if (parsed.GetValue(key) is { } where)
            {
                config["key"] = where;
            }

            var step = new JsonObject { ["id"] = "pii", ["type"] = "pii_detection", ["config"] = config };
            return await SingleRun.WithAsync(parsed.GetRequiredValue(input), step, evidenceOnly: false, async run =>
            {
                if (run.Outcome.Version is null)
                {
                    return Shell.Fail(parsed, ExitCodes.GateFailed, run.Record.GateFailure ?? "No row could be read.");
                }

                if (parsed.GetValue(evidence) is { } rows)
                {
                    await Exports.WriteAsync(new EvidenceRows(run.Files, run.Record), rows, null, cancellation);
                }

                if (parsed.GetValue(output) is { } file)
                {
                    await Exports.WriteAsync(await run.Catalogue.OpenAsync(run.Outcome.Dataset, run.Outcome.Version, cancellation), file, null, cancellation);
                }

                var found = await FindingsAsync(parsed.GetRequiredValue(input), parsed.GetValue(output), parsed.GetValue(show), run, cancellation);
                if (parsed.GetValue(Shell.Json))
                {
                    Shell.Print(found);
                }
                else
                {
                    PiiView.Show(found);
                }

                return ExitCodes.Done;
            }, cancellation);
        });
        return command;
    }

    static async Task<PiiFindings> FindingsAsync(string file, string? output, bool withValues, SingleResult run, CancellationToken cancellation)
    {
        var manifest = (await run.Catalogue.ShowAsync(run.Outcome.Dataset, "latest", cancellation)).Manifest;
        var columns = manifest.Steps[^1].Fitted!.Value.Deserialize<PiiReport>(StepJson.Options)!.Columns;
        var places = new Dictionary<(string Column, string Kind), List<PiiPlace>>();
        await foreach (var batch in new EvidenceRows(run.Files, run.Record).ReadAsync(cancellation))
        {
            var (reasons, names, values) = (batch["reason"], batch["column"], batch["value"]);
            for (var row = 0; row < batch.Rows; row++)
            {
                var key = (names.Display(row), reasons.Display(row)["pii_".Length..]);
                places.TryAdd(key, []);
                if (places[key].Count < MaxPlaces)
                {
                    places[key].Add(new PiiPlace(batch.Int64("row")[row], null));
                }
            }
        }

        if (withValues)
        {
            await AddValuesAsync(places, run, cancellation);
        }

        return new PiiFindings(
            file, manifest.RowsRead, run.Record.Rejected.GetValueOrDefault("unreadable"),
            [.. columns.Select(c => new PiiColumnFindings(c.Column, c.Cells, c.Entity, c.Sensitivity, c.Found,
                places.Where(p => p.Key.Column == c.Column).OrderBy(p => p.Key.Kind, StringComparer.Ordinal).ToDictionary(p => p.Key.Kind, p => (IReadOnlyList<PiiPlace>)p.Value)))],
            run.Record.Steps[^1].Changed.Values.Sum(), output);
    }

    // Evidence holds no values: they are looked up among the rows as read.
    static async Task AddValuesAsync(Dictionary<(string Column, string Kind), List<PiiPlace>> places, SingleResult run, CancellationToken cancellation)
    {
        foreach (var part in run.Record.Evidence)
        {
            var rows = await run.Files.ReadAsync(part.Rows, null, cancellation);
            foreach (var ((column, _), found) in places)
            {
                for (var i = 0; i < found.Count; i++)
                {
                    if (found[i].Row - 1 - part.FirstRow is var at && at >= 0 && at < rows.Rows)
                    {
                        found[i] = found[i] with { Value = rows[column].Display((int)at) };
                    }
                }
            }
        }
    }
}

/// <summary>Personal data of a table.</summary>
/// <param name="File">What was read.</param>
/// <param name="Rows">Records read.</param>
/// <param name="Unreadable">Records that could not be read.</param>
/// <param name="Columns">Columns that were looked at.</param>
/// <param name="CellsChanged">Cells that the action changed.</param>
/// <param name="Output">Where the rows were written.</param>
sealed record PiiFindings(string File, long Rows, long Unreadable, IReadOnlyList<PiiColumnFindings> Columns, long CellsChanged, string? Output);

/// <summary>Of one column: the kind it holds as a whole, its sensitivity, cells by kind, and where the first of each kind are.</summary>
sealed record PiiColumnFindings(
    string Column, long Cells, string? Entity, string Sensitivity, IReadOnlyDictionary<string, long> Found, IReadOnlyDictionary<string, IReadOnlyList<PiiPlace>> Places);

/// <summary>A row of the data, counted from 1, and on demand its cell.</summary>
sealed record PiiPlace(long Row, string? Value);
