using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Resources;
using Sluice.Functions.Storage;

namespace Sluice.Functions;

/// <summary>What only the Azure flavour has.</summary>
public static class Platform
{
    /// <summary>Where data lies unless the settings say.</summary>
    public const StorageKind DefaultStorage = StorageKind.Azure;

    /// <summary>
    /// Traces and logs of this process go to Application Insights or to a collector themselves, and the host is told to leave them to it. Without
    /// an exporter the spans are made still, so that a run and what started it share a trace.
    /// </summary>
    public static void Configure(FunctionsApplicationBuilder builder)
    {
        builder.Services.Configure<WorkerOptions>(worker => worker.Capabilities["WorkerOpenTelemetryEnabled"] = bool.TrueString);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(builder.Configuration["WEBSITE_SITE_NAME"] ?? "sluice"))
            .WithTracing(tracing => tracing.AddSource("Microsoft.Azure.Functions.Worker", "Microsoft.DurableTask"));
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 })
        {
            telemetry.UseOtlpExporter();
        }

        if (builder.Configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"] is { Length: > 0 } connection)
        {
            telemetry.UseAzureMonitorExporter(exporter =>
            {
                exporter.ConnectionString = connection;
                exporter.Credential = AzureCredential.ForTelemetry(builder.Configuration["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]);
            });
        }
    }

    /// <summary>Refuses to run the app from the command line: in Azure the Functions host starts it, and gives each function its client.</summary>
    /// <exception cref="StoreException">Always.</exception>
    public static void RequireEngine() => throw new StoreException(
        "This program was built for Azure, where the Functions host runs it: it has no durable engine of its own. Build it without " +
        "-p:Flavour=Azure to run pipelines from the command line.");

    /// <summary>Never reached: there is no engine.</summary>
    public static DurableTaskClient Client(IHost host)
    {
        RequireEngine();
        return host.Services.GetRequiredService<DurableTaskClient>();
    }

    /// <summary>Never: durable history is the host's.</summary>
    public static bool IsStoreFailure(Exception error) => false;
}
