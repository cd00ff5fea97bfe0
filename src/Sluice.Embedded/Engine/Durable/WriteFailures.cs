namespace Sluice.Embedded.Durable;

/// <summary>Writes that failed in a row: whoever waits for a run should not wait for ever on a disk that stays full.</summary>
sealed class WriteFailures(DurableEngineOptions options, TimeProvider clock)
{
    long? since;

    public void Clear() => since = null;

    /// <exception cref="EngineKilledException">No write has succeeded for as long as the options allow.</exception>
    public void Add(Exception error)
    {
        since ??= clock.GetTimestamp();
        if (options.WritePatience is { } patience && clock.GetElapsedTime(since.Value) >= patience)
        {
            throw new EngineKilledException(
                $"The durable store '{options.Path}' could not be written for {patience.TotalSeconds:0.#} s: {error.Message} Expected a disk with space that may be "
                + "written. Free some space there, or use a store on another disk, and run again: what was finished is kept.",
                error);
        }
    }
}
