namespace Sluice.Embedded.Durable;

/// <summary>The engine cannot start on its store: another process has it, or it may not be written. The message says what to do.</summary>
public sealed class EngineStoreException : InvalidOperationException
{
    public EngineStoreException(string message)
        : base(message)
    {
    }

    public EngineStoreException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}
