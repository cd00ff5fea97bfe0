using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sluice.Embedded;

/// <summary>Kestrel with the app's routes. It is a plain hosted service of the app's own container, so nothing is there twice.</summary>
public sealed class EmbeddedServer : IHostedService, IDisposable
{
    readonly IServiceProvider services;
    readonly EmbeddedUrls urls;
    readonly ILoggerFactory loggers;
    readonly KestrelServer server;

    internal EmbeddedServer(IServiceProvider services, EmbeddedUrls urls, EmbeddedOptions options, ILoggerFactory loggers)
    {
        this.services = services;
        this.urls = urls;
        this.loggers = loggers;
        var kestrel = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = options.MaxRequestBodyBytes;
        foreach (var (address, port) in urls.EndPoints)
        {
            if (address is null)
            {
                kestrel.ListenLocalhost(port);
            }
            else
            {
                kestrel.Listen(address, port);
            }
        }

        server = new KestrelServer(Options.Create(kestrel), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
    }

    /// <summary>Where it listens, with the real port when port 0 was asked for. Empty before the start.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(new Application(Pipeline(), services.GetRequiredService<IHttpContextFactory>()), cancellationToken);
        }
        catch (IOException e)
        {
            throw new IOException(
                $"Cannot listen on {string.Join(", ", urls.EndPoints.Select(p => $"{p.Address?.ToString() ?? "localhost"}:{p.Port}"))}: {e.Message} "
                + "Stop the other program, or choose another address with --urls http://127.0.0.1:7072.", e);
        }

        Addresses = [.. server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a))];
        var keys = services.GetRequiredService<FunctionKeys>();
        var logger = loggers.CreateLogger("Sluice.Embedded.Http");
        logger.Listening(
            string.Join(", ", Addresses), services.GetRequiredService<HostJson>().RoutePrefix, keys.Required ? $"required ('{keys.Path}')" : "not required on loopback");
        foreach (var (function, http) in services.GetRequiredService<FunctionTable>().With<HttpBinding>())
        {
            logger.Route(function.Name, http.Methods.Count == 0 ? "any method" : string.Join(',', http.Methods), $"{Addresses[0]}{http.Pattern.RawText}");
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => server.Dispose();

    RequestDelegate Pipeline()
    {
        var app = new ApplicationBuilder(services);
        var endpoint = services.GetRequiredService<FunctionEndpoint>();
        app.Use(endpoint.GuardAsync);
        app.UseForwardedHeaders();
        app.UseRouting();
        app.UseEndpoints(endpoints =>
        {
            endpoint.Map(endpoints);
            services.GetService<DurableApi>()?.Map(endpoints);
        });
        return app.Build();
    }

    sealed class Application(RequestDelegate pipeline, IHttpContextFactory contexts) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => contexts.Create(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => pipeline(context);

        public void DisposeContext(HttpContext context, Exception? exception) => contexts.Dispose(context);
    }
}
