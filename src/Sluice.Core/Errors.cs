namespace Sluice;

/// <summary>One thing wrong with a pipeline or its options. Line and column count from 1; 0 means unknown.</summary>
public sealed record Problem(string Message, string? File, int Line, int Column)
{
    public override string ToString() => (File, Line) switch
    {
        (null, 0) => Message,
        (null, _) => $"line {Line}, column {Column}: {Message}",
        (_, 0) => $"{File}: {Message}",
        _ => $"{File}:{Line}:{Column}: {Message}",
    };
}

/// <summary>Data breaks a contract: a name, a size, a type or a reference. Running again does not help.</summary>
public sealed class DataException : Exception
{
    public DataException(string message)
        : base(message)
    {
    }

    public DataException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}

/// <summary>A pipeline cannot run. It lists every problem at once, so that one edit can fix them all.</summary>
public sealed class PipelineException : Exception
{
    public PipelineException(IReadOnlyList<Problem> problems)
        : base(string.Join('\n', problems))
        => Problems = problems;

    public PipelineException(string message, Exception? inner)
        : base(message, inner)
        => Problems = [new Problem(message, null, 0, 0)];

    public IReadOnlyList<Problem> Problems { get; }
}

/// <summary>A fault that is expected to pass: a time-out, a throttled or restarting service. The only exception that is retried.</summary>
public sealed class TransientException : Exception
{
    public TransientException(string message)
        : base(message)
    {
    }

    public TransientException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>Tokens that were paid for tries of a language model that gave nothing.</summary>
    public Llm.TokenUsage Wasted { get; init; }
}

/// <summary>A source cannot be read: it is missing, refused, or not in the stated format.</summary>
public sealed class SourceException : Exception
{
    public SourceException(string message)
        : base(message)
    {
    }

    public SourceException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}

/// <summary>A sink cannot be written.</summary>
public sealed class SinkException : Exception
{
    public SinkException(string message)
        : base(message)
    {
    }

    public SinkException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}

/// <summary>The store or the ledger itself cannot be used: it is full, locked, refused or unreadable.</summary>
public sealed class StoreException : Exception
{
    public StoreException(string message)
        : base(message)
    {
    }

    public StoreException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>Words a file system error for the user: which store, what happened, what to do.</summary>
    /// <param name="store">The store as its user knows it, for instance <c>folder "/data/.sluice"</c>.</param>
    /// <param name="cause">The <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</param>
    public static StoreException From(string store, Exception cause) => new(
        IsDiskFull(cause)
            ? $"The disk is full: the store in {store} cannot write. Nothing was half published. Free some space there, or choose a store on " +
                "another disk, and run again."
            : cause is UnauthorizedAccessException
            ? $"The store in {store} cannot be used: permission denied ({cause.Message}). Give this user read and write permission, or choose " +
                "another store."
            : $"The store in {store} cannot be used: {cause.Message} Check that the disk is mounted, writable and healthy, and run again.",
        cause);

    /// <summary>True for a full disk or an exhausted quota, on every platform.</summary>
    public static bool IsDiskFull(Exception cause)
    {
        // The runtime keeps errno in HResult on Unix: ENOSPC is 28 everywhere, EDQUOT 122 on Linux and 69 on macOS.
        // Windows has ERROR_HANDLE_DISK_FULL (0x27) and ERROR_DISK_FULL (0x70).
        return cause is IOException && cause.HResult is 28 or 122 or 69 or unchecked((int)0x80070027) or unchecked((int)0x80070070);
    }
}

/// <summary>A provider refuses a question for good.</summary>
public sealed class ModelException : Exception
{
    public ModelException(string message)
        : base(message)
    {
    }

    public ModelException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>Whether it is this question that is refused (too long, filtered): another may be answered. Otherwise none is: a wrong key, an unknown model.</summary>
    public bool OfQuestion { get; init; }

    /// <summary>Tokens that were paid for tries that gave nothing.</summary>
    public Llm.TokenUsage Wasted { get; init; }
}

/// <summary>A run may not spend what its next call to a language model could cost. What was answered is kept; somebody has to approve more.</summary>
public sealed class BudgetException : Exception
{
    public BudgetException(string message)
        : base(message)
    {
    }
}
