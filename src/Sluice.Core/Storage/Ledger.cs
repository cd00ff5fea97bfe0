using System.Text;

namespace Sluice.Storage;

/// <summary>A row as it was read. The ETag changes with every write, also when a row is deleted and inserted again.</summary>
public sealed record LedgerRow(string Partition, string Row, string Json, string ETag);

/// <summary>
/// The only mutable thing: small JSON rows by partition and row key, changed by compare-and-swap. Every member can be called from many threads
/// and many processes at once.
/// </summary>
/// <remarks>
/// Errors: an invalid key or a row that is too large is a <see cref="DataException"/>; a locked, full or unreadable ledger a
/// <see cref="StoreException"/>; a fault that passes a <see cref="TransientException"/>.
/// </remarks>
public abstract class Ledger : IAsyncDisposable
{
    public const int MaxKeyLength = 512;

    // The bytes of the JSON decide, so what cannot be encoded must be refused rather than replaced by U+FFFD.
    static readonly UTF8Encoding strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Where the rows are, for messages: <c>file "/data/.sluice/ledger.db"</c>.</summary>
    public abstract string Location { get; }

    /// <summary>Most bytes of one row's JSON in UTF-8. A larger value belongs in the object store, and its path in the row.</summary>
    public int MaxJsonBytes { get; init; } = 60 * 1024;

    /// <summary>The row; null when it is absent.</summary>
    public abstract Task<LedgerRow?> GetAsync(string partition, string row, CancellationToken cancellation);

    /// <summary>Inserts a row. Null: it exists, and stays as it is.</summary>
    public abstract Task<LedgerRow?> InsertAsync(string partition, string row, string json, CancellationToken cancellation);

    /// <summary>Compare-and-swap against the row as it was read. Null: it has changed since or is gone, and nothing was written.</summary>
    public abstract Task<LedgerRow?> ReplaceAsync(LedgerRow row, string json, CancellationToken cancellation);

    /// <summary>The rows of a partition whose key begins with the prefix (null: all), in ordinal order of the row key.</summary>
    public abstract IAsyncEnumerable<LedgerRow> ListAsync(string partition, string? rowPrefix, CancellationToken cancellation);

    /// <summary>Deletes the row as it was read. False: it has changed since or is gone, and nothing was deleted.</summary>
    public abstract Task<bool> DeleteAsync(LedgerRow row, CancellationToken cancellation);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Refuses a key that some ledger could not hold.</summary>
    protected static void CheckKeys(string partition, string row)
    {
        CheckKey("partition", partition);
        CheckKey("row", row);
    }

    protected static void CheckPartition(string partition, string? rowPrefix)
    {
        CheckKey("partition", partition);
        if (!string.IsNullOrEmpty(rowPrefix))
        {
            CheckKey("row prefix", rowPrefix);
        }
    }

    /// <summary>Refuses JSON above <see cref="MaxJsonBytes"/>.</summary>
    protected void CheckJson(string partition, string row, string json)
    {
        int bytes;
        try
        {
            bytes = strictUtf8.GetByteCount(json);
        }
        catch (EncoderFallbackException e)
        {
            throw new DataException(
                $"The ledger row \"{partition}\" / \"{row}\" holds half a surrogate pair at character {e.Index}. Expected well-formed text. Check " +
                "how its text was cut.", e);
        }

        if (bytes > MaxJsonBytes)
        {
            throw new DataException(
                $"The ledger row \"{partition}\" / \"{row}\" has {bytes} bytes of JSON; expected at most {MaxJsonBytes}. Keep the large part as an " +
                "object and its path in the row.");
        }
    }

    // Azure Tables takes 512 UTF-16 characters and forbids / \ # ? and control characters; % breaks some of its clients. Printable ASCII also
    // makes the ordinal order of every ledger the same.
    static void CheckKey(string kind, string key)
    {
        const string expected =
            "Expected 1 to 512 printable ASCII characters without / \\ # ? and %. Change the name that the key is made from.";
        if (key.Length is 0 or > MaxKeyLength)
        {
            throw new DataException($"The ledger's {kind} key has {key.Length} characters. {expected}");
        }

        foreach (var c in key)
        {
            if (c is < ' ' or > '~' or '/' or '\\' or '#' or '?' or '%')
            {
                var shown = char.IsControl(c) || char.IsSurrogate(c) ? $"U+{(int)c:X4}" : c.ToString();
                throw new DataException($"The ledger's {kind} key \"{key.Replace(c.ToString(), shown)}\" has the character \"{shown}\". {expected}");
            }
        }
    }
}
