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
        var (_, text) = await store.Pipelines.SaveTextAsync(await File.ReadAllTextAsync(file.FullName, cancellation), shown, cancellation);
        var request = new RunRequest(store.Pipelines.NewRunId("forecast"), text, shown, file.DirectoryName!, batchBytes, ApprovedUsd: approved, Forecast: true);
        await LocalRun.RunAsync(store.Engine, request, Environment.ProcessorCount, null, cancellation);
        var forecast = await CostForecast.ReadAsync(store.Objects, request.RunId, cancellation);
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(forecast);
            return ExitCodes.Done;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumn("step");
        foreach (var column in new[] { "questions", "to ask", "asked now", "calls", "tokens in", "tokens out", "cost (90 %)", "time" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var step in forecast.Steps)
        {
            table.AddRow(
                Markup.Escape(step.Step), $"{step.Questions:N0}", $"{step.Open:N0}", $"{step.Sampled:N0}", $"{step.Calls:N0}", $"{step.InputTokens.Value:N0}", $"{step.OutputTokens.Value:N0}",
                Dollars(step.CostUsd), $"{step.Seconds:N0} s");
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"The run will cost {Dollars(forecast.CostUsd)}. The sample cost ${forecast.SampleUsd.ToString("0.00####", CultureInfo.InvariantCulture)}; its answers are kept.");
        return ExitCodes.Done;
    }

    static string Dollars(Estimate? cost) => cost is null ? "an unknown price" : string.Create(
        CultureInfo.InvariantCulture, $"${cost.Value:0.00##} (${cost.Low:0.00##} to {(double.IsPositiveInfinity(cost.High) ? "?" : "$" + cost.High.ToString("0.00##", CultureInfo.InvariantCulture))})");
}
