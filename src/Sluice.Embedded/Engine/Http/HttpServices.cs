using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded;

/// <summary>The services that routing, IResult and IActionResult need; none of them when HTTP is off.</summary>
static class HttpServices
{
    internal static void AddTo(IServiceCollection services, IConfiguration configuration, IHostEnvironment environment, bool durable)
    {
        var diagnostics = new DiagnosticListener("Microsoft.AspNetCore");
        services.TryAddSingleton(diagnostics);
        services.TryAddSingleton<DiagnosticSource>(diagnostics);
        services.AddRouting();
        // MVC is here for its results only. Added before the web environment, it does not look for controllers.
        services.AddMvcCore();
        services.TryAddSingleton<IWebHostEnvironment>(new WebEnvironment(environment));
        services.TryAddSingleton<IHttpContextFactory, DefaultHttpContextFactory>();
        services.Configure<ForwardedHeadersOptions>(options => options.ForwardedHeaders = ForwardedHeaders.All);
        services.AddSingleton<FunctionKeys>();
        services.AddSingleton<FunctionEndpoint>();
        if (durable)
        {
            services.AddSingleton<DurableApi>();
        }

        services.AddSingleton(provider => EmbeddedUrls.Read(provider.GetRequiredService<EmbeddedOptions>(), configuration));
        services.AddSingleton(provider => new EmbeddedServer(
            provider, provider.GetRequiredService<EmbeddedUrls>(), provider.GetRequiredService<EmbeddedOptions>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService(provider => provider.GetRequiredService<EmbeddedServer>());
    }

    sealed class WebEnvironment(IHostEnvironment host) : IWebHostEnvironment
    {
        public string ApplicationName { get; set; } = host.ApplicationName;

        public string EnvironmentName { get; set; } = host.EnvironmentName;

        public string ContentRootPath { get; set; } = host.ContentRootPath;

        public IFileProvider ContentRootFileProvider { get; set; } = host.ContentRootFileProvider;

        public string WebRootPath { get; set; } = Path.Combine(host.ContentRootPath, "wwwroot");

        public IFileProvider WebRootFileProvider { get; set; } = new NullFileProvider();
    }
}
