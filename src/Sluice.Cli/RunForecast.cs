using System.CommandLine;
using System.Globalization;
using Sluice.Llm;
using Sluice.Runs;
using Spectre.Console;

namespace Sluice.Cli;

/// <summary><c>sluice run --forecast</c>: what language models will cost, from a sample of the questions that is really asked.</summary>
static class RunForecast
{
    public static async Task<int> ShowAsync(ParseResult parsed, FileInfo file, string shown, long batchBytes, double? approved, CancellationToken cancellation)
    {
        await using var store = OpenedStore.Reading(parsed, Path.GetPathRoot(file.DirectoryName!)!);
        var (pipeline, text) = await store.Pipelines.SaveTextAsync(await File.ReadAllTextAsync(file.FullName, cancellation), shown, cancellation);
        var request = new RunRequest(store.Pipelines.NewRunId("forecast"), text, shown, file.DirectoryName!, batchBytes, ApprovedUsd: approved, Graph: pipeline.Links);
        var chains = await GraphForecast.RunAsync(store.Engine, request, pipeline, Environment.ProcessorCount, cancellation);
        var (known, unknown) = (chains.Select(c => c.Forecast).OfType<CostForecast>().ToList(), chains.Where(c => c.Unknown is not null).ToList());
        var cost = known.Exists(f => f.CostUsd is null) ? null : known.Aggregate(new Estimate(0, 0, 0), (sum, f) => sum + f.CostUsd!);

        // What is not known costs nothing at least, and has no upper bound.
        cost = cost is not null && unknown.Count > 0 ? cost with { High = double.PositiveInfinity } : cost;
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(request.Graph is null ? known[0] : (object)new { run = request.RunId, costUsd = cost, sampleUsd = known.Sum(f => f.SampleUsd), chains });
            return ExitCodes.Done;
        }

        Show(known.SelectMany(f => f.Steps));
        foreach (var chain in unknown)
        {
            AnsiConsole.WriteLine($"{chain.Dataset} is not in it: {chain.Unknown}.");
        }

        // Of several chains only what they cost can be added up: how long they wait depends on which go beside each other, and on what is not known.
        AnsiConsole.WriteLine($"The run will cost {Dollars(cost)}{(known is [var one] && unknown.Count == 0 ? $" and wait {Time(one.Seconds)} for answers" : "")}; in brackets, intervals of 90 %.");
        foreach (var chain in chains.Where(c => c.Forecast?.Rows is not null))
        {
            AnsiConsole.WriteLine($"{(chain.Forecast!.RowsBefore is { } step ? $"Before step '{step}', {chain.Dataset}" : chain.Dataset)} will have {Numbers(chain.Forecast.Rows!)} rows.");
        }

        AnsiConsole.WriteLine(
            $"The sample cost ${known.Sum(f => f.SampleUsd).ToString("0.00####", CultureInfo.InvariantCulture)}; its answers are kept.");
        return ExitCodes.Done;
    }

    static void Show(IEnumerable<StepForecast> steps)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("step");
        foreach (var column in new[] { "questions", "to ask", "asked now", "calls", "tokens in", "tokens out", "cost", "time" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var step in steps)
        {
            table.AddRow(
                Markup.Escape(step.Step), $"{step.Questions:N0}", $"{step.Open:N0}", $"{step.Sampled:N0}", $"{step.Calls:N0}", Numbers(step.InputTokens), Numbers(step.OutputTokens), Dollars(step.CostUsd), Time(step.Seconds));
        }

        AnsiConsole.Write(table);
    }

    static string Dollars(Estimate? cost) => cost is null ? "an unknown price" : Shown(cost, usd => "$" + usd.ToString("0.00##", CultureInfo.InvariantCulture));

    static string Numbers(Estimate number) => Shown(number, value => value.ToString("N0", CultureInfo.InvariantCulture));

    static string Time(Estimate seconds) => Shown(seconds, value => value < 120
        ? value.ToString("0.#", CultureInfo.InvariantCulture) + " s"
        : value < 7_200 ? (value / 60).ToString("0.#", CultureInfo.InvariantCulture) + " min" : (value / 3600).ToString("0.#", CultureInfo.InvariantCulture) + " h");

    static string Shown(Estimate estimate, Func<double, string> show)
    {
        var (value, low, high) = (show(estimate.Value), show(estimate.Low), double.IsPositiveInfinity(estimate.High) ? "?" : show(estimate.High));
        return low == value && high == value ? value : $"{value} ({low} to {high})";
    }
}
