using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Embedding;
using Sluice.Functions;
using Sluice.Functions.Api;
using Sluice.Functions.Storage;
using Sluice.Labels.Review;
using Sluice.Llm;
using Sluice.Privacy.Access;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Cli;

/// <summary>The store that the settings name, a folder or an account, to read: the app is put together and not started.</summary>
sealed class OpenedStore : IAsyncDisposable
{
    readonly IHost host;

    OpenedStore(IHost host) => this.host = host;

    public BatchFiles Files => host.Services.GetRequiredService<BatchFiles>();

    public ObjectStore Objects => host.Services.GetRequiredService<ObjectStore>();

    public LanguageModels Models => host.Services.GetRequiredService<LanguageModels>();

    public PipelineStore Pipelines => host.Services.GetRequiredService<PipelineStore>();

    public Ledger Ledger => host.Services.GetRequiredService<Ledger>();

    public VectorStore Vectors => new(host.Services.GetRequiredService<ObjectStore>());

    public DatasetRegister Register => host.Services.GetRequiredService<DatasetRegister>();

    public DatasetSearch Search => host.Services.GetRequiredService<DatasetSearch>();

    public RunEngine Engine => host.Services.GetRequiredService<RunEngine>();

    public DatasetCatalogue Datasets => host.Services.GetRequiredService<DatasetCatalogue>();

    public AccessLog Access => host.Services.GetRequiredService<AccessLog>();

    public ReviewStore Reviews => host.Services.GetRequiredService<ReviewStore>();

    /// <summary>Runs a command's body on it. What is not there, store, dataset, version or run, is a wrong command line.</summary>
    public static Task<int> WithAsync(ParseResult parsed, Func<OpenedStore, Task<int>> body) => WithAsync(parsed, Of, body);

    /// <summary>The same on a store that is made where there is none.</summary>
    public static Task<int> MakingAsync(ParseResult parsed, Func<OpenedStore, Task<int>> body) => WithAsync(parsed, Making, body);

    static async Task<int> WithAsync(ParseResult parsed, Func<ParseResult, OpenedStore> open, Func<OpenedStore, Task<int>> body)
    {
        try
        {
            await using var store = open(parsed);
            return await body(store);
        }
        catch (DataException error)
        {
            return Shell.Invalid(parsed, error.Message);
        }
    }

    /// <summary>The rows of a version that a command hands out; the read is noted where they have personal data in the clear.</summary>
    /// <param name="name">DATASET@VERSION, or DATASET for the newest.</param>
    /// <param name="how">The command.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="DataException">There is no such dataset or version.</exception>
    public async Task<(VersionEntry Entry, DatasetRows Rows)> OpenRowsAsync(string name, string how, CancellationToken cancellation)
    {
        var (dataset, version) = NamedVersion.Parse(name);
        var (entry, manifest) = await Datasets.ShowAsync(dataset, version, cancellation);
        await Access.NoteAsync(entry, manifest, Principal, how, cancellation);
        return (entry, await Datasets.OpenAsync(entry.Dataset, entry.Version, cancellation));
    }

    /// <summary>What happened in a run that has ended.</summary>
    /// <exception cref="DataException">There is no such run.</exception>
    public async Task<RunRecord> RecordAsync(string run, CancellationToken cancellation)
    {
        if (!RunIds.IsValid(run))
        {
            throw new DataException($"'{run}' cannot be the id of a run. Expected 1 to {RunIds.MaxLength} of A-Z, a-z, 0-9, '.', '_' and '-', as 'sluice run' shows it.");
        }

        var store = host.Services.GetRequiredService<ObjectStore>();
        if (await RunRecord.FindAsync(store, run, cancellation) is { } record)
        {
            return record;
        }

        var chains = await ChainsAsync(run, cancellation);
        throw new DataException(chains.Count > 0
            ? $"'{run}' is a run of several chains, each with a record of its own. Add the chain to the id: {string.Join(", ", chains.Select(c => $"{c.RunId[run.Length..]} ({c.Dataset})"))}; or name DATASET@VERSION."
            : $"There is no record of a run '{run}' in this store. One is written when a run has ended, and none where it found everything done: name what it found, DATASET@VERSION.");
    }

    /// <summary>Records of the chains of a run of several that have ended; none where it is no such run.</summary>
    async Task<IReadOnlyList<RunRecord>> ChainsAsync(string run, CancellationToken cancellation)
    {
        var records = new List<RunRecord>();
        for (var chain = 0; chain < GraphRun.MostChains; chain++)
        {
            if (await RunRecord.FindAsync(Objects, GraphRun.RunId(run, chain), cancellation) is { } record)
            {
                records.Add(record);
            }
        }

        return records;
    }

    /// <summary>The same by a name from the command line: a run's id, or DATASET@VERSION for the run that made it.</summary>
    /// <exception cref="DataException">There is no such run, dataset or version.</exception>
    public async Task<RunRecord> NamedRecordAsync(string name, CancellationToken cancellation) =>
        await RecordAsync(name.Split('@', 2) is [var dataset, var version] ? (await Datasets.ShowAsync(dataset, version, cancellation)).Entry.Run : name, cancellation);

    /// <summary>The same of a run of several chains too: a record for each chain that has ended.</summary>
    /// <exception cref="DataException">There is no such run, dataset or version.</exception>
    public async Task<IReadOnlyList<RunRecord>> NamedRecordsAsync(string name, CancellationToken cancellation) =>
        RunIds.IsValid(name) && await RunRecord.FindAsync(Objects, name, cancellation) is null && await ChainsAsync(name, cancellation) is { Count: > 0 } chains
            ? chains : [await NamedRecordAsync(name, cancellation)];

    /// <summary>Notes that values are handed out as the run of a version read them. A run without a version has no tags that say what is personal.</summary>
    public async Task NoteAsReadAsync(RunRecord record, string how, CancellationToken cancellation)
    {
        if (record.Version is { } version)
        {
            var (entry, manifest) = await Datasets.ShowAsync(record.Dataset, version, cancellation);
            await Access.NoteAsync(entry, manifest, Principal, how, cancellation, asRead: true);
        }
    }

    static string Principal => $"{Environment.UserName}@{Environment.MachineName}";

    public ValueTask DisposeAsync() => ((IAsyncDisposable)host).DisposeAsync();

    /// <summary>The store, made where there is none.</summary>
    public static OpenedStore Making(ParseResult parsed) => new(Build(parsed));

    /// <summary>The same, whose engine may read a folder with all beneath.</summary>
    public static OpenedStore Reading(ParseResult parsed, string inputRoot) => new(Build(parsed, inputRoot));

    /// <exception cref="DataException">There is no store.</exception>
    public static OpenedStore Of(ParseResult parsed)
    {
        var host = Build(parsed);
        var options = host.Services.GetRequiredService<IOptions<SluiceOptions>>().Value;
        return Stores.KindOf(options.Storage) == StorageKind.Azure || File.Exists(Path.Combine(options.Store, "ledger.db"))
            ? new OpenedStore(host)
            : throw new DataException($"There is no store in '{Path.GetFullPath(options.Store)}'. Run a pipeline first, or name the folder with --store.");
    }

    static IHost Build(ParseResult parsed, params string[] inputRoots)
    {
        var builder = SluiceApp.CreateBuilder(Shell.StoreSetting(parsed), inputRoots: inputRoots.Length > 0 ? inputRoots : null);
        builder.Logging.ClearProviders();
        return builder.Build();
    }
}
