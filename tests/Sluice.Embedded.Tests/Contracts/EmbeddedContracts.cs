using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Embedded.Durable;
using Sluice.Embedded.Tests.Durable;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>The embedded engine on its SQLite file.</summary>
public sealed class EmbeddedBackend : IDurableBackend
{
    public static string Name => "embedded (SQLite)";

    public static Capabilities Capabilities => Capabilities.History | Capabilities.Clock | Capabilities.Faults | Capabilities.Kill | Capabilities.Dedupe
        | Capabilities.NewVersion | Capabilities.RecursiveTermination | Capabilities.Restart | Capabilities.DeliveryReports | Capabilities.Limits
        | Capabilities.VersionStrategies | Capabilities.Rewind;

    public static IDurableHarness Create(HubOptions options) => new Harness(options.Clock, options.Faults, engine => engine with
    {
        MaxConcurrentActivities = options.MaxConcurrentActivities,
        MaxDeliveries = options.MaxDeliveries,
        DrainTimeout = options.DrainTimeout,
        DefaultVersion = options.DefaultVersion,
        VersionMatchStrategy = Enum.Parse<VersionMatchStrategy>(options.VersionMatchStrategy),
        VersionFailureStrategy = Enum.Parse<VersionFailureStrategy>(options.VersionFailureStrategy),
        MaxCachedExecutions = options.KeepsState ? engine.MaxCachedExecutions : 0,
    })
    {
        Loggers = options.Loggers ?? NullLoggerFactory.Instance,
    };
}

public sealed class EmbeddedStartTests : StartContract<EmbeddedBackend>;

public sealed class EmbeddedReplayTests : ReplayContract<EmbeddedBackend>;

public sealed class EmbeddedActivityTests : ActivityContract<EmbeddedBackend>;

public sealed class EmbeddedRetryTests : RetryContract<EmbeddedBackend>;

public sealed class EmbeddedTimerTests : TimerContract<EmbeddedBackend>;

public sealed class EmbeddedSubOrchestrationTests : SubOrchestrationContract<EmbeddedBackend>;

public sealed class EmbeddedEventTests : EventContract<EmbeddedBackend>;

public sealed class EmbeddedContinueAsNewTests : ContinueAsNewContract<EmbeddedBackend>;

public sealed class EmbeddedManagementTests : ManagementContract<EmbeddedBackend>;

public sealed class EmbeddedQueryTests : QueryContract<EmbeddedBackend>;

public sealed class EmbeddedDurabilityTests : DurabilityContract<EmbeddedBackend>;

public sealed class EmbeddedLimitTests : LimitContract<EmbeddedBackend>;

public sealed class EmbeddedVersionTests : VersionContract<EmbeddedBackend>;
