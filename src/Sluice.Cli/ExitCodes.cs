namespace Sluice.Cli;

/// <summary>What the process tells its caller.</summary>
static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A gate refused the data; nothing was committed.</summary>
    public const int GateFailed = 1;

    /// <summary>The pipeline or the options are wrong; nothing was run.</summary>
    public const int Invalid = 2;

    /// <summary>A source could not be read.</summary>
    public const int SourceFailed = 3;

    /// <summary>The store, a sink or Sluice itself failed.</summary>
    public const int Failed = 4;

    /// <summary>A budget for language models would be passed; what was answered is kept, and somebody has to approve more.</summary>
    public const int BudgetSpent = 5;

    /// <summary>Stopped by Ctrl-C or SIGTERM; the next run goes on from there.</summary>
    public const int Cancelled = 130;

    public static int Of(Exception error) => Of(error.GetType().FullName ?? "");

    /// <summary>Across the durable history an error is only its type's name.</summary>
    public static int Of(string errorType) => errorType switch
    {
        "Sluice.PipelineException" => Invalid,
        "Sluice.SourceException" => SourceFailed,
        "Sluice.BudgetException" => BudgetSpent,
        "System.OperationCanceledException" or "System.Threading.Tasks.TaskCanceledException" => Cancelled,
        _ => Failed,
    };
}
