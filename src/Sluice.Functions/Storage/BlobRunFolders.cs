using Azure.Storage.Blobs;
using Sluice.Connectors;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Functions.Storage;

/// <summary>
/// Containers of the data account: registered pipelines read <c>incoming/{pipeline}</c> and write <c>outputs/{pipeline}</c> of the store's container. A
/// pipeline that the command line runs from a file reads and writes beside that file.
/// </summary>
/// <param name="incoming">Container of uploads.</param>
/// <param name="store">Container of the store.</param>
/// <param name="cache">Local copies of inputs, and outputs that are being written.</param>
/// <param name="local">For runs whose folder is one of this machine.</param>
sealed class BlobRunFolders(BlobContainerClient incoming, BlobContainerClient store, LocalCache cache, LocalRunFolders local) : RunFolders
{
    // Not the container's address, which may change: that of an emulator does.
    const string Scheme = "blobs://" + IncomingName + "/";

    public override string Incoming(string pipeline) => Scheme + pipeline;

    public override InputFiles Inputs(RunRequest request) =>
        PipelineOf(request) is { } pipeline ? new BlobInputs(incoming, pipeline, cache) : local.Inputs(request);

    public override OutputFiles Outputs(RunRequest request) =>
        PipelineOf(request) is { } pipeline ? new BlobOutputs(store, "outputs/" + pipeline, cache) : local.Outputs(request);

    static string? PipelineOf(RunRequest request) =>
        request.InputFolder.StartsWith(Scheme, StringComparison.Ordinal) ? request.InputFolder[Scheme.Length..] : null;
}
