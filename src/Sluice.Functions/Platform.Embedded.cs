using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sluice.Embedded.Durable;
using Sluice.Functions.Storage;

namespace Sluice.Functions;

/// <summary>What only the embedded flavour has.</summary>
public static class Platform
{
    /// <summary>Where data lies unless the settings say.</summary>
    public const StorageKind DefaultStorage = StorageKind.Local;

    /// <summary>Nothing: the engine beneath takes what it needs from the settings.</summary>
    public static void Configure(FunctionsApplicationBuilder builder)
    {
    }

    /// <summary>Passes: the engine is in this process.</summary>
    public static void RequireEngine()
    {
    }

    /// <summary>The durable client of an app that runs in this process.</summary>
    public static DurableTaskClient Client(IHost host) => host.Services.GetRequiredService<DurableEngine>().Client;

    /// <summary>Whether an error says, in words for the user, that the durable store cannot be used: another process has it, or its disk is full.</summary>
    public static bool IsStoreFailure(Exception error) => error is EngineStoreException or EngineKilledException;
}
