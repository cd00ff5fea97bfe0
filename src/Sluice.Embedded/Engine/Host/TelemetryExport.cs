using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded;

/// <summary>
/// Sends traces, metrics and logs to a collector by OTLP, as Azure's host does: when host.json has telemetryMode OpenTelemetry and
/// OTEL_EXPORTER_OTLP_ENDPOINT is set. The other OTEL_… settings work as OpenTelemetry defines them. They may be app settings, too.
/// </summary>
sealed class TelemetryExport(IConfiguration configuration) : IHostedService
{
    const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // The app's own sources and meters begin with Sluice, as do those of requests and of the engine.
    static readonly string[] sources = [Spans.SourceName, FunctionRunner.SourceName, "Sluice*"];
    static readonly string[] meters = ["Sluice*", "System.Runtime"];

    TracerProvider? traces;
    MeterProvider? metrics;

    internal static void AddTo(HostApplicationBuilder builder, HostJson host)
    {
        if (!host.UsesOpenTelemetry || builder.Configuration[Endpoint] is not { Length: > 0 } endpoint)
        {
            return;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new InvalidDataException($"{Endpoint} is '{endpoint}'; expected the address of a collector, such as http://localhost:4317.");
        }

        builder.Services.AddHostedService<TelemetryExport>();
        AddLogs(builder);
    }

    // On its own, so that an app without telemetry does not load OpenTelemetry at start.
    static void AddLogs(HostApplicationBuilder builder) => builder.Logging.AddOpenTelemetry(logs =>
    {
        logs.IncludeFormattedMessage = true;
        logs.SetResourceBuilder(Named(ResourceBuilder.CreateDefault(), builder.Configuration));
        logs.AddOtlpExporter();
    });

    public Task StartAsync(CancellationToken cancellationToken)
    {
        traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .ConfigureResource(resource => Named(resource, configuration))
            .AddSource(sources)
            .AddOtlpExporter()
            .Build();
        metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .ConfigureResource(resource => Named(resource, configuration))
            .AddMeter(meters)
            .AddOtlpExporter()
            .Build();
        return Task.CompletedTask;
    }

    /// <summary>Sends what is left. A collector that does not answer is given up after a few seconds.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        traces?.Dispose();
        metrics?.Dispose();
        return Task.CompletedTask;
    }

    static ResourceBuilder Named(ResourceBuilder resource, IConfiguration configuration)
        => resource.AddService(
            configuration["OTEL_SERVICE_NAME"] ?? Assembly.GetEntryAssembly()?.GetName().Name ?? "functions", autoGenerateServiceInstanceId: false);
}
