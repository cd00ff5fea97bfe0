using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Connectors;

/// <summary>How the values of a JSON file are put one after another.</summary>
public enum JsonFormat
{
    /// <summary>What the file begins with decides.</summary>
    Auto,

    /// <summary>One array; each element is a row.</summary>
    Array,

    /// <summary>One value a line (JSON Lines, NDJSON); each is a row.</summary>
    Lines,
}

/// <summary>
/// JSON files, read strictly (RFC 8259): an array of objects, an object a line, or one object. The keys of the objects are the columns, in
/// order of first appearance; values that are not objects go to the column <c>value</c>. Nested objects and arrays are kept as JSON text.
/// </summary>
[Source("json", Aliases = ["json_connector", "jsonl", "jsonl_connector", "ndjson"])]
public sealed partial class JsonSource(JsonSource.Options options) : TextFileSource
{
    /// <summary>Options of the <c>json</c> source.</summary>
    public sealed record Options
    {
        /// <summary>A file, a folder (all its files) or a glob such as <c>data/**/*.jsonl</c>.</summary>
        [Required(AllowEmptyStrings = false)]
        public required string FilePath { get; init; }

        /// <summary>How the file is built; found out by default.</summary>
        public JsonFormat Format { get; init; } = JsonFormat.Auto;

        /// <summary>Makes columns of the keys of nested objects, joined with a point: <c>address.city</c>. Arrays stay JSON text.</summary>
        public bool Flatten { get; init; }

        /// <summary>Levels of objects and arrays within one value.</summary>
        [Range(1, 1000)]
        public int MaxDepth { get; init; } = 64;

        /// <summary>Columns a table may have: keys that are data rather than names easily make more.</summary>
        [Range(1, 100_000)]
        public int MaxColumns { get; init; } = 10_000;

        /// <summary>What to do with a line that is not valid JSON. In an array such an element always stops the run.</summary>
        public BadRow OnBadRow { get; init; } = BadRow.Reject;

        /// <summary>
        /// Bytes that each byte of a compressed file (gzip, Zstandard) may become: a file that grows more is taken for a bomb and refused. Files that
        /// unpack to less than 64 MiB are always read.
        /// </summary>
        [Range(1, 1_000_000)]
        public int MaxUnpackRatio { get; init; } = 200;

        /// <summary>Name of a column to add that holds each row's file. Not set: none.</summary>
        public string? SourceColumn { get; init; }
    }

    public override string FilePath => options.FilePath;

    protected override string? PathColumn => options.SourceColumn;

    protected override int UnpackRatio => options.MaxUnpackRatio;

    protected override string FormatName => "JSON";

    public override async Task<IReadOnlyList<KeyValuePair<string, string>>> DescribeAsync(InputFiles inputs, CancellationToken cancellation)
    {
        var file = await FirstAsync(inputs, cancellation);
        using var local = await OpenAsync(inputs, file, cancellation);
        var found = JsonFile.Examine(file, local.Path, options.Format);
        return [new("layout", found.Layout.ToString().ToLowerInvariant()), new("encoding", found.Encoding)];
    }

    internal override IEnumerable<Shard> Cut(InputFile file, string localPath, bool alone, ShardCut cut, CancellationToken cancellation)
    {
        if (!alone && new FileInfo(localPath).Length == 0)
        {
            yield break;
        }

        var found = JsonFile.Examine(file.Path, localPath, options.Format);
        using var scan = new TextScan(localPath, found.Encoding, found.Start);
        var detail = new JsonDetail(found.Layout, found.Encoding).ToJson();
        var parts = new TextCutter(file.Path, scan, cut, _ => detail);
        var records = found.Layout switch
        {
            JsonLayout.Lines => Lines(file.Path, scan, cut, parts, cancellation),
            JsonLayout.Array => Elements(file.Path, scan, cut, parts, cancellation),
            _ => Whole(file.Path, scan, cut, parts),
        };
        foreach (var part in records)
        {
            yield return part;
        }
    }

    static IEnumerable<Shard> Lines(string file, TextScan scan, ShardCut cut, TextCutter parts, CancellationToken cancellation)
    {
        var lines = new TextLines(scan, file, cut.MaxRecordBytes);
        var records = 0;
        while (lines.Next(out var from, out var end))
        {
            lines.Keep = end;
            if (!TextLines.Trim(scan.Buffer.AsSpan(from, end - from)).IsEmpty && parts.Take(from, end, lines.Line) is { } part)
            {
                yield return part;
            }

            if ((++records & 0xFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        if (parts.Finish(scan.End) is { } last)
        {
            yield return last;
        }
    }

    static IEnumerable<Shard> Elements(string file, TextScan scan, ShardCut cut, TextCutter parts, CancellationToken cancellation)
    {
        var elements = new JsonElements(scan, file, cut.MaxRecordBytes);
        var records = 0;
        while (elements.Next(out var from, out var end))
        {
            if (parts.Take(from, end, elements.Line) is { } part)
            {
                yield return part;
            }

            elements.LastEnd = end;
            if ((++records & 0xFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        if ((records > 0 ? parts.Finish(elements.LastEnd) : parts.FinishEmpty(elements.LastEnd, 1)) is { } last)
        {
            yield return last;
        }
    }

    static IEnumerable<Shard> Whole(string file, TextScan scan, ShardCut cut, TextCutter parts)
    {
        while (!scan.AtEnd)
        {
            scan.Refill(0);
            if (scan.End > cut.MaxRecordBytes)
            {
                throw TextLines.TooLong(file, 1, cut.MaxRecordBytes);
            }
        }

        yield return parts.Take(0, scan.End, 1) ?? parts.Finish(scan.End)!;
    }
}
