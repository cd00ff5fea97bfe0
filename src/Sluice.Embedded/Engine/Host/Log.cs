using Microsoft.Extensions.Logging;

namespace Sluice.Embedded;

static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "{Count} functions: {Names}")]
    internal static partial void Found(this ILogger logger, int count, string names);

    [LoggerMessage(3001, LogLevel.Warning, "host.json: {Keys} have no effect in the embedded runtime. See docs/embedded.md.")]
    internal static partial void WithoutEffect(this ILogger logger, string keys);

    [LoggerMessage(3002, LogLevel.Debug, "Function {Function} ({Invocation}) succeeded in {Milliseconds:0} ms")]
    internal static partial void Succeeded(this ILogger logger, string function, string invocation, double milliseconds);

    [LoggerMessage(3100, LogLevel.Information, "Listening on {Addresses}; functions under /{Prefix}, keys {Keys}")]
    internal static partial void Listening(this ILogger logger, string addresses, string prefix, string keys);

    [LoggerMessage(3101, LogLevel.Error, "{Method} {Path} failed")]
    internal static partial void RequestFailed(this ILogger logger, string method, string? path, Exception exception);

    [LoggerMessage(3102, LogLevel.Information, "{Function}: {Methods} {Address}")]
    internal static partial void Route(this ILogger logger, string function, string methods, string address);

    [LoggerMessage(3201, LogLevel.Error, "Timer {Function} failed; it is called again when it is next due")]
    internal static partial void TimerFailed(this ILogger logger, string function, Exception exception);

    [LoggerMessage(3200, LogLevel.Warning, "The timer status '{Path}' cannot be read; the timer starts as if it were new")]
    internal static partial void TimerStatusUnreadable(this ILogger logger, string path, Exception exception);

    [LoggerMessage(3300, LogLevel.Warning, "Cannot watch '{Folder}'; new blobs are found by scans, every {Interval}")]
    internal static partial void CannotWatch(this ILogger logger, string folder, TimeSpan interval, Exception exception);

    [LoggerMessage(3304, LogLevel.Warning, "Cannot look into '{Folder}'")]
    internal static partial void CannotLook(this ILogger logger, string folder, Exception exception);

    [LoggerMessage(3301, LogLevel.Debug, "Blob '{Container}/{Name}' is left for the next look: {Reason}")]
    internal static partial void BlobLeft(this ILogger logger, string container, string name, string reason);

    [LoggerMessage(3302, LogLevel.Warning, "Blob '{Container}/{Name}' failed in {Function}, attempt {Attempt} of {Attempts}")]
    internal static partial void BlobFailed(this ILogger logger, string container, string name, string function, int attempt, int attempts, Exception exception);

    [LoggerMessage(3303, LogLevel.Error, "Blob '{Container}/{Name}' is poison for {Function}; see '{Path}'")]
    internal static partial void BlobPoisoned(this ILogger logger, string container, string name, string function, string path);
}
