using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded;

/// <summary>Says at start what was found and what of host.json does nothing.</summary>
sealed class Announcement(FunctionTable functions, HostJson host, ILoggerFactory loggers) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var logger = loggers.CreateLogger("Sluice.Embedded");
        logger.Found(functions.All.Count, string.Join(", ", functions.All.Select(f => f.Name).Order(StringComparer.OrdinalIgnoreCase)));
        if (host.WithoutEffect.Count > 0)
        {
            logger.WithoutEffect(string.Join(", ", host.WithoutEffect));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
