using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded;

/// <summary>The durable engine as a service of the app; there is none when no function needs it.</summary>
static class DurableServices
{
    internal static bool Needs(FunctionTable functions) => functions.All.Any(f =>
        f.Trigger is OrchestrationBinding or ActivityBinding || f.Definition.InputBindings.Values.Any(b => b.Type == "durableClient"));

    internal static void AddTo(IServiceCollection services, EmbeddedOptions options, HostJson host, IConfiguration configuration)
    {
        var engine = Options(options, host, configuration);
        services.TryAddSingleton<DataConverter>(provider => new SerializerConverter(provider.GetRequiredService<IOptions<WorkerOptions>>().Value.Serializer!));
        services.AddSingleton<TaskExecutor>();
        services.AddSingleton(provider => new DurableEngine(
            engine,
            provider.GetRequiredService<TaskExecutor>(),
            provider.GetRequiredService<DataConverter>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetService<IFaults>() ?? (engine.DeliverTwice ? new SecondDeliveries() : null)));
        services.AddHostedService<EngineHost>();
    }

    // host.json first, as in Azure; what Azure does not know comes from the section Sluice:Durable.
    static DurableEngineOptions Options(EmbeddedOptions options, HostJson host, IConfiguration configuration)
    {
        var engine = new DurableEngineOptions { Path = options.Folder("durable") };
        engine = engine with
        {
            MaxConcurrentActivities = host.MaxConcurrentActivities ?? engine.MaxConcurrentActivities,
            DefaultVersion = host.DefaultVersion ?? engine.DefaultVersion,
            VersionMatchStrategy = host.VersionMatch ?? engine.VersionMatchStrategy,
            VersionFailureStrategy = host.VersionFailure ?? engine.VersionFailureStrategy,
            MaxConcurrentOrchestrators = host.MaxConcurrentOrchestrators ?? engine.MaxConcurrentOrchestrators,
        };
        configuration.GetSection(EmbeddedOptions.Section + ":Durable").Bind(engine);
        return engine;
    }

    sealed class EngineHost(DurableEngine engine) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => engine.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => engine.StopAsync(cancellationToken);
    }
}
