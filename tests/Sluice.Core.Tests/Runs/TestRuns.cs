using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Storage;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Runs;

/// <summary>A store, a ledger and a folder of input, and runs on them.</summary>
sealed class TestRuns : IAsyncDisposable
{
    public const string Source = """
        name: t
        dataset: t
        steps:
          - id: read
            type: csv
            config: { file_path: data.csv }

        """;

    public const string Chain = Source + """
          - id: check
            type: quality_validation
            config:
              business_rules: [{ type: range, column: amount, min: 0 }]
          - id: clean
            type: data_cleaning
            config: { operations: [strip_whitespace, remove_duplicates], duplicate_keys: [id], columns: [amount, name] }
          - id: split
            type: split
            config: { strategy: random, ratios: { train: 0.8, test: 0.2 }, seed: 7 }
          - id: fill
            type: handle_missing
            config: { columns: [amount], missing_strategy: median }
          - id: keep
            type: filter
            config: { condition: 'amount >= 0', reason: negative }

        """;

    static readonly Catalog catalog = Catalog.Of([.. typeof(Catalog).Assembly.GetTypes(), typeof(BlowUpStep)]);

    readonly TemporaryFolder folder = new();
    int runs;

    public TestRuns()
        : this(new MemoryStore(), new MemoryLedger())
    {
    }

    public TestRuns(ObjectStore store, Ledger ledger)
    {
        (Store, Ledger) = (store, ledger);
        Files = new BatchFiles(store);
    }

    public ObjectStore Store { get; }

    public Ledger Ledger { get; }

    public BatchFiles Files { get; }

    public string Folder => folder.Path;

    public DatasetCatalogue Catalogue => new(Store, Ledger, Files, TimeProvider.System);

    public RunOptions Options { get; init; } = new() { PublishBytes = 1_500, PublishRows = 100 };

    /// <summary>What steps that ask a language model ask; none unless given.</summary>
    public LanguageModels? Models { get; set; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    /// <summary>One run on files of its own: the rows of its version, its record and its manifest.</summary>
    public static async Task<(List<string> Rows, RunRecord Record, VersionManifest Manifest)> OnceAsync(
        string yaml, LanguageModels? models, IReadOnlyDictionary<string, string> files, long batchBytes, int deliveries)
    {
        await using var runs = new TestRuns { Models = models };
        foreach (var (name, text) in files)
        {
            runs.Write(name, text);
        }

        var run = await runs.RunAsync(yaml, batchBytes: batchBytes, deliveries: deliveries);
        return (await runs.RowsAsync(run.Version), await runs.RecordAsync(run.Outcome), await runs.Catalogue.ManifestAsync("t", run.Version, CancellationToken.None));
    }

    /// <summary>A fresh engine, as after a restart: nothing in memory.</summary>
    public RunEngine NewEngine() => NewEngine(Time);

    /// <summary>As <see cref="NewEngine()"/>, a minute later: what a killed worker had claimed is free again.</summary>
    public RunEngine NewEngineLater() => NewEngine(new Later(Time));

    /// <summary>A fresh engine whose writes go through a disk that may die.</summary>
    public RunEngine NewEngineOn(Disk disk)
    {
        var store = new DiskStore(Store, disk);
        return new RunEngine(
            store, new DiskLedger(Ledger, disk), new BatchFiles(store), request => new FolderInputs([Folder], request.InputFolder), Options, Time, catalog, models: Models);
    }

    RunEngine NewEngine(TimeProvider time) => new(
        Store, Ledger, new BatchFiles(Store), request => new FolderInputs([Folder], request.InputFolder), Options, time, catalog, models: Models);

    public async Task<RunRequest> RequestAsync(string yaml, string? runId = null, long batchBytes = 600, bool replay = false)
    {
        var path = $"pipelines/{new MemoKey("text").Add(yaml).Value()}.yaml";
        await Store.CreateAsync(path, Encoding.UTF8.GetBytes(yaml), CancellationToken.None);
        return new RunRequest(runId ?? $"run-{Interlocked.Increment(ref runs)}", path, "pipeline.yaml", Folder, batchBytes, replay);
    }

    /// <summary>Runs with one new engine, as <see cref="LocalRun"/> does, and counts.</summary>
    public async Task<FinishedRun> RunAsync(string yaml, string? runId = null, long batchBytes = 600, int deliveries = 1, bool replay = false, RunEngine? engine = null)
    {
        engine ??= NewEngine();
        var request = await RequestAsync(yaml, runId, batchBytes, replay);
        var worked = new ConcurrentDictionary<StageKind, int>();
        var stages = new List<Stage>();
        var stage = await engine.AdvanceAsync(request, StageKind.Start, 0, CancellationToken.None);
        while (stage.Outcome is null)
        {
            stages.Add(stage);
            var open = stage;
            await Parallel.ForAsync(0, open.Units * deliveries, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (unit, token) =>
            {
                if (await engine.RunUnitAsync(request.RunId, open.Kind, open.Pass, unit % open.Units, token))
                {
                    worked.AddOrUpdate(open.Kind, 1, (_, count) => count + 1);
                }
            });
            for (var delivery = 0; delivery < deliveries; delivery++)
            {
                stage = await (delivery == 0 ? engine : NewEngine()).AdvanceAsync(request, open.Kind, open.Pass, CancellationToken.None);
            }
        }

        return new FinishedRun(stage.Outcome, stages, new SortedDictionary<StageKind, int>(worked));
    }

    /// <summary>Everything that a version is, as text: its manifest names every file by hash.</summary>
    public async Task<string> BytesAsync(string version) => Encoding.UTF8.GetString(await Store.ReadAsync($"versions/t/{version}.json", CancellationToken.None));

    public async Task<RunRecord> RecordAsync(RunOutcome outcome) => DocumentJson.Parse<RunRecord>(await Store.ReadAsync(outcome.Record!, CancellationToken.None));

    /// <summary>The rows of a version, each as text.</summary>
    public async Task<List<string>> RowsAsync(string version)
    {
        var rows = new List<string>();
        await foreach (var batch in (await Catalogue.OpenAsync("t", version, CancellationToken.None)).ReadAsync(CancellationToken.None))
        {
            rows.AddRange(Enumerable.Range(0, batch.Rows).Select(row => string.Join('|', batch.Columns.Select(c => c.Display(row)))));
        }

        return rows;
    }

    /// <summary>A table with missing cells, duplicates, blanks and negative amounts.</summary>
    public static string Csv(int rows, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder("id,name,amount\n");
        for (var i = 0; i < rows; i++)
        {
            var id = random.Next(10) == 0 ? random.Next(rows) : i;
            var amount = random.Next(12) == 0 ? "" : random.Next(-20, 200).ToString(CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{id},{(random.Next(6) == 0 ? " " : "")}name {random.Next(1_000_000)},{amount}\n");
        }

        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Ledger.DisposeAsync();
        folder.Dispose();
    }

    sealed class Later(TimeProvider time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + TimeSpan.FromMinutes(1);
    }
}

/// <summary>A run that ended.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Stages">Those that had units.</param>
/// <param name="Worked">Units that did work, by stage.</param>
sealed record FinishedRun(RunOutcome Outcome, IReadOnlyList<Stage> Stages, IReadOnlyDictionary<StageKind, int> Worked)
{
    public string Version => Outcome.Version!;

    public int UnitsWorked => Worked.Values.Sum();

    public int WorkedIn(StageKind kind) => Worked.GetValueOrDefault(kind);

    /// <summary>Units and reused ones of a stage's first pass.</summary>
    public (int Units, int Reused) Of(StageKind kind) => Stages.FirstOrDefault(s => s.Kind == kind) is { } stage ? (stage.Units, stage.Reused) : (0, 0);
}
