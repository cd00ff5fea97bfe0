using System.Text.Json;
using Azure.Core.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sluice.Embedded;

/// <summary>Puts the runtime beneath FunctionsApplicationBuilder: configuration first, triggers and engine at the end.</summary>
static class EmbeddedHost
{
    internal static HostApplicationBuilder CreateBuilder(string[] args)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            // As Core Tools has it. Anything that is set otherwise wins over these.
            [HostDefaults.EnvironmentKey] = Environments.Development,
            // A watcher on each settings file would cost more than the rest of the start.
            ["hostBuilder:reloadConfigOnChange"] = "false",
            // Several lines a request otherwise; Core Tools does not show them either.
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        });
        configuration.AddEnvironmentVariables("AZURE_FUNCTIONS_");
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { Args = args, Configuration = configuration });
        LocalSettings.AddTo(builder.Configuration, builder.Environment.ContentRootPath);
        builder.Services.Configure<JsonSerializerOptions>(options => options.PropertyNameCaseInsensitive = true);
        builder.Services.AddOptions<WorkerOptions>().PostConfigure<IOptions<JsonSerializerOptions>>(
            (options, json) => options.Serializer ??= new JsonObjectSerializer(json.Value));
        return builder;
    }

    internal static IHost Build(HostApplicationBuilder builder, IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware, bool aspNetCore)
    {
        var services = builder.Services;
        var options = EmbeddedOptions.Read(builder.Configuration);
        var host = HostJson.Read(builder.Environment.ContentRootPath, builder.Configuration);
        var functions = new FunctionTable(Types(services, options), new BindingSources(new AppSettings(builder.Configuration), host));
        RefuseOtherHttpModel(functions, aspNetCore);

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(host);
        services.AddSingleton(functions);
        services.AddSingleton(provider => new FunctionRunner(
            provider, middleware, host, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));

        // The order of starting: what hears the rest, work that waits in the store, then what brings new work. Stopping goes the other way.
        TelemetryExport.AddTo(builder, host);
        services.AddHostedService<Announcement>();
        var durable = DurableServices.Needs(functions);
        if (durable)
        {
            DurableServices.AddTo(services, options, host, builder.Configuration);
        }

        if (options.Triggers)
        {
            AddTriggers(services, functions);
        }

        if (aspNetCore && options.Http)
        {
            HttpServices.AddTo(services, builder.Configuration, builder.Environment, durable);
        }

        return builder.Build();
    }

    static void AddTriggers(IServiceCollection services, FunctionTable functions)
    {
        if (functions.With<TimerBinding>().Any())
        {
            services.AddHostedService<TimerTriggers>();
        }

        if (functions.With<BlobBinding>().Any())
        {
            services.AddHostedService<BlobTriggers>();
        }
    }

    static FunctionTypes Types(IServiceCollection services, EmbeddedOptions options) =>
        services.LastOrDefault(s => s.ServiceType == typeof(FunctionTypes))?.ImplementationInstance as FunctionTypes
        ?? FunctionTypes.Discover(options.Assemblies);

    static void RefuseOtherHttpModel(FunctionTable functions, bool aspNetCore)
    {
        if (!aspNetCore && functions.With<HttpBinding>().FirstOrDefault().Function is { } http)
        {
            throw new NotSupportedException(
                $"Function '{http.Name}' has an HttpTrigger, but ConfigureFunctionsWebApplication was not called. "
                + "The embedded runtime has the ASP.NET Core model only. See docs/embedded.md.");
        }
    }
}
