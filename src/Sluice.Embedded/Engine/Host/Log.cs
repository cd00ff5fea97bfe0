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

    [LoggerMessage(3003, LogLevel.Error, "Function {Function} ({Invocation}) failed after {Milliseconds:0} ms")]
    internal static partial void Failed(this ILogger logger, string function, string invocation, double milliseconds, Exception exception);

    [LoggerMessage(3100, LogLevel.Information, "Listening on {Addresses}; functions under /{Prefix}, keys {Keys}")]
    internal static partial void Listening(this ILogger logger, string addresses, string prefix, string keys);

    [LoggerMessage(3101, LogLevel.Error, "{Method} {Path} failed")]
    internal static partial void RequestFailed(this ILogger logger, string method, string? path, Exception exception);
}
