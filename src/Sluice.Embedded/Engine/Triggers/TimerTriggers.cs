using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded;

/// <summary>Runs every timer function on its own schedule; one function never overlaps itself.</summary>
sealed class TimerTriggers(FunctionTable functions, FunctionRunner runner, EmbeddedOptions options, TimeProvider clock, ILoggerFactory loggers)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var logger = loggers.CreateLogger("Sluice.Embedded.Timers");
        var loops = functions.With<TimerBinding>().Select(t =>
            new TimerLoop(t.Function, t.Binding, runner, options.Folder("timers"), clock, logger).RunAsync(stoppingToken));
        await foreach (var ended in Task.WhenEach(loops))
        {
            // Ends the host when a loop fails, for example because the disk is full: a timer must not stop in silence.
            await ended;
        }
    }
}
