namespace Sluice.Functions.Activities;

/// <summary>An embedding from its request on: what of it is known so far, so that it can go on in a new history.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Deadline">Time that the job has.</param>
/// <param name="Manifest">Key of the manifest, once written.</param>
/// <param name="Execution">Name of the job's execution, once started.</param>
/// <param name="Until">When the deadline is.</param>
/// <param name="Polls">Times that the job was looked at.</param>
public sealed record EmbedRun(EmbedRequest Request, TimeSpan Deadline, string? Manifest = null, string? Execution = null, DateTime? Until = null, int Polls = 0);
