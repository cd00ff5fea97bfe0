using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Embedded;
using Sluice.Embedded.Durable;
using Sluice.Functions.Api;
using Sluice.Storage;
using Sluice.Tests.Storage;

namespace Sluice.Functions.Tests.App;

/// <summary>The whole app in this process, on a folder of its own and a free loopback port.</summary>
sealed class TestApp : IAsyncDisposable
{
    readonly IHost host;
    readonly TemporaryFolder? ownFolder;

    TestApp(IHost host, string folder, TemporaryFolder? ownFolder)
    {
        this.host = host;
        this.ownFolder = ownFolder;
        Folder = folder;
        Http = new HttpClient { BaseAddress = host.Services.GetRequiredService<EmbeddedServer>().Addresses[0] };
    }

    public string Folder { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => host.Services;

    public DurableEngine Engine => Services.GetRequiredService<DurableEngine>();

    public DurableTaskClient Client => Platform.Client(host);

    public PipelineStore Pipelines => Services.GetRequiredService<PipelineStore>();

    public HookedStore Store => (HookedStore)Services.GetRequiredService<ObjectStore>();

    /// <param name="folder">A folder to go on with, as after a restart; null: a new one.</param>
    /// <param name="triggers">Whether timers and blob folders start anything.</param>
    /// <param name="settings">Further settings.</param>
    public static async Task<TestApp> StartAsync(string? folder = null, bool triggers = false, params (string Name, string Value)[] settings)
    {
        var own = folder is null ? new TemporaryFolder() : null;
        folder ??= own!.Path;
        var builder = SluiceApp.CreateBuilder(["--contentRoot", folder]);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Sluice:Store"] = Path.Combine(folder, "store"),
            ["Sluice:Urls"] = "http://127.0.0.1:0",
            ["Sluice:Triggers"] = triggers ? "true" : "false",
            ["Sluice:BlobSettle"] = "00:00:00.050",
            ["Sluice:BlobRescan"] = "00:00:01",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(FunctionTypes.In(typeof(SluiceApp).Assembly));
        builder.Services.AddSingleton<ObjectStore>(new HookedStore(new FolderStore(Path.Combine(folder, "store", "data"))));
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return new TestApp(host, folder, own);
        }
        catch
        {
            host.Dispose();
            own?.Dispose();
            throw;
        }
    }

    /// <summary>The folder that files for a pipeline are dropped in.</summary>
    public string Incoming(string pipeline) =>
        Directory.CreateDirectory(Path.Combine(Folder, "store", "blobs", "incoming", pipeline)).FullName;

    public void Drop(string pipeline, string name, string text) => File.WriteAllText(Path.Combine(Incoming(pipeline), name), text);

    public Task<HttpResponseMessage> PostAsync(string path, string body = "", params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/yaml") };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return Http.SendAsync(request);
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>();

    public async Task<JsonElement> GetJsonAsync(string path) => await Http.GetFromJsonAsync<JsonElement>(path);

    public async Task<OrchestrationMetadata> EndAsync(string run)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await Client.WaitForInstanceCompletionAsync(run, getInputsAndOutputs: true, limit.Token);
    }

    /// <summary>Runs of the app by id, children left out.</summary>
    public async Task<List<OrchestrationMetadata>> RunsAsync() =>
        await Client.GetAllInstancesAsync(new OrchestrationQuery(FetchInputsAndOutputs: true)).Where(i => i.Name == "RunPipeline").ToListAsync();

    public static string Yaml(string name) => $$"""
        name: {{name}}
        dataset: {{name}}
        steps:
          - { id: read, type: csv, config: { file_path: data.csv } }
          - { id: keep, type: filter, config: { condition: 'amount >= 0', reason: negative } }

        """;

    public static string Csv(int rows) =>
        "id,amount\n" + string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{(i % 7 == 3 ? -i : i)}\n")));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await host.StopAsync();
        await Services.GetRequiredService<Ledger>().DisposeAsync();
        host.Dispose();
        ownFolder?.Dispose();
    }
}

/// <summary>A store that tells a test of each write before it is done.</summary>
sealed class HookedStore(ObjectStore inner) : ObjectStore
{
    public Func<string, CancellationToken, Task>? BeforeCreate { get; set; }

    /// <summary>Writes by path.</summary>
    public ConcurrentDictionary<string, int> Creates { get; } = [];

    public override string Location => inner.Location;

    public override async Task<bool> CreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        Creates.AddOrUpdate(path, 1, (_, count) => count + 1);
        await (BeforeCreate?.Invoke(path, cancellation) ?? Task.CompletedTask);
        return await inner.CreateAsync(path, content, cancellation);
    }

    public override IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellation) => inner.ListAsync(prefix, cancellation);

    public override Task<ObjectInfo?> StatAsync(string path, CancellationToken cancellation) => inner.StatAsync(path, cancellation);

    public override Task<Stream> OpenReadAsync(string path, CancellationToken cancellation) => inner.OpenReadAsync(path, cancellation);

    public override Task<bool> PublishAsync(string path, string localFile, CancellationToken cancellation) => inner.PublishAsync(path, localFile, cancellation);

    public override Task<bool> ReplaceAsync(string path, ReadOnlyMemory<byte> content, string? etag, CancellationToken cancellation) =>
        inner.ReplaceAsync(path, content, etag, cancellation);

    public override Task<bool> DeleteAsync(string path, CancellationToken cancellation) => inner.DeleteAsync(path, cancellation);

    public override Task<LocalFile> LocalAsync(string path, CancellationToken cancellation) => inner.LocalAsync(path, cancellation);

    public override string NewScratchFile(string extension) => inner.NewScratchFile(extension);

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }
}
