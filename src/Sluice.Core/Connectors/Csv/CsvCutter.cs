namespace Sluice.Connectors;

/// <summary>Joins the records of a file to parts whose borders follow the content.</summary>
sealed class CsvCutter(string file, TextScan scan, CsvBorders borders, CsvFile found, ShardCut cut)
{
    readonly string detail = new CsvDetail(found.Dialect, found.Columns).ToJson();
    string? detailAfterHighByte;
    bool headerPending = found.HasHeader;
    bool any;
    int begin;
    long firstLine;
    int records;
    long partBytes;

    /// <summary>Records are taken from the front of the buffer again.</summary>
    public void NextBuffer()
    {
        begin = 0;
        if (scan.End - borders.RecordStart > cut.MaxRecordBytes)
        {
            throw TooLong(borders.RecordLine);
        }
    }

    /// <summary>Takes records of the buffer from one on, up to the end of a part. Null: the part goes on.</summary>
    public Shard? Take(ref int next)
    {
        var ends = borders.Ends;
        for (; next < ends.Length; next++)
        {
            var isRecord = ends[next] >= 0;
            var end = isRecord ? ends[next] : ~ends[next];
            var from = begin;
            begin = end;
            if (end - from > cut.MaxRecordBytes)
            {
                throw TooLong(borders.Lines[next]);
            }

            if (!isRecord || headerPending)
            {
                headerPending &= !isRecord;
                partBytes += records > 0 ? end - from : 0;
                continue;
            }

            if (records++ == 0)
            {
                scan.BeginPart(from);
                firstLine = borders.Lines[next];
            }

            partBytes += end - from;
            if (records >= cut.MaxRecords || EndsAfter(from, end))
            {
                next++;
                return End(end);
            }
        }

        return null;
    }

    /// <summary>What is left at the end of the file; a part without records for a file that has none.</summary>
    public Shard? Finish()
    {
        if (borders.OpenQuoteLine > 0 && borders.Line > borders.OpenQuoteLine)
        {
            throw new SourceException(
                $"The file \"{file}\" has a quote {found.Dialect.Quote} that opens a field on line {borders.OpenQuoteLine} and is never closed: "
                + $"the {borders.Line - borders.OpenQuoteLine:N0} line(s) after it would become one field. Expected a closing quote. Correct that line, or set "
                + "quote: none if quotes are ordinary characters in this file.");
        }

        if (records == 0 && any)
        {
            return null;
        }

        if (records == 0)
        {
            scan.BeginPart(scan.End);
            firstLine = borders.Line;
        }

        return End(scan.End);
    }

    bool EndsAfter(int from, int end) =>
        partBytes >= cut.MinBytes && cut.EndsAfter(partBytes, partBytes / records, RowHash.Bytes(scan.Buffer.AsSpan(from, end - from)));

    Shard End(int at)
    {
        var (offset, length, sha256) = scan.EndPart(at);
        var part = new Shard(file, offset, length, sha256, firstLine, records, Detail(offset + length));
        records = 0;
        partBytes = 0;
        any = true;
        return part;
    }

    /// <summary>Up to the first byte above 0x7F the encoding does not matter; what it is, what follows that byte decides.</summary>
    string Detail(long end)
    {
        if (!found.EncodingOpen || scan.FirstHighByte < 0 || end <= scan.FirstHighByte)
        {
            return detail;
        }

        return detailAfterHighByte ??= new CsvDetail(
            found.Dialect with { Encoding = CsvSniffer.GuessEncoding(scan.Peek(scan.FirstHighByte, CsvSniffer.GuessBytes)) },
            found.Columns).ToJson();
    }

    SourceException TooLong(long line) => new(
        $"The file \"{file}\" has a record on line {line} that is longer than {cut.MaxRecordBytes:N0} bytes, the limit"
        + (borders.OpenQuoteLine > 0 ? $"; a quote {found.Dialect.Quote} opened on line {borders.OpenQuoteLine} is not closed. Expected a closing quote" : ". Expected shorter records")
        + ". Correct the line, check the options delimiter and quote, or raise the limit max_record_bytes.");
}
