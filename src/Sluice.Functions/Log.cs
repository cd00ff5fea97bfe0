using Microsoft.Extensions.Logging;

namespace Sluice.Functions;

/// <summary>Every message of the app.</summary>
static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "An upload started run {Run}.")]
    internal static partial void UploadStartedRun(ILogger logger, string run);

    [LoggerMessage(1001, LogLevel.Warning, "A file was uploaded for pipeline '{Pipeline}', which is not registered. Register it with POST /api/v1/pipelines.")]
    internal static partial void UploadWithoutPipeline(ILogger logger, string pipeline);

    [LoggerMessage(1002, LogLevel.Warning, "A read of personal data of dataset '{Dataset}', version {Version}, by {How} broke a rule: {Alerts}. Who it was: GET /api/v1/datasets/{Dataset}/access.")]
    internal static partial void SensitiveReadAlert(ILogger logger, string dataset, string version, string how, string alerts);

    [LoggerMessage(1003, LogLevel.Warning, "The Redis server of Sluice:SchemaCache cannot be used; schemas are kept in memory alone. {Why}")]
    internal static partial void RedisIsAway(ILogger logger, string why);
}
