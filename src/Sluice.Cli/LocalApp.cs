using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Embedding;
using Sluice.Functions;

namespace Sluice.Cli;

/// <summary>The app in this process, without HTTP and without triggers: the CLI runs pipelines on the same engine that serves them.</summary>
sealed class LocalApp : IAsyncDisposable
{
    readonly IHost host;

    LocalApp(IHost host) => this.host = host;

    public IServiceProvider Services => host.Services;

    public DurableTaskClient Client => Platform.Client(host);

    /// <summary>Builds and starts it.</summary>
    /// <param name="store">What <see cref="Shell.StoreSetting"/> gives.</param>
    /// <param name="inputRoot">Folder that runs may read, with all beneath.</param>
    /// <param name="cancellation">Stops the start.</param>
    public static async Task<LocalApp> StartAsync(string[] store, string inputRoot, CancellationToken cancellation)
    {
        Platform.RequireEngine();

        // A unit keeps a core busy here, where no network is waited for: more at once would only take more memory.
        string[] settings =
        [
            .. store, "--Sluice:Http=false", "--Sluice:Triggers=false", "--Sluice:Durable:WritePatience=00:00:10",
            $"--Sluice:Durable:MaxConcurrentActivities={Environment.ProcessorCount}",
        ];
        var builder = SluiceApp.CreateBuilder(settings, inputRoots: [inputRoot], models: AllowedModels.Any);
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new RunLines());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return new LocalApp(host);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(CancellationToken.None);
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    // The command line owns Ctrl-C here, not the host.
    sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
