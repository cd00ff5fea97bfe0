namespace Sluice.Embedded.Durable;

/// <summary>Which versions of an orchestration this worker takes; with Durable Functions' names (versionMatchStrategy).</summary>
public enum VersionMatchStrategy
{
    /// <summary>Every version.</summary>
    None,

    /// <summary>The worker's own version only.</summary>
    Strict,

    /// <summary>The worker's own version and older ones.</summary>
    CurrentOrOlder,
}

/// <summary>What becomes of an orchestration whose version this worker does not take (versionFailureStrategy).</summary>
public enum VersionFailureStrategy
{
    /// <summary>It waits in the store for a worker that takes it.</summary>
    Reject,

    /// <summary>It fails with the type VersionMismatch.</summary>
    Fail,
}

/// <summary>Versions as Durable Task compares them: none is the lowest; numbers where both are some, else text without regard to case.</summary>
static class Versions
{
    /// <summary>Null when the worker takes the version, else why not. A worker without a version takes all.</summary>
    public static string? Refusal(DurableEngineOptions worker, string version)
    {
        if (worker.DefaultVersion.Length == 0)
        {
            return null;
        }

        var comparison = Compare(version, worker.DefaultVersion);
        return worker.VersionMatchStrategy switch
        {
            VersionMatchStrategy.Strict when comparison != 0
                => $"The orchestration version '{version}' does not match the worker version '{worker.DefaultVersion}'.",
            VersionMatchStrategy.CurrentOrOlder when comparison > 0
                => $"The orchestration version '{version}' is greater than the worker version '{worker.DefaultVersion}'.",
            _ => null,
        };
    }

    static int Compare(string a, string b)
        => a.Length == 0 || b.Length == 0 ? a.Length.CompareTo(b.Length)
            : Version.TryParse(a, out var left) && Version.TryParse(b, out var right) ? left.CompareTo(right)
            : string.Compare(a, b, StringComparison.OrdinalIgnoreCase);
}
