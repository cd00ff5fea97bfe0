using Microsoft.Extensions.Logging;

namespace Sluice.Functions;

/// <summary>Every message of the app.</summary>
static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "An upload started run {Run}.")]
    internal static partial void UploadStartedRun(ILogger logger, string run);

    [LoggerMessage(1001, LogLevel.Warning, "A file was uploaded for pipeline '{Pipeline}', which is not registered. Register it with POST /api/v1/pipelines.")]
    internal static partial void UploadWithoutPipeline(ILogger logger, string pipeline);
}
