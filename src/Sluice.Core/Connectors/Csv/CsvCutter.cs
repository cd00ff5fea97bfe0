namespace Sluice.Connectors;

/// <summary>Joins the records of a file to parts whose borders follow the content.</summary>
sealed class CsvCutter
{
    readonly string file;
    readonly TextScan scan;
    readonly CsvBorders borders;
    readonly CsvFile found;
    readonly ShardCut cut;
    readonly TextCutter parts;
    readonly string detail;
    string? detailAfterHighByte;
    int headersPending;
    bool isFirst = true;
    int begin;

    public CsvCutter(string file, TextScan scan, CsvBorders borders, CsvFile found, ShardCut cut)
    {
        this.file = file;
        this.scan = scan;
        this.borders = borders;
        this.found = found;
        this.cut = cut;
        parts = new TextCutter(file, scan, cut, Detail);
        detail = new CsvDetail(found.Dialect, found.Columns, found.Head.Repeated).ToJson();
        headersPending = found.Head.HeaderRecords;
    }

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
        while (next < ends.Length)
        {
            var isRecord = ends[next] >= 0;
            var from = begin;
            var line = borders.Lines[next];
            begin = isRecord ? ends[next] : ~ends[next];
            next++;
            if (begin - from > cut.MaxRecordBytes)
            {
                throw TooLong(line);
            }

            if (isRecord && headersPending > 0)
            {
                headersPending--;
            }
            else if (isRecord && parts.Take(from, begin, line) is { } part)
            {
                return WithPreamble(part);
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

        return (parts.Finish(scan.End) ?? parts.FinishEmpty(scan.End, borders.Line)) is { } last ? WithPreamble(last) : null;
    }

    /// <summary>The lines above the header are told of by the first part.</summary>
    Shard WithPreamble(Shard part)
    {
        var preamble = isFirst ? found.Head.Preamble : [];
        isFirst = false;
        return preamble.Count == 0
            ? part
            : part with { Records = part.Records + preamble.Count, Detail = (CsvDetail.Of(part) with { Preamble = preamble }).ToJson() };
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
            found.Columns,
            found.Head.Repeated).ToJson();
    }

    SourceException TooLong(long line) => new(
        $"The file \"{file}\" has a record on line {line} that is longer than {cut.MaxRecordBytes:N0} bytes, the limit"
        + (borders.OpenQuoteLine > 0
            ? $"; a quote {found.Dialect.Quote} opened on line {borders.OpenQuoteLine} is not closed. Expected a closing quote"
            : ". Expected shorter records")
        + ". Correct the line, check the options delimiter and quote, or raise max_record_bytes under optimization.");
}
