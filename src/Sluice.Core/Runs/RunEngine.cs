using System.Collections.Concurrent;
using System.Security.Cryptography;
using Sluice.Connectors;
using Sluice.Embedding;
using Sluice.Llm;
using Sluice.Pipelines;
using Sluice.Quality;
using Sluice.Steps;
using Sluice.Storage;

namespace Sluice.Runs;

/// <summary>
/// Everything a run does, without Durable: <see cref="AdvanceAsync"/> finishes a stage and opens the next, <see cref="RunUnitAsync"/> does
/// one unit of an open stage. Both may be called twice, by any process, and give the same result. Who calls them is a scheduler's affair:
/// an orchestration in the app, a loop in <see cref="LocalRun"/>.
/// </summary>
public sealed partial class RunEngine(
    ObjectStore store, Ledger ledger, BatchFiles files, Func<RunRequest, InputFiles> inputsOf, RunOptions options, TimeProvider time, Catalog? catalog = null,
    Func<RunRequest, OutputFiles>? outputsOf = null, LanguageModels? models = null)
{
    // Documents never change once written, so a process reads each once. Bounded: a long-lived host forgets old runs.
    const int MaxCachedDocuments = 4_096;

    // Titles and outcomes travel in the durable history and the custom status (4 KiB, a character up to 6 bytes of JSON); records have the whole text.
    const int MaxTitle = 200;
    const int MaxGateFailure = 400;
    readonly ConcurrentDictionary<string, object> documents = new(StringComparer.Ordinal);
    readonly VectorStore vectors = new(store);
    readonly RunTables tables = new(catalog ?? Catalog.Default);

    LanguageModels Models { get; } = models ?? LanguageModels.None;

    /// <summary>Runs one unit of a stage.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="kind">Kind of the open stage.</param>
    /// <param name="pass">Its pass.</param>
    /// <param name="unit">Which of its units, 0-based.</param>
    /// <param name="cancellation">Stops at the next safe point; nothing half done is ever visible.</param>
    /// <returns>False: it was done before, and nothing was done now.</returns>
    public async Task<bool> RunUnitAsync(string runId, StageKind kind, int pass, int unit, CancellationToken cancellation)
    {
        var run = await OpenAsync(runId, cancellation);
        var pending = await ReadDocumentAsync<Pending>(PendingPath(runId, kind, pass), cancellation);
        var index = pending.Units[unit];
        return await (kind switch
        {
            StageKind.Ingest => IngestAsync(run, index, null, cancellation),
            StageKind.Retype => IngestAsync(run, index, (await UnifiedAsync(run, cancellation)).Schema, cancellation),
            StageKind.Observe => ObserveAsync(run, pass, index, cancellation),
            StageKind.Cheap => AskCheapAsync(run, pass, index, cancellation),
            StageKind.Sample => AskSampleAsync(run, pass, index, cancellation),
            StageKind.Ask => AskAsync(run, pass, index, cancellation),
            StageKind.Batch => BatchAsync(run, pass, index, cancellation),
            StageKind.Collect => CollectAsync(run, pass, index, cancellation),
            StageKind.Apply => ApplyAsync(run, index, cancellation),
            StageKind.Publish => PublishAsync(run, index, cancellation),
            StageKind.Measure => MeasureAsync(run, index, cancellation),
            StageKind.Export => ExportAsync(run, index, cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This stage has no units."),
        });
    }

    /// <summary>Finishes a stage (null: none yet) and opens the next that has something to do.</summary>
    /// <exception cref="PipelineException">The pipeline does not fit the data.</exception>
    /// <exception cref="SourceException">The input cannot be read.</exception>
    public async Task<Stage> AdvanceAsync(RunRequest request, StageKind after, int pass, CancellationToken cancellation)
    {
        var stage = await NextAsync(request, after, pass, cancellation);
        while (stage.Units == 0 && stage.Outcome is null && stage.Wait is null)
        {
            stage = await NextAsync(request, stage.Kind, stage.Pass, cancellation);
        }

        return stage;
    }

    async Task<Stage> NextAsync(RunRequest request, StageKind after, int pass, CancellationToken cancellation)
    {
        if (after == StageKind.Start)
        {
            return await StartAsync(request, cancellation);
        }

        var run = await OpenAsync(request.RunId, cancellation);
        return after switch
        {
            StageKind.Ingest => await OpenRetypeAsync(run, cancellation),
            StageKind.Retype => await OpenPassAsync(run, 0, cancellation),
            StageKind.Observe => await FinishPassAsync(run, pass, cancellation),
            StageKind.Cheap => await OpenSampleAsync(run, pass, cancellation),
            StageKind.Sample => await FinishSampleAsync(run, pass, cancellation),
            StageKind.Batch or StageKind.Await => await AwaitBatchesAsync(run, pass, cancellation),
            StageKind.Ask => await OpenCollectAsync(run, pass, cancellation),
            StageKind.Collect => await FinishCollectAsync(run, pass, cancellation),
            StageKind.Apply => await OpenPublishAsync(run, cancellation),
            StageKind.Publish => await OpenMeasureAsync(run, cancellation),
            StageKind.Measure => await OpenExportAsync(run, cancellation),
            StageKind.Export => await FinishAsync(run, cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(after), after, "Nothing follows this stage."),
        };
    }

    /// <summary>Opens a stage: which of its units have no finished work yet. Decided once a run, so that every delivery counts alike.</summary>
    async Task<Stage> OpenStageAsync(
        Run run, StageKind kind, int pass, string title, IReadOnlyList<int> units, Func<int, Task<bool>> isDone, CancellationToken cancellation)
    {
        var path = PendingPath(run.Id, kind, pass);
        var pending = await TryReadDocumentAsync<Pending>(path, cancellation);
        if (pending is null)
        {
            var open = new List<int>();
            foreach (var unit in units)
            {
                if (!await isDone(unit))
                {
                    open.Add(unit);
                }
            }

            pending = await WriteDocumentAsync(path, new Pending(open, units.Count - open.Count), cancellation);
        }

        return new Stage(kind, pass, title, pending.Units.Count, pending.Reused, null, run.Pipeline.Optimization.Parallelism ?? StageWindow.MaxUnits);
    }

    async Task<Run> OpenAsync(string runId, CancellationToken cancellation)
    {
        var plan = await ReadDocumentAsync<RunPlan>(PlanPath(runId), cancellation);
        var pipeline = await tables.OpenAsync(runId, await PipelineAsync(plan.Request, cancellation), inputsOf(plan.Request), Catalogue, plan.Versions, plan.Inputs, cancellation);
        return new Run(plan, pipeline, plan.Physical?.Of(pipeline) ?? pipeline, inputsOf(plan.Request), OutputsOf(plan.Request), vectors);
    }

    /// <summary>What a run logs that has begun; null: nothing.</summary>
    public async Task<RunLogLevel?> LogLevelAsync(string runId, CancellationToken cancellation) =>
        await LogLevelAsync((await ReadDocumentAsync<RunPlan>(PlanPath(runId), cancellation)).Request, cancellation);

    /// <summary>What a run logs; null: nothing, or its pipeline cannot be read.</summary>
    public async Task<RunLogLevel?> LogLevelAsync(RunRequest request, CancellationToken cancellation)
    {
        try
        {
            return (await PipelineAsync(request, cancellation)).LogLevel;
        }
        catch (PipelineException)
        {
            return null;
        }
    }

    /// <summary>Lets runs that name this path have a pipeline that is no text.</summary>
    internal void Use(string path, Pipeline pipeline) => Remember(path, new PipelineGraph([new PipelineChain(pipeline, [])], 0));

    OutputFiles OutputsOf(RunRequest request) => outputsOf?.Invoke(request) ?? new FolderOutputs(request.InputFolder);

    async Task<Pipeline> PipelineAsync(RunRequest request, CancellationToken cancellation) => (await GraphAsync(request, cancellation)).Of(request.Chain);

    async Task<T> ReadDocumentAsync<T>(string path, CancellationToken cancellation)
        where T : class =>
        await TryReadDocumentAsync<T>(path, cancellation) ?? throw new DataException($"Document '{path}' is not in the store. Was part of the store deleted? Start a new run.");

    async Task<T?> TryReadDocumentAsync<T>(string path, CancellationToken cancellation)
        where T : class
    {
        if (documents.TryGetValue(path, out var known))
        {
            return (T)known;
        }

        return await store.StatAsync(path, cancellation) is null
            ? null
            : Remember(path, DocumentJson.Parse<T>(await store.ReadAsync(path, cancellation)));
    }

    /// <summary>Writes a document once; when it is there already, that one counts.</summary>
    async Task<T> WriteDocumentAsync<T>(string path, T document, CancellationToken cancellation)
        where T : class
    {
        if (await store.CreateAsync(path, DocumentJson.Bytes(document), cancellation))
        {
            return Remember(path, document);
        }

        return await ReadDocumentAsync<T>(path, cancellation);
    }

    /// <summary>Puts a document in the place of another; of two writers at once the first counts, as they write the same.</summary>
    async Task ReplaceDocumentAsync<T>(string path, T document, CancellationToken cancellation)
        where T : class
    {
        var before = await store.StatAsync(path, cancellation);
        if (await store.ReplaceAsync(path, DocumentJson.Bytes(document), before?.ETag, cancellation))
        {
            Remember(path, document);
        }
        else
        {
            documents.TryRemove(path, out _);
        }
    }

    /// <summary>Stores bytes under their own hash; gives the path.</summary>
    async Task<string> WriteContentAsync(string folder, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        var path = $"{folder}/{hash[..2]}/{hash}";
        await store.CreateAsync(path, bytes, cancellation);
        return path;
    }

    T Remember<T>(string path, T document)
        where T : class
    {
        if (documents.Count >= MaxCachedDocuments)
        {
            documents.Clear();
        }

        documents[path] = document;
        return document;
    }

    /// <summary>Does a piece of work unless its result is there: a second delivery finds the first one's. Without caching it is done again, and gives the same.</summary>
    async Task<bool> OnceAsync(Run run, string memoPath, Func<Task> work, CancellationToken cancellation)
    {
        if (run.Pipeline.Optimization.Caching && await store.StatAsync(memoPath, cancellation) is not null)
        {
            return false;
        }

        await work();
        return true;
    }

    async Task<bool> HasAsync(Run run, string memoKey, CancellationToken cancellation) =>
        run.Pipeline.Optimization.Caching && await store.StatAsync(MemoKey.PathOf(memoKey), cancellation) is not null;

    // Not between the halves of a surrogate pair: half of one is not JSON.
    static string Cut(string text, int max) =>
        text.Length <= max ? text : text[..(char.IsHighSurrogate(text[max - 2]) ? max - 2 : max - 1)] + "…";

    static int[] All(int units) => [.. Enumerable.Range(0, units)];

    static string PlanPath(string runId) => $"runs/{runId}/plan.json";

    static string PendingPath(string runId, StageKind kind, int pass) => $"runs/{runId}/todo-{kind.ToString().ToLowerInvariant()}-{pass}.json";

    /// <summary>An open run.</summary>
    /// <param name="Plan">Its plan.</param>
    /// <param name="Written">The pipeline as written.</param>
    /// <param name="Pipeline">The same with its steps in the order they run.</param>
    /// <param name="Inputs">Where files come from.</param>
    /// <param name="Outputs">Where files go.</param>
    /// <param name="Vectors">Where vectors are kept.</param>
    sealed record Run(RunPlan Plan, Pipeline Written, Pipeline Pipeline, InputFiles Inputs, OutputFiles Outputs, VectorStore Vectors)
    {
        public string Id => Plan.Request.RunId;

        /// <summary>The run that it is a chain of, whose chains spend one budget; itself where it is none.</summary>
        public string WholeId => GraphRun.WholeOf(Plan.Request);

        public IReadOnlyList<PipelineStep> Chain => Pipeline.Steps;

        public IReadOnlyList<Step> Steps { get; } =
        [
            .. Pipeline.Steps.Select((s, number) => s.Step switch
            {
                IAskModels asking => asking.For(ModelOf(Plan, Plan.Models, number), ModelOf(Plan, Plan.CheapModels, number)),
                QualityValidation checks when Plan.Earlier is { } earlier => checks.Against(earlier.Version, earlier.QualityBefore),
                VectorStep embedding => embedding.On(Vectors),
                EmbedImages images => images.On(Vectors, Inputs, Plan.Inputs),
                Selection.SelectForReview review => review.On(Vectors),
                var step => step,
            }),
        ];

        /// <summary>Where a step as written runs; -1: it does not.</summary>
        public int PlaceOf(int number) => Plan.Physical is { } plan ? plan.Order.ToList().IndexOf(number) : number;

        // The plan names models by the steps as written.
        static string? ModelOf(RunPlan plan, IReadOnlyDictionary<int, string>? models, int number) => models?.GetValueOrDefault(plan.Physical?.Order[number] ?? number);

        /// <summary>Type, code version and options of a step: what a memo key needs to know of it.</summary>
        public string Identity(int step) => $"{Chain[step].Type}@{Steps[step].CodeVersion}{Steps[step].DependsOn}{Chain[step].OptionsJson}";

        public Connectors.Source Source => Pipeline.Source.Source;

        public string SourceIdentity => $"{Pipeline.Source.Type}@{Source.CodeVersion}{Pipeline.Source.OptionsJson}";
    }
}
