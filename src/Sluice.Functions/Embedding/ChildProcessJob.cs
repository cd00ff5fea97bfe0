using System.Diagnostics;
using System.Globalization;

namespace Sluice.Functions.Embedding;

/// <summary>The job as a process on this machine: the same program, the same manifest and the same receipt as in Azure.</summary>
/// <remarks>
/// An execution is named by process id and start time, because ids are given again. The process goes on when the app ends; the next app finds
/// it by that name, or finds what it has done.
/// </remarks>
public sealed class ChildProcessJob(string program, string store) : EmbedJob
{
    readonly Dictionary<string, Process> own = [];
    readonly Lock gate = new();

    /// <summary>Where the job's program is unless the settings say: beside the app, or where this repository's build puts it.</summary>
    public static string DefaultProgram()
    {
        const string name = "Sluice.EmbedJob.dll";
        var beside = Path.Combine(AppContext.BaseDirectory, name);
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var built = Path.Combine(output.Parent?.Parent?.FullName ?? "", "Sluice.EmbedJob", output.Name, name);
        return File.Exists(beside) ? beside : built;
    }

    public override Task<string> StartAsync(string run, string manifest, CancellationToken cancellation)
    {
        if (!File.Exists(program))
        {
            throw new StoreException(
                $"The embedding job's program '{program}' does not exist. Build it with 'dotnet build src/Sluice.EmbedJob', or name it in the setting Embedding:Program.");
        }

        // A second delivery may start a second process. That does no harm: of two that publish the same file the second finds it done.
        var start = new ProcessStartInfo("dotnet", [program, "--store", store, "--manifest", manifest]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start) ?? throw new StoreException($"The program '{start.FileName}' cannot be started. Is the .NET runtime on PATH?");
        // Read to the end, or the process would wait when the pipe is full. What it says is in the receipt or in its exit.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var execution = NameOf(process);
        lock (gate)
        {
            own[execution] = process;
        }

        return Task.FromResult(execution);
    }

    public override Task<EmbedJobState> StateAsync(string execution, CancellationToken cancellation)
    {
        using var found = Find(execution);
        return Task.FromResult(found is null ? EmbedJobState.Ended : EmbedJobState.Running);
    }

    public override async Task StopAsync(string execution, CancellationToken cancellation)
    {
        using var found = Find(execution);
        if (found is not null)
        {
            found.Kill(entireProcessTree: true);
            await found.WaitForExitAsync(cancellation);
        }
    }

    Process? Find(string execution)
    {
        lock (gate)
        {
            if (own.TryGetValue(execution, out var started) && started.HasExited)
            {
                own.Remove(execution);
                started.Dispose();
                return null;
            }
        }

        try
        {
            var process = Process.GetProcessById(int.Parse(execution.AsSpan(0, execution.IndexOf('-')), CultureInfo.InvariantCulture));
            if (!process.HasExited && NameOf(process) == execution)
            {
                return process;
            }

            process.Dispose();
            return null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // No process has this id, or it has just ended.
            return null;
        }
    }

    static string NameOf(Process process) => string.Create(CultureInfo.InvariantCulture, $"{process.Id}-{process.StartTime.ToUniversalTime().Ticks}");
}
