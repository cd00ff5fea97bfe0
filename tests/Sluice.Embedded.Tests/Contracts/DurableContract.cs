using Microsoft.Extensions.Logging;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>
/// What every backend of Durable Task promises, said in Microsoft's API only. A backend is one class with <see cref="IDurableBackend"/> and one empty
/// test class for each contract. Each test carries its number of the contract as a trait.
/// </summary>
public abstract class DurableContract<TBackend>
    where TBackend : IDurableBackend
{
    protected static IDurableHarness Hub(
        TimeProvider? clock = null, TestFaults? faults = null, Func<HubOptions, HubOptions>? configure = null, ILoggerFactory? loggers = null)
    {
        var options = new HubOptions { Clock = clock ?? TimeProvider.System, Faults = faults, Loggers = loggers };
        return TBackend.Create(configure is null ? options : configure(options));
    }

    /// <summary>A hub with the orchestrator "Wait", which waits for as many letters as its input says.</summary>
    protected static IDurableHarness Waiting(TimeProvider? clock = null) => Hub(clock).Orchestrator("Wait", async context =>
    {
        var seen = "";
        for (var i = 0; i < context.GetInput<int>(); i++)
        {
            context.SetCustomStatus($"waiting for {i}");
            seen += await context.WaitForExternalEvent<string>("letter");
        }

        return seen;
    });
}
