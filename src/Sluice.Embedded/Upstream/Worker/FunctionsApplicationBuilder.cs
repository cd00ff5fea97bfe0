using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Embedded;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Collects configuration, services and middleware of an app, then builds its host.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e src/DotNetWorker/Builder/FunctionsApplicationBuilder.cs.</remarks>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    readonly HostApplicationBuilder host;
    readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware = [];
    bool aspNetCore;
    bool built;

    internal FunctionsApplicationBuilder(string[] args) => host = EmbeddedHost.CreateBuilder(args);

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)host).Properties;

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    public ConfigurationManager Configuration => host.Configuration;

    public IHostEnvironment Environment => host.Environment;

    public ILoggingBuilder Logging => host.Logging;

    public IMetricsBuilder Metrics => host.Metrics;

    public IServiceCollection Services => host.Services;

    /// <exception cref="InvalidOperationException">The app has been built already.</exception>
    /// <exception cref="NotSupportedException">A function needs what the embedded runtime does not have; all are listed.</exception>
    public IHost Build()
    {
        RefuseSecondBuild();
        built = true;
        return EmbeddedHost.Build(host, middleware, aspNetCore);
    }

    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => host.ConfigureContainer(factory, configure);

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        RefuseSecondBuild();
        this.middleware.Add(middleware);
        return this;
    }

    internal void UseAspNetCore() => aspNetCore = true;

    void RefuseSecondBuild()
    {
        if (built)
        {
            throw new InvalidOperationException("The application has already been built. Register middleware before Build, and call Build once.");
        }
    }
}
