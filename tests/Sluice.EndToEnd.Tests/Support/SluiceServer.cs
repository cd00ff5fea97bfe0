using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.EndToEnd;

/// <summary>The app as a process of its own, on a free port of loopback.</summary>
public sealed class SluiceServer : IAsyncDisposable
{
    const string Listening = "Listening on ";
    const string Api = "api/v1/pipelines";
    static readonly string[] ended = ["completed", "failed", "gate_failed", "stopped"];
    readonly SluiceProcess process;

    SluiceServer(SluiceProcess process, Uri address, string store)
    {
        this.process = process;
        Address = address;
        Store = store;
        Http = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    public string Store { get; }

    public HttpClient Http { get; }

    public string Output => process.Output;

    /// <summary><c>sluice serve</c>.</summary>
    public static Task<SluiceServer> StartAsync(string folder, string store, IReadOnlyDictionary<string, string>? settings = null) =>
        OfAsync(SluiceProcess.Start(folder, settings, "serve", "--store", store, "--urls", "http://127.0.0.1:0"), Path.Combine(folder, store));

    /// <summary>The Functions app itself.</summary>
    public static Task<SluiceServer> StartAppAsync(string folder, string store) =>
        OfAsync(SluiceProcess.StartApp(folder, $"--Sluice:Store={store}", "--urls=http://127.0.0.1:0"), Path.Combine(folder, store));

    /// <summary>Puts a file where uploads arrive, whole at once.</summary>
    public void Drop(string pipeline, string name, string text)
    {
        var incoming = Directory.CreateDirectory(Path.Combine(Store, "blobs", "incoming", pipeline)).FullName;
        var scratch = Path.Combine(incoming, $".{name}.tmp");
        File.WriteAllText(scratch, text);
        File.Move(scratch, Path.Combine(incoming, name), overwrite: true);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string body = "") => Http.PostAsync(path, new StringContent(body, Encoding.UTF8));

    /// <summary>Registers a pipeline.</summary>
    public async Task RegisterAsync(string id, string yaml) => (await PostAsync($"{Api}?id={id}", yaml)).EnsureSuccessStatusCode();

    /// <summary>Starts a run; gives its id.</summary>
    public async Task<string> ExecuteAsync(string pipeline)
    {
        var response = (await PostAsync($"{Api}/{pipeline}/execute")).EnsureSuccessStatusCode();
        return (string)(await response.Content.ReadFromJsonAsync<JsonNode>())!["run"]!;
    }

    /// <summary>Status of a run when it has ended; of the pipeline's newest when none is named.</summary>
    public Task<JsonNode> EndAsync(string pipeline, string? run = null) =>
        StatusAsync(pipeline, run, status => ended.Contains((string?)status["status"]));

    /// <summary>Status of a run as soon as it is so. HTTP has no signal for it, so this looks again and again.</summary>
    public async Task<JsonNode> StatusAsync(string pipeline, string? run, Func<JsonNode, bool> isSo)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < SluiceProcess.Limit; await timer.WaitForNextTickAsync())
        {
            var response = await Http.GetAsync($"{Api}/{pipeline}/status{(run is null ? "" : $"?run={run}")}");
            if (response.IsSuccessStatusCode && await response.Content.ReadFromJsonAsync<JsonNode>() is { } status && isSo(status))
            {
                return status;
            }
        }

        throw new TimeoutException($"Waited {SluiceProcess.Limit} in vain for a run of '{pipeline}'. Output: {Output}");
    }

    /// <summary>Waits for a line of the log that begins so.</summary>
    public Task<string> LineAsync(string start) => process.LineAsync(start);

    /// <summary>Ends it as a service manager does.</summary>
    public Task<ProcessResult> StopAsync()
    {
        process.AskToEnd();
        return process.EndAsync();
    }

    /// <summary>SIGKILL. False: it had ended before.</summary>
    public bool Kill() => process.Kill();

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        process.Dispose();
        return ValueTask.CompletedTask;
    }

    static async Task<SluiceServer> OfAsync(SluiceProcess process, string store)
    {
        var line = await process.LineAsync(Listening);
        return new SluiceServer(process, new Uri(line[Listening.Length..].Split(';')[0]), store);
    }
}
