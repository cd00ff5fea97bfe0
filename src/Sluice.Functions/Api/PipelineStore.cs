using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Sluice.Embedding;
using Sluice.Functions.Llm;
using Sluice.Pipelines;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Functions.Api;

/// <summary>A registered pipeline.</summary>
/// <param name="Id">Name in URLs.</param>
/// <param name="Object">Object path of its text.</param>
/// <param name="Refresh">Whether the timer runs it again.</param>
/// <param name="Graph">Its chains, where it has several.</param>
public sealed record RegisteredPipeline(string Id, string Object, bool Refresh, IReadOnlyList<ChainLink>? Graph = null);

/// <summary>Pipelines that the app knows by name, and the requests that run them.</summary>
public sealed class PipelineStore(ObjectStore store, Ledger ledger, TimeProvider time, AllowedModels models, IOptions<LlmOptions> options)
{
    const string Partition = "pipelines";
    const int MaxGraphId = MaxId - GraphRun.MaxSuffix, MaxId = 64;

    /// <summary>Keeps a pipeline's text by content; gives the object path.</summary>
    /// <exception cref="PipelineException">Every problem of the text.</exception>
    public async Task<(PipelineGraph Pipeline, string Object)> SaveTextAsync(string text, string fileName, CancellationToken cancellation)
    {
        var pipeline = PipelineGraph.Parse(text, fileName);
        foreach (var chain in pipeline.Chains)
        {
            chain.Pipeline.CheckModels(models);
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var path = $"pipelines/{Convert.ToHexStringLower(SHA256.HashData(bytes))}.yaml";
        await store.CreateAsync(path, bytes, cancellation);
        return (pipeline, path);
    }

    /// <summary>Registers or replaces a pipeline.</summary>
    public async Task<RegisteredPipeline> PutAsync(string? id, string text, bool refresh, CancellationToken cancellation)
    {
        var (pipeline, path) = await SaveTextAsync(text, "pipeline.yaml", cancellation);
        var registered = new RegisteredPipeline(id ?? pipeline.MainPipeline.Dataset, path, refresh, pipeline.Links);
        if (registered.Graph is not null && registered.Id.Length > MaxGraphId)
        {
            throw new PipelineException(
                $"The id '{registered.Id}' has {registered.Id.Length} characters. A pipeline of several chains may have one of {MaxGraphId}, because the chains' runs add to it: register it under a shorter id.", null);
        }

        var json = Encoding.UTF8.GetString(DocumentJson.Bytes(registered));
        while (await ledger.InsertAsync(Partition, registered.Id, json, cancellation) is null)
        {
            var row = await ledger.GetAsync(Partition, registered.Id, cancellation);
            if (row is not null && await ledger.ReplaceAsync(row, json, cancellation) is not null)
            {
                break;
            }
        }

        return registered;
    }

    /// <summary>Whether it can name a pipeline: in URLs, in run ids, as a folder.</summary>
    public static bool IsId(string id) => id.Length is > 0 and <= MaxId && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>Null when there is none, which is so for every name that is no id.</summary>
    public async Task<RegisteredPipeline?> GetAsync(string id, CancellationToken cancellation) =>
        IsId(id) && await ledger.GetAsync(Partition, id, cancellation) is { } row ? DocumentJson.Parse<RegisteredPipeline>(Encoding.UTF8.GetBytes(row.Json)) : null;

    public async Task<string> TextAsync(RegisteredPipeline pipeline, CancellationToken cancellation) =>
        Encoding.UTF8.GetString(await store.ReadAsync(pipeline.Object, cancellation));

    public async IAsyncEnumerable<RegisteredPipeline> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in ledger.ListAsync(Partition, null, cancellation))
        {
            yield return DocumentJson.Parse<RegisteredPipeline>(Encoding.UTF8.GetBytes(row.Json));
        }
    }

    public async Task<bool> DeleteAsync(string id, CancellationToken cancellation) =>
        IsId(id) && await ledger.GetAsync(Partition, id, cancellation) is { } row && await ledger.DeleteAsync(row, cancellation);

    /// <summary>A request to run a pipeline. <paramref name="runId"/> null: a new run each time.</summary>
    public RunRequest Request(
        RegisteredPipeline pipeline, string inputFolder, string? runId = null, bool replayQuarantine = false, string? trace = null) =>
        new(runId ?? NewRunId(pipeline.Id), pipeline.Object, $"pipeline '{pipeline.Id}'", inputFolder, ReplayQuarantine: replayQuarantine, Trace: trace, ApprovalTime: options.Value.ApprovalTime, Graph: pipeline.Graph);

    /// <summary>Sorts by time: <c>movies-20261121T101500123-4f2a</c>.</summary>
    public string NewRunId(string pipeline) => $"{pipeline}-{time.GetUtcNow():yyyyMMdd'T'HHmmssfff}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
}
