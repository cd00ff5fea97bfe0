using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.EndToEnd;

/// <summary>The real program in a process of its own: <c>dotnet exec sluice.dll …</c>.</summary>
public sealed partial class SluiceProcess : IDisposable
{
    /// <summary>Longer than any run here takes on a busy machine; a process that needs more hangs.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    const int Interrupt = 2;
    const int Terminate = 15;
    readonly Process process;
    readonly Lock gate = new();
    readonly List<(string Start, TaskCompletionSource<string> Line)> awaited = [];
    readonly StringBuilder output = new();
    readonly StringBuilder errors = new();
    readonly string commandLine;

    SluiceProcess(Process process, string commandLine)
    {
        this.process = process;
        this.commandLine = commandLine;
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
    }

    public string Output => Read(output);

    public string Errors => Read(errors);

    public bool HasExited => process.HasExited;

    static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "sluice.dll");

    static string App { get; } = Path.Combine(AppContext.BaseDirectory, "Sluice.Functions.dll");

    /// <summary>Starts it.</summary>
    /// <param name="folder">Current folder of the process.</param>
    /// <param name="environment">Settings besides those of this process.</param>
    /// <param name="arguments">Command line.</param>
    public static SluiceProcess Start(string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        Start(folder, environment, [], arguments);

    /// <param name="folder">Current folder of the process.</param>
    /// <param name="environment">Settings besides those of this process.</param>
    /// <param name="before">A program, with its arguments, that starts this one: <c>setpriv --reuid=65534</c>.</param>
    /// <param name="arguments">Command line.</param>
    public static SluiceProcess Start(string folder, IReadOnlyDictionary<string, string>? environment, IReadOnlyList<string> before, params string[] arguments) =>
        Start(Program, folder, environment, before, arguments);

    /// <summary>Starts the Functions app itself, as <c>dotnet run --project src/Sluice.Functions</c> does.</summary>
    public static SluiceProcess StartApp(string folder, params string[] arguments) => Start(App, folder, null, [], arguments);

    static SluiceProcess Start(string program, string folder, IReadOnlyDictionary<string, string>? environment, IReadOnlyList<string> before, string[] arguments)
    {
        string[] line = [.. before, Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", "exec", program, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var started = new SluiceProcess(Process.Start(start)!, string.Join(' ', arguments));
        started.process.StandardInput.Close();
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<ProcessResult> RunAsync(string folder, params string[] arguments)
    {
        using var process = Start(folder, null, arguments);
        return await process.EndAsync();
    }

    /// <summary>Waits until it ends by itself.</summary>
    public async Task<ProcessResult> EndAsync()
    {
        if (!await EndsWithinAsync(Limit))
        {
            Kill();
            throw new TimeoutException($"'sluice {commandLine}' did not end within {Limit}. Output: {Output}\nErrors: {Errors}");
        }

        // Once more without a limit: only this waits for the last lines of output.
        await process.WaitForExitAsync();
        return new ProcessResult(process.ExitCode, Output, Errors);
    }

    /// <summary>Whether it ends by itself within a time.</summary>
    public async Task<bool> EndsWithinAsync(TimeSpan time)
    {
        using var limit = new CancellationTokenSource(time);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return process.HasExited;
        }
    }

    /// <summary>SIGKILL: the process has no say in it. False: it had ended before.</summary>
    public bool Kill()
    {
        process.Kill();
        process.WaitForExit();
        return process.ExitCode == 128 + 9;
    }

    /// <summary>The first line of output or errors that begins so, blanks left out, once it is there.</summary>
    public async Task<string> LineAsync(string start)
    {
        var line = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if ($"{output}{errors}".Split('\n').FirstOrDefault(l => IsSuch(l, start)) is { } known)
            {
                return known.Trim();
            }

            awaited.Add((start, line));
        }

        using var limit = new CancellationTokenSource(Limit);
        var ended = process.WaitForExitAsync(limit.Token);
        return await Task.WhenAny(line.Task, ended) == line.Task || line.Task.IsCompleted
            ? await line.Task
            : throw new InvalidOperationException($"'sluice {commandLine}' ended or hung without a line '{start}…'. Output: {Output}\nErrors: {Errors}");
    }

    /// <summary>Whether it writes a line that begins so; false: it ended without.</summary>
    public async Task<bool> SaysAsync(string start)
    {
        try
        {
            await LineAsync(start);
            return true;
        }
        catch (InvalidOperationException) when (process.HasExited)
        {
            return false;
        }
    }

    /// <summary>What Ctrl-C sends.</summary>
    public void PressControlC() => Send(Interrupt);

    /// <summary>SIGTERM: what a service manager sends.</summary>
    public void AskToEnd() => Send(Terminate);

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);

    static bool IsSuch(string line, string start) => line.TrimStart().StartsWith(start, StringComparison.Ordinal);

    void Send(int signal)
    {
        if (SendSignal(process.Id, signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (gate)
            {
                text.Append(line).Append('\n');
                awaited.FindAll(a => IsSuch(line, a.Start)).ForEach(a => a.Line.TrySetResult(line.Trim()));
            }
        }
    }

    string Read(StringBuilder text)
    {
        lock (gate)
        {
            return text.ToString();
        }
    }
}

/// <summary>How a process ended.</summary>
public sealed record ProcessResult(int ExitCode, string Output, string Errors)
{
    public JsonNode Json => JsonNode.Parse(Output) ?? throw new InvalidOperationException("The output is the JSON null.");

    /// <summary>Lines of standard error.</summary>
    public string[] ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override string ToString() => $"exit {ExitCode}\n{Output}{Errors}";
}
