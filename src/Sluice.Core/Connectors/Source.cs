using Sluice.Steps;

namespace Sluice.Connectors;

/// <summary>A part of a source that becomes one batch. Its borders follow the content: inserting a record does not move the others.</summary>
/// <param name="File">Path of the input file as the pipeline's reader resolves it (relative to the input root).</param>
/// <param name="Offset">First byte in the file, for formats that are read by range.</param>
/// <param name="Length">Bytes of the range.</param>
/// <param name="Sha256">Hash of exactly the bytes that reading depends on, lower-case hex.</param>
/// <param name="FirstLine">Line (text formats) or record (others) of the first record, 1-based, for messages.</param>
/// <param name="Records">Records in the range: rows of the batch plus rejected ones.</param>
/// <param name="Detail">What else the format needs to read it (dialect, sheet, row range) as canonical JSON text, or null. Part of the memo key.</param>
public sealed record Shard(string File, long Offset, long Length, string Sha256, long FirstLine, int Records, string? Detail = null);

/// <summary>A record that could not be read.</summary>
/// <param name="Line">Line or record in the file, 1-based.</param>
/// <param name="Column">Column name or 1-based character position, where known.</param>
/// <param name="Reason">snake_case.</param>
/// <param name="Found">The text that was found, cut to a bounded length.</param>
/// <param name="File">The file it is in, where a shard holds several; null: <see cref="Shard.File"/>.</param>
public sealed record RejectedRecord(long Line, string? Column, string Reason, string Found, string? File = null);

/// <summary>What one shard gave.</summary>
/// <param name="Batch">Rows, with the narrowest types that hold every value of this shard, or the types asked for.</param>
/// <param name="Rejected">Records that are not in the batch.</param>
public sealed record ShardRows(Batch Batch, IReadOnlyList<RejectedRecord> Rejected);

/// <summary>
/// Reads a kind of data. Both methods run in activities, may run twice, and give the same result each time.
/// </summary>
public abstract class Source
{
    /// <summary>Raise when the same bytes and options give other rows than before.</summary>
    public virtual int CodeVersion => 1;

    /// <summary>The <c>file_path</c> of its options, as <see cref="InputFiles.ListAsync"/> takes it; null: it reads no files.</summary>
    public abstract string? FilePath { get; }

    /// <summary>The step that looks at the rows as read, before every step of the pipeline; null: none.</summary>
    public virtual Step? Look => null;

    /// <summary>How the first file is written, where the source finds that out: names and values for people to read.</summary>
    public virtual Task<IReadOnlyList<KeyValuePair<string, string>>> DescribeAsync(InputFiles inputs, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<KeyValuePair<string, string>>>([]);

    /// <summary>Cuts the input into shards, in order. One pass over the bytes, memory bounded by one shard.</summary>
    /// <param name="inputs">Where files come from.</param>
    /// <param name="cut">How large shards are.</param>
    /// <param name="cancellation">Stops between records.</param>
    /// <exception cref="SourceException">Nothing to read, unreadable, or over a limit; names the file.</exception>
    public abstract IAsyncEnumerable<Shard> ListShardsAsync(InputFiles inputs, ShardCut cut, CancellationToken cancellation);

    /// <summary>
    /// Reads one shard. Without a schema, each column gets the narrowest type that holds every value (see <see cref="Schemas.Unify"/>);
    /// with one, exactly that schema: a value that its type cannot hold is a bug of the unification, not of the data.
    /// </summary>
    public abstract Task<ShardRows> ReadAsync(InputFiles inputs, Shard shard, Schema? schema, CancellationToken cancellation);
}

/// <summary>How a source is cut into shards. The cut never changes the result of a run, only how much work one activity is.</summary>
public sealed record ShardCut
{
    /// <summary>Bytes of input that a shard aims at. Borders fall, by content, between a quarter of it and four times it.</summary>
    public long TargetBytes { get; init; } = 4 << 20;

    /// <summary>Records a shard may hold at most.</summary>
    public int MaxRecords { get; init; } = 1 << 20;

    /// <summary>Most that <see cref="MaxRecordBytes"/> may be: the texts of a batch lie in one array.</summary>
    public const int MostRecordBytes = 1 << 30;

    /// <summary>Bytes one record may have. A longer one stops the run: it is nearly always a quote that never ends.</summary>
    public int MaxRecordBytes { get; init; } = 8 << 20;

    /// <summary>Columns a table may have.</summary>
    public int MaxColumns { get; init; } = 10_000;

    public long MinBytes => Math.Max(1, TargetBytes / 4);

    public long MaxBytes => TargetBytes * 4;

    /// <summary>True when a shard that is <paramref name="bytes"/> long may end after a record with this hash (<see cref="RowHash.Bytes"/>).</summary>
    /// <param name="bytes">Length of the shard including that record.</param>
    /// <param name="averageRecordBytes">Mean length of the shard's records so far.</param>
    /// <param name="hash">Hash of the record's bytes.</param>
    public bool EndsAfter(long bytes, long averageRecordBytes, ulong hash)
    {
        if (bytes >= MaxBytes)
        {
            return true;
        }

        if (bytes < MinBytes)
        {
            return false;
        }

        // Past the minimum, on average one record in (target − min) / record size is a border. The power of two keeps the set of
        // candidate borders stable when the average record length drifts a little.
        var wanted = Math.Max(1, (ulong)((TargetBytes - MinBytes) / Math.Max(1, averageRecordBytes)));
        var mask = ulong.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(wanted) >> 1;
        return (hash & mask) == 0;
    }
}
