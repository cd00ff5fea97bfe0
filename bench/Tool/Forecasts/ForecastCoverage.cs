using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Functions.Llm;
using Sluice.Llm;
using Sluice.Llm.Loopback;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Bench.Forecasts;

/// <summary>How often what a run came to lies in the interval that its forecast had given, over seeded workloads that are really run against a server of this machine.</summary>
static class ForecastCoverage
{
    static readonly string[] quantities = ["rows", "tokens read", "tokens written", "US dollars", "seconds"];

    public static async Task RunAsync(int count, int seed)
    {
        await using var server = await LoopbackModels.StartAsync();
        server.Prices["m"] = LoopbackPrice.Usual;
        server.Answer = SimulatedModel.Answer;
        await using var services = Services(server);
        var lines = new List<Line>();
        for (var i = 0; i < count; i++)
        {
            lines.AddRange(await CompareAsync(Workload.Of(seed + i), services.GetRequiredService<LanguageModels>()));
        }

        foreach (var miss in lines.Where(l => !l.IsInside))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"outside: {miss.Workload}: {miss.Quantity} {miss.Actual:0.####}, forecast {miss.Forecast.Value:0.####} ({miss.Forecast.Low:0.####} to {miss.Forecast.High:0.####})"));
        }

        Console.WriteLine($"{count} workloads from seed {seed}: an interval of 90 % should hold what the run came to in 85 to 95 of 100.");
        Console.WriteLine($"{"",-16}{"intervals",10}{"inside",9}{"below",8}{"above",8}{"half width",12}{"without interval",18}{"right",7}");
        foreach (var quantity in quantities)
        {
            var open = lines.Where(l => l.Quantity == quantity && !l.IsExact).ToList();
            var exact = lines.Where(l => l.Quantity == quantity && l.IsExact).ToList();
            var widths = open.Where(l => l.Forecast.Value > 0).Select(l => (l.Forecast.High - l.Forecast.Low) / 2 / l.Forecast.Value).Order().ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{quantity,-16}{open.Count,10}{(double)open.Count(l => l.IsInside) / Math.Max(1, open.Count),9:0.0%}{open.Count(l => l.Actual < l.Forecast.Low),8}{open.Count(l => l.Actual > l.Forecast.High),8}{(widths.Count == 0 ? 0 : widths[widths.Count / 2]),12:0.0%}{exact.Count,18}{exact.Count(l => l.IsInside),7}"));
        }
    }

    /// <summary>Forecasts and then runs one workload.</summary>
    static async Task<IReadOnlyList<Line>> CompareAsync(Workload workload, LanguageModels models)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-forecast-").FullName;
        await using var store = new MemoryStore();
        await using var ledger = new MemoryLedger();
        await store.CreateAsync("pipelines/p.yaml", System.Text.Encoding.UTF8.GetBytes(workload.Yaml), CancellationToken.None);
        var engine = new RunEngine(store, ledger, new BatchFiles(store), r => new FolderInputs([folder], r.InputFolder), new RunOptions(), TimeProvider.System, models: models);
        RunRequest Request(string id) => new(id, "pipelines/p.yaml", "p.yaml", folder, workload.BatchBytes);
        try
        {
            if (workload.KnownRows > 0)
            {
                workload.Write(folder, workload.KnownRows);
                await LocalRun.RunAsync(engine, Request("before"), 1, null, CancellationToken.None);
            }

            workload.Write(folder, workload.Rows);
            await LocalRun.RunAsync(engine, Request("forecast") with { Forecast = true }, 1, null, CancellationToken.None);
            var forecast = await CostForecast.ReadAsync(store, "forecast", CancellationToken.None);

            var outcome = await LocalRun.RunAsync(engine, Request("run"), 1, null, CancellationToken.None);
            var cost = await RunCost.FindAsync(store, "run", CancellationToken.None);
            var manifest = await new DatasetCatalogue(store, ledger, new BatchFiles(store), TimeProvider.System).ManifestAsync("p", outcome.Version!, CancellationToken.None);
            double[] actual = [manifest.Rows, cost!.Total.Tokens.Input, cost.Total.Tokens.Output, (double)cost.Total.CostUsd, Waited(await new CallLog(store, "run").AllAsync(CancellationToken.None))];
            Estimate[] said = [forecast.Rows!, forecast.InputTokens, forecast.OutputTokens, forecast.CostUsd!, forecast.Seconds];
            return [.. quantities.Select((quantity, i) => new Line(workload.ToString(), quantity, said[i], actual[i]))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Seconds in which some call was being made.</summary>
    static double Waited(IReadOnlyList<CallRecord> calls)
    {
        var (total, until) = (TimeSpan.Zero, DateTimeOffset.MinValue);
        foreach (var (from, to) in calls.Select(c => (From: c.At - TimeSpan.FromMilliseconds(c.Milliseconds), To: c.At)).OrderBy(c => c.From))
        {
            var open = from > until ? from : until;
            total += to > open ? to - open : TimeSpan.Zero;
            until = to > until ? to : until;
        }

        return total.TotalSeconds;
    }

    static ServiceProvider Services(LoopbackModels server)
    {
        (string Name, string Value)[] settings =
        [
            ("Providers:p:Kind", "Compatible"), ("Providers:p:Endpoint", server.OpenAI), ("Models:m:Provider", "p"), ("Models:m:ContextTokens", "128000"), ("Models:m:MaxOutputTokens", "32000"),
            ("DefaultModel", "m"), .. LoopbackPrice.Usual.Settings.Select(p => ($"Models:m:{p.Name}", p.Value)),
        ];
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Sluice:Llm:{s.Name}", (string?)s.Value))).Build())
            .AddSingleton<Ledger, MemoryLedger>()
            .AddSingleton(TimeProvider.System)
            .AddLanguageModels()
            .BuildServiceProvider();
    }

    /// <summary>What was forecast of a quantity of a workload, and what it came to.</summary>
    sealed record Line(string Workload, string Quantity, Estimate Forecast, double Actual)
    {
        public bool IsExact => Forecast.High - Forecast.Low <= 1e-9 * Forecast.Value;

        // Sums of prices in binary and in decimal differ in the last digits.
        public bool IsInside => Actual >= Forecast.Low * (1 - 1e-9) && Actual <= Forecast.High * (1 + 1e-9);
    }
}
