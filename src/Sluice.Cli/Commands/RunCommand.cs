using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Pipelines;
using Sluice.Runs;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice run PIPELINE</c>: runs a pipeline in this process; a run that was cut off goes on where it stopped.</summary>
static class RunCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("pipeline") { Description = "Pipeline YAML." };
        var batchBytes = new Option<long>("--batch-bytes") { Description = "Bytes of input one activity works on. Never changes the result. 0 = the pipeline's own setting." };
        var replay = new Option<bool>("--replay-quarantine") { Description = "Try rows again that an earlier run put aside because a step failed on them." };
        var approve = new Option<double?>("--approve-budget") { Description = "US dollars that this run may spend on language models, in the place of the pipeline's budgets." };
        var forecast = new Option<bool>("--forecast") { Description = "Ask language models for a sample alone, at least 1 % of the questions, and say what the run will cost. Makes no version; the answers are kept." };
        var command = new Command("run", "Run a pipeline and commit a version of its dataset; of each of its datasets, where it has several chains.") { file, batchBytes, replay, approve, forecast };
        Shell.Act(command, (parsed, cancellation) => RunAsync(
            parsed, parsed.GetRequiredValue(file), parsed.GetValue(batchBytes), parsed.GetValue(replay), parsed.GetValue(approve), parsed.GetValue(forecast), cancellation));
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, FileInfo file, long batchBytes, bool replay, double? approved, bool forecast, CancellationToken cancellation)
    {
        if (approved is < 0 or > 1e9 or double.NaN)
        {
            return Shell.Invalid(parsed, $"--approve-budget is {approved}; expected US dollars, 0 to 1,000,000,000.");
        }

        if (batchBytes != 0 && batchBytes is < Optimization.MinBatchBytes or > Optimization.MaxBatchBytes)
        {
            return Shell.Invalid(
                parsed, $"--batch-bytes is {batchBytes:N0}; expected {Optimization.MinBatchBytes:N0} to {Optimization.MaxBatchBytes:N0}, or 0 for the pipeline's own setting.");
        }

        var shown = Path.GetRelativePath(Environment.CurrentDirectory, file.FullName);
        var pipeline = await PipelineGraph.LoadAsync(shown, cancellation);
        var folder = file.DirectoryName!;
        foreach (var advice in pipeline.Advice)
        {
            Console.Error.WriteLine($"advice: {advice}");
        }

        // A missing input and an output that is refused are told before a store is made for them.
        var readable = new FolderInputs([Path.GetPathRoot(folder)!], folder);
        var inputs = new List<InputFile>();
        foreach (var (chain, _) in pipeline.Chains)
        {
            chain.CheckSinks(new FolderOutputs(folder), readable);
            inputs.AddRange(chain.Source.Source.FilePath is { } read ? await readable.ListAsync(read, cancellation) : []);
        }

        if (forecast)
        {
            return await RunForecast.ShowAsync(parsed, file, shown, batchBytes, approved, cancellation);
        }

        var text = await File.ReadAllTextAsync(file.FullName, cancellation);
        var result = await PipelineRun.RunAsync(
            parsed, text, shown, Path.GetPathRoot(folder)!, resumes: !replay, (path, datasets) => PrefixAsync(pipeline, path, folder, inputs, datasets, batchBytes, cancellation),
            path => new RunRequest("", path, shown, folder, batchBytes, replay, ApprovedUsd: approved), cancellation);
        return result.Show(parsed);
    }

    /// <summary>Names what is run: the same pipeline on the same files has the same prefix, so a cut-off run is found and goes on.</summary>
    static async Task<string> PrefixAsync(
        PipelineGraph pipeline, string text, string folder, IReadOnlyList<InputFile> inputs, DatasetCatalogue datasets, long batchBytes, CancellationToken cancellation)
    {
        var parts = inputs.Select(f => $"{f.Path}|{f.Bytes}|{f.Stamp}").Prepend($"{text}|{folder}|{batchBytes}").ToList();
        foreach (var read in pipeline.DatasetsRead)
        {
            parts.Add($"{read}|{(await datasets.HeadAsync(read, cancellation))?.Version}");
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        var name = pipeline.MainPipeline.Dataset is { Length: > 40 } dataset ? dataset[..40] : pipeline.MainPipeline.Dataset;
        return $"{name}-{Convert.ToHexStringLower(hash.AsSpan(0, 5))}";
    }
}
