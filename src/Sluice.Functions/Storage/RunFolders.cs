using Sluice.Connectors;
using Sluice.Runs;

namespace Sluice.Functions.Storage;

/// <summary>Where runs read and write: folders, or containers of the data account.</summary>
public abstract class RunFolders
{
    /// <summary>Container, or folder of the local store, that files to ingest are dropped in: <c>incoming/{pipeline}/{file}</c>.</summary>
    public const string IncomingName = "incoming";

    /// <summary>What <see cref="RunRequest.InputFolder"/> is for a registered pipeline.</summary>
    public abstract string Incoming(string pipeline);

    public abstract InputFiles Inputs(RunRequest request);

    public abstract OutputFiles Outputs(RunRequest request);
}

/// <summary>Folders of this machine.</summary>
/// <param name="options">The settings.</param>
/// <param name="roots">Folders a run may read; null: the incoming one and those of the settings.</param>
sealed class LocalRunFolders(SluiceOptions options, IReadOnlyList<string>? roots) : RunFolders
{
    readonly string incoming = Path.Combine(Path.GetFullPath(options.Store), "blobs", IncomingName);

    public override string Incoming(string pipeline) => Path.Combine(incoming, pipeline);

    public override InputFiles Inputs(RunRequest request) => new FolderInputs(
        roots ?? [incoming, .. options.InputRoots.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        request.InputFolder);

    public override OutputFiles Outputs(RunRequest request) => new FolderOutputs(request.InputFolder);
}
