using System.CommandLine;
using System.Globalization;
using Sluice.Functions.Api;
using Sluice.Llm;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice cost RUN|DATASET</c>: what language models cost, from every call that was made.</summary>
static class CostCommand
{
    // Rows of a terminal; --json has all.
    const int ShownRows = 50;

    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "Run id, also of a run that failed or still goes on, or of one chain of it; DATASET@VERSION, for the run that made it; or DATASET, for all its runs." };
        var by = new Option<string>("--by") { Description = "For one run, what costs are shown for: step, provider (and model), row, or chain where it has several. Default: step.", DefaultValueFactory = _ => "step" };
        by.AcceptOnlyFromAmong("step", "provider", "row", "chain");
        var command = new Command("cost", "Show what language models cost: calls, tokens and US dollars, and what kept answers saved.") { name, by };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(
            parsed, store => ShowAsync(parsed, store, parsed.GetRequiredValue(name), parsed.GetRequiredValue(by), cancellation)));
        return command;
    }

    static async Task<int> ShowAsync(ParseResult parsed, OpenedStore store, string name, string by, CancellationToken cancellation)
    {
        var run = name.Split('@', 2) is [var dataset, var version] ? (await store.Datasets.ShowAsync(dataset, version, cancellation)).Entry.Run : name;
        if (RunIds.IsValid(run) && (await RunCost.FindAsync(store.Objects, run, cancellation) ?? await RunCost.OfChainsAsync(store.Objects, run, cancellation)) is { } cost)
        {
            return await ShowRunAsync(parsed, store, cost, by, cancellation);
        }

        var runs = new List<RunCost>();
        foreach (var (id, _) in await RunCost.RunsAsync(store.Ledger, name, cancellation))
        {
            runs.Add((await RunCost.FindAsync(store.Objects, id, cancellation))!);
        }

        if (runs.Count == 0)
        {
            return Shell.Invalid(parsed, $"'{name}' is no run and no dataset that asked a language model in this store. Expected a run id as 'sluice run' shows it, DATASET@VERSION or a dataset's name.");
        }

        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { dataset = name, costUsd = runs.Sum(r => r.Total.CostUsd), inDoubtUsd = runs.Sum(r => r.InDoubt?.MostUsd ?? 0), savedUsd = runs.Sum(r => r.SavedUsd), calls = runs.Sum(r => r.Total.Calls), runs });
            return ExitCodes.Done;
        }

        var doubtful = runs.Sum(r => r.InDoubt?.Calls ?? 0);
        AnsiConsole.Write(TableOf("run", runs.Select(r => r.Total with { Name = r.Run })));
        AnsiConsole.WriteLine($"{runs.Count} {(runs.Count == 1 ? "run" : "runs")}: {Dollars(runs.Sum(r => r.Total.CostUsd))}; kept answers saved {Dollars(runs.Sum(r => r.SavedUsd))}.{(doubtful == 0 ? "" : $" In doubt besides: {Calls(doubtful)}, at most {Dollars(runs.Sum(r => r.InDoubt?.MostUsd ?? 0))}.")}");
        return ExitCodes.Done;
    }

    static async Task<int> ShowRunAsync(ParseResult parsed, OpenedStore store, RunCost cost, string by, CancellationToken cancellation)
    {
        if (by == "chain" && cost.Chains is null)
        {
            return Shell.Invalid(parsed, $"'{cost.Run}' is a run of one chain. Name the whole run, or use --by step.");
        }

        var rows = by == "row" ? await RowsAsync(store, cost, cancellation) : by == "chain" ? await ChainsAsync(store, cost, cancellation) : null;
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { cost, rows });
            return ExitCodes.Done;
        }

        var facts = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        facts.AddRow("run", Markup.Escape(cost.Run));
        facts.AddRow("cost", Dollars(cost.Total.CostUsd) + (cost.UnpricedCalls > 0 ? $", and {cost.UnpricedCalls:N0} calls without a known price" : ""));
        facts.AddRow("calls", $"{cost.Total.Calls:N0}");
        facts.AddRow("tokens", $"{cost.Total.Tokens.Input:N0} in ({cost.Total.Tokens.CachedInput:N0} cached by the provider), {cost.Total.Tokens.Output:N0} out");
        facts.AddRow("  paid for nothing", $"{cost.Total.WastedTokens.Input:N0} in, {cost.Total.WastedTokens.Output:N0} out");
        if (cost.PaidTwice is { } twice)
        {
            facts.AddRow("  paid twice", $"{Dollars(twice.CostUsd)}: {Calls(twice.Calls)}");
        }

        if (cost.InDoubt is { } doubt)
        {
            facts.AddRow("in doubt", InDoubt(doubt));
        }

        facts.AddRow("saved", $"{Dollars(cost.SavedUsd)}: {cost.KnownAnswers:N0} answers of earlier runs, {cost.RepeatedRows:N0} rows with the same question as another");
        facts.AddRow("unanswered", $"{cost.Unanswered:N0}");
        if (cost.Pii is { } pii)
        {
            facts.AddRow("personal data found", Markup.Escape(string.Join(", ", pii.Select(p => $"{p.Value:N0} {p.Key}"))));
        }

        foreach (var cascade in cost.Cascades ?? [])
        {
            facts.AddRow(Markup.Escape($"{(cascade.IsSemanticCache ? "semantic cache" : "cascade")} of {cascade.Step}"), Markup.Escape(cascade.Note));
        }

        foreach (var kept in cost.Kept ?? [])
        {
            facts.AddRow(Markup.Escape($"kept for {kept.Step}"), string.Create(
                CultureInfo.InvariantCulture, $"{kept.Questions:N0} questions to compare with, {kept.Bytes / 1e6:0.0##} MB{(kept.Removed == 0 ? "" : $"; {kept.Removed:N0} removed, too many or too old")}"));
        }

        foreach (var batch in cost.Batches ?? [])
        {
            facts.AddRow(Markup.Escape($"batch of {batch.Step}"), Markup.Escape(string.Create(
                CultureInfo.InvariantCulture,
                $"{batch.Answered:N0} of {batch.Calls:N0} calls answered for ${batch.PaidUsd:0.00####}, ${batch.SavedUsd:0.00####} less than one by one.{(batch.Note is null ? "" : " " + batch.Note)}")));
        }

        AnsiConsole.Write(facts);
        AnsiConsole.Write(TableOf(by, (rows ?? (by == "step" ? cost.Steps : cost.Models)).Take(ShownRows)));
        if (rows?.Count > ShownRows)
        {
            AnsiConsole.WriteLine($"{ShownRows} of {rows.Count:N0} rows; --json has all.");
        }

        return ExitCodes.Done;
    }

    static async Task<IReadOnlyList<CostLine>> RowsAsync(OpenedStore store, RunCost cost, CancellationToken cancellation)
    {
        var rows = new List<CostLine>();
        foreach (var run in cost.Chains?.Select(c => c.Name) ?? [cost.Run])
        {
            rows.AddRange(await RunCost.RowsAsync(store.Objects, run, cancellation));
        }

        return rows;
    }

    /// <summary>The chains by what they make, with the end of their runs' ids.</summary>
    static async Task<IReadOnlyList<CostLine>> ChainsAsync(OpenedStore store, RunCost cost, CancellationToken cancellation)
    {
        var lines = new List<CostLine>();
        foreach (var chain in cost.Chains!)
        {
            lines.Add(chain with { Name = $"{(await store.Engine.RequestAsync(chain.Name, cancellation)).Chain} ({chain.Name[cost.Run.Length..]})" });
        }

        return lines;
    }

    static string InDoubt(CallsInDoubt doubt) =>
        $"{Calls(doubt.Calls)}, at most {Dollars(doubt.MostUsd)}, not in the cost: begun, and no answer was written down; being made, or cut off by a kill or a stop"
        + (doubt.AskedAgain == 0 ? "" : $". {Calls(doubt.AskedAgain)} made again for {Dollars(doubt.AskedAgainUsd)}, in the cost");

    static string Calls(long count) => $"{count:N0} {(count == 1 ? "call" : "calls")}";

    static Table TableOf(string by, IEnumerable<CostLine> lines)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn(by);
        foreach (var column in new[] { "calls", "tokens in", "tokens out", "cost" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var line in lines)
        {
            table.AddRow(Markup.Escape(line.Name), $"{line.Calls:N0}", $"{line.Tokens.Input:N0}", $"{line.Tokens.Output:N0}", Dollars(line.CostUsd));
        }

        return table;
    }

    static string Dollars(decimal usd) => string.Create(CultureInfo.InvariantCulture, $"${usd:0.00####}");
}
