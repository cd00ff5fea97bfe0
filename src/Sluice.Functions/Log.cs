using Microsoft.Extensions.Logging;
using Sluice.Runs;

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

    [LoggerMessage(1004, LogLevel.Debug, "A file that pipeline '{Pipeline}' wrote to its own folder starts no run of it.")]
    internal static partial void UploadIsOutput(ILogger logger, string pipeline);

    [LoggerMessage(1010, LogLevel.Information, "Run {Run}: stage {Stage}, pass {Pass}: {Units} units to do, {Reused} found done.")]
    internal static partial void StageOpened(ILogger logger, string run, StageKind stage, int pass, int units, int reused);

    [LoggerMessage(1011, LogLevel.Debug, "Run {Run}: stage {Stage}, pass {Pass}, unit {Unit} {How}.")]
    internal static partial void UnitFinished(ILogger logger, string run, StageKind stage, int pass, int unit, string how);

    [LoggerMessage(1012, LogLevel.Information, "Run {Run} ended; version {Version}, up to date: {UpToDate}.")]
    internal static partial void RunEnded(ILogger logger, string run, string version, bool upToDate);

    [LoggerMessage(1013, LogLevel.Warning, "Run {Run} waits for approval of its budget, ask {Ask}.")]
    internal static partial void RunWaits(ILogger logger, string run, int ask);

    [LoggerMessage(1014, LogLevel.Error, "Run {Run} failed; its status says why.")]
    internal static partial void RunFailed(ILogger logger, string run);

    [LoggerMessage(1003, LogLevel.Warning, "The Redis server of Sluice:SchemaCache cannot be used; schemas are kept in memory alone. {Why}")]
    internal static partial void RedisIsAway(ILogger logger, string why);
}
