using System.CommandLine;
using Microsoft.Extensions.Hosting;
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
            using var host = SluiceApp.CreateBuilder([$"--Sluice:Store={parsed.GetRequiredValue(Shell.Store)}", $"--urls={parsed.GetRequiredValue(urls)}"]).Build();
            await host.RunAsync(cancellation);
            return ExitCodes.Done;
        });
        return command;
    }
}
