namespace Sluice.Functions.Embedding;

/// <summary>Starts and watches executions of the embedding job. An execution outlives whoever started it.</summary>
public abstract class EmbedJob
{
    /// <summary>Starts an execution for a manifest, or finds the one that this run has started before.</summary>
    /// <param name="run">Run that asks; one execution for each, however often it asks.</param>
    /// <param name="manifest">Key of the manifest.</param>
    /// <param name="cancellation">Gives up; what was started goes on.</param>
    /// <returns>Name of the execution.</returns>
    /// <exception cref="TransientException">The service is busy; ask again.</exception>
    /// <exception cref="StoreException">The job cannot be started: there is none, or no right to it.</exception>
    public abstract Task<string> StartAsync(string run, string manifest, CancellationToken cancellation);

    /// <summary>How an execution does.</summary>
    public abstract Task<EmbedJobState> StateAsync(string execution, CancellationToken cancellation);

    /// <summary>Stops an execution; one that has ended is left as it is.</summary>
    public abstract Task StopAsync(string execution, CancellationToken cancellation);
}

/// <summary>State of an execution. That it <see cref="Ended"/> says nothing of success: the receipt in the store does.</summary>
public enum EmbedJobState
{
    /// <summary>It runs, waits for a machine, or the service does not know.</summary>
    Running,

    /// <summary>It ended, well or not, or was never there.</summary>
    Ended,
}
