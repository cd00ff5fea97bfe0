using System.CommandLine;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Functions;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice serve</c>: the app with its HTTP API and triggers, on loopback.</summary>
static class ServeCommand
{
    public static Command Create()
    {
        var urls = new Option<string>("--urls") { Description = "Addresses to listen on.", DefaultValueFactory = _ => "http://127.0.0.1:7071" };
        var command = new Command("serve", "Start the app: HTTP API, uploads, timers.") { urls };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            Platform.RequireEngine();
            string[] settings = [.. Shell.StoreSetting(parsed), $"--urls={parsed.GetRequiredValue(urls)}"];
            var builder = SluiceApp.CreateBuilder(settings);

            // What stops the start is said below, once and without a stack; what stops the host later is critical.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
            using var host = builder.Build();
            try
            {
                await host.StartAsync(cancellation);
            }
            catch (Exception error) when (IsSetting(error))
            {
                return Shell.Invalid(parsed, error.Message);
            }

            await host.WaitForShutdownAsync(cancellation);
            return ExitCodes.Done;
        });
        return command;
    }

    // A port in use, an address that is none or too open, a setting out of its range: the message says what to do.
    static bool IsSetting(Exception error) => error is IOException or NotSupportedException or OptionsValidationException;
}
