using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded.Tests.Host;

/// <summary>A functions app in this process, with its own folder and, unless HTTP is off, a free loopback port.</summary>
sealed class TestApp : IAsyncDisposable
{
    readonly IHost host;
    readonly TempFolder? ownFolder;

    TestApp(IHost host, TempFolder? ownFolder, RecordedLogs logs)
    {
        this.host = host;
        this.ownFolder = ownFolder;
        Logs = logs;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        if (host.Services.GetService<EmbeddedServer>() is { } server)
        {
            Http.BaseAddress = server.Addresses[0];
        }
    }

    public HttpClient Http { get; }

    public RecordedLogs Logs { get; }

    public IServiceProvider Services => host.Services;

    public static Task<TestApp> StartAsync(params Type[] functions) => StartAsync(new AppSetup { Functions = functions });

    public static async Task<TestApp> StartAsync(AppSetup setup)
    {
        var own = setup.Folder is null ? new TempFolder() : null;
        try
        {
            var logs = new RecordedLogs();
            var host = Build(setup, setup.Folder ?? own!, logs);
            await host.StartAsync();
            return new TestApp(host, own, logs);
        }
        catch
        {
            own?.Dispose();
            throw;
        }
    }

    public static IHost Build(AppSetup setup, TempFolder folder, RecordedLogs? logs = null)
    {
        if (setup.HostJson is not null)
        {
            File.WriteAllText(Path.Combine(folder.Path, "host.json"), setup.HostJson);
        }

        if (setup.LocalSettings is not null)
        {
            File.WriteAllText(Path.Combine(folder.Path, "local.settings.json"), setup.LocalSettings);
        }

        var builder = FunctionsApplication.CreateBuilder(["--contentRoot", folder.Path]);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Sluice:Store"] = Path.Combine(folder.Path, "store"),
            ["Sluice:Urls"] = "http://127.0.0.1:0",
        });
        builder.Configuration.AddInMemoryCollection(setup.Settings);
        if (setup.AspNetCore)
        {
            builder.ConfigureFunctionsWebApplication();
        }

        builder.Logging.ClearProviders();
        if (logs is not null)
        {
            builder.Logging.AddProvider(logs);
        }

        builder.Services.AddSingleton(new FunctionTypes(setup.Functions));
        setup.Configure?.Invoke(builder);
        return builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await host.StopAsync();
        host.Dispose();
        ownFolder?.Dispose();
    }
}

sealed record AppSetup
{
    public IReadOnlyList<Type> Functions { get; init; } = [];

    public Dictionary<string, string?> Settings { get; init; } = [];

    public string? HostJson { get; init; }

    public string? LocalSettings { get; init; }

    public TempFolder? Folder { get; init; }

    public bool AspNetCore { get; init; } = true;

    public Action<FunctionsApplicationBuilder>? Configure { get; init; }
}
