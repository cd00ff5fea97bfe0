namespace Sluice.Connectors;

/// <summary>Joins the records of a file to parts whose borders follow the content.</summary>
/// <param name="file">For messages and shards.</param>
/// <param name="scan">Where the records lie.</param>
/// <param name="cut">How large parts are.</param>
/// <param name="detail">Detail of a part that ends at a position in the file.</param>
sealed class TextCutter(string file, TextScan scan, ShardCut cut, Func<long, string?> detail)
{
    long firstLine;
    int records;
    long bytes;
    bool any;

    /// <summary>Takes the next record; bytes between it and the one before belong to their part. Returns the part if it ends here.</summary>
    public Shard? Take(int from, int end, long line)
    {
        if (records++ == 0)
        {
            scan.BeginPart(from);
            firstLine = line;
        }

        bytes += end - from;
        return records >= cut.MaxRecords || (bytes >= cut.MinBytes && cut.EndsAfter(bytes, bytes / records, RowHash.Bytes(scan.Buffer.AsSpan(from, end - from))))
            ? End(end)
            : null;
    }

    /// <summary>What is left at the end of the file.</summary>
    public Shard? Finish(int at) => records > 0 ? End(at) : null;

    /// <summary>For a file that has no record: a part without any, so that its columns are known. Null if there were records.</summary>
    public Shard? FinishEmpty(int at, long line)
    {
        if (any)
        {
            return null;
        }

        scan.BeginPart(at);
        firstLine = line;
        return End(at);
    }

    Shard End(int at)
    {
        var (offset, length, sha256) = scan.EndPart(at);
        var part = new Shard(file, offset, length, sha256, firstLine, records, detail(offset + length));
        records = 0;
        bytes = 0;
        any = true;
        return part;
    }
}
