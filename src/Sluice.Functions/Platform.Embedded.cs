using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sluice.Embedded.Durable;

namespace Sluice.Functions;

/// <summary>What only the embedded flavour has.</summary>
public static class Platform
{
    /// <summary>The durable client of an app that runs in this process.</summary>
    public static DurableTaskClient Client(IHost host) => host.Services.GetRequiredService<DurableEngine>().Client;
}
