using System.Text;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Llm.Loopback;
using Sluice.Runs;
using Sluice.Storage;
using Sluice.Tests.Storage;

namespace Sluice.Functions.Tests.Llm;

/// <summary>A pipeline with one step that asks by batches, its store, and runs of it without Durable.</summary>
sealed class BatchRuns : IAsyncDisposable
{
    readonly ConfiguredModels models;
    readonly TemporaryFolder folder = new();
    readonly MemoryLedger ledger = new();

    /// <param name="server">Where models are.</param>
    /// <param name="format">openai, azure, anthropic, or local.</param>
    public BatchRuns(LoopbackModels server, string format)
    {
        (string Kind, string Endpoint, string As) = format switch
        {
            "openai" => ("OpenAI", server.OpenAI, "openai/gpt-5.6-luna"),
            "azure" => ("AzureOpenAI", server.Address, "openai/gpt-5.6-luna"),
            "anthropic" => ("Anthropic", server.Address, "anthropic/claude-haiku-4-5"),
            _ => ("Compatible", server.OpenAI, ""),
        };
        models = ConfiguredModels.Of(
        [
            ("Providers:p:Kind", Kind), ("Providers:p:Endpoint", Endpoint), ("Providers:p:Key", "key-of-a-test"), ("Models:small:Provider", "p"), ("Models:small:As", As),
            ("DefaultModel", "small"), .. LoopbackPrice.Usual.Settings.Select(p => ($"Models:small:{p.Name}", p.Value)),
        ]);
        File.WriteAllText(Path.Combine(folder.Path, "data.csv"), "id,text\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},word {i}\n")));
    }

    public MemoryStore Store { get; } = new();

    public JumpClock Clock { get; } = new();

    public bool BatchApi { get; init; } = true;

    public string MaxWaitHours { get; init; } = "24";

    /// <summary>Units at once.</summary>
    public int Parallelism { get; init; } = 2;

    /// <summary>Before the steps.</summary>
    public string Budget { get; init; } = "";

    public RunRequest Request(string run) => new(run, "pipelines/p.yaml", "p.yaml", folder.Path, 150);

    public RunEngine NewEngine() => new(
        Store, ledger, new BatchFiles(Store), r => new FolderInputs([folder.Path], r.InputFolder), new RunOptions(), Clock, models: models.Models);

    public async Task<RunOutcome> RunAsync(string run, CancellationToken cancellation = default)
    {
        await WriteAsync();
        return await LocalRun.RunAsync(NewEngine(), Request(run), Parallelism, null, cancellation);
    }

    public Task WriteAsync() => Store.CreateAsync("pipelines/p.yaml", Encoding.UTF8.GetBytes($$"""
            name: t
            dataset: t
            {{Budget}}steps:
              - { id: read, type: csv, config: { file_path: data.csv } }
              - id: mood
                type: llm_process
                config: { type: classify, prompt: 'Mood of {{"{{ text }}"}}', labels: [good, bad], batch_size: 5, batch_api: {{(BatchApi ? "true" : "false")}}, max_wait_hours: {{MaxWaitHours}} }

            """), CancellationToken.None);

    public async Task<IReadOnlyList<string>> RowsAsync(RunOutcome run)
    {
        var rows = await new DatasetCatalogue(Store, ledger, new BatchFiles(Store), Clock).OpenAsync(run.Dataset, run.Version!, CancellationToken.None);
        var found = new List<string>();
        await foreach (var batch in rows.ReadAsync(CancellationToken.None))
        {
            found.AddRange(Enumerable.Range(0, batch.Rows).Select(row => string.Join('|', batch.Columns.Select(c => c.Display(row)))));
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await models.DisposeAsync();
        await ledger.DisposeAsync();
        await Store.DisposeAsync();
        folder.Dispose();
    }
}

/// <summary>A clock on which long waits are over at once.</summary>
sealed class JumpClock : TimeProvider
{
    // Whoever renews a claim, or waits for one, waits less.
    static readonly TimeSpan longWait = TimeSpan.FromSeconds(8);

    long waited;

    /// <summary>Told of each wait.</summary>
    public Action Waited { get; set; } = () => { };

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref waited));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > longWait)
        {
            Interlocked.Add(ref waited, dueTime.Ticks);
            Waited();
        }

        return System.CreateTimer(callback, state, dueTime > longWait ? TimeSpan.Zero : dueTime, period);
    }
}
