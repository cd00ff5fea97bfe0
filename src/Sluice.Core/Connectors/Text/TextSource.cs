using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Sluice.Steps;

namespace Sluice.Connectors;

/// <summary>What a row of a text source is.</summary>
public enum TextUnit
{
    /// <summary>A whole file.</summary>
    File,

    /// <summary>Lines up to the next blank one.</summary>
    Paragraph,

    /// <summary>A line that is not blank.</summary>
    Line,
}

/// <summary>
/// Plain text. A row is a file (columns <c>path</c>, <c>text</c>, <c>bytes</c>), a paragraph or a line (columns <c>path</c>, <c>index</c>,
/// <c>text</c>; the index is the number of the line it begins on, from 1). Text that is not valid is rejected.
/// </summary>
[Source("text", Aliases = ["text_connector"])]
public sealed partial class TextSource(TextSource.Options options) : TextFileSource
{
    /// <summary>Options of the <c>text</c> source.</summary>
    public sealed record Options
    {
        /// <summary>A file, a folder (all its files) or a glob such as <c>corpus/**/*.txt</c>.</summary>
        [Required(AllowEmptyStrings = false)]
        public required string FilePath { get; init; }

        /// <summary>What a row is.</summary>
        public TextUnit Unit { get; init; } = TextUnit.File;

        /// <summary><c>auto</c> (byte order mark, else UTF-8), <c>utf-8</c>, <c>utf-16le</c>, <c>windows-1252</c> and so on.</summary>
        [Required]
        public string Encoding { get; init; } = TextEncodings.Auto;

        /// <summary>
        /// Bytes that each byte of a compressed file (gzip, Zstandard) may become: a file that grows more is taken for a bomb and refused. Files that
        /// unpack to less than 64 MiB are always read.
        /// </summary>
        [Range(1, 1_000_000)]
        public int MaxUnpackRatio { get; init; } = 200;
    }

    public override string FilePath => options.FilePath;

    protected override string? PathColumn => null;

    protected override int UnpackRatio => options.MaxUnpackRatio;

    protected override string FormatName => "text";

    internal override IEnumerable<Shard> Cut(InputFile file, string localPath, bool alone, ShardCut cut, CancellationToken cancellation)
    {
        var (encoding, start, empty) = Examine(file.Path, localPath);
        if (empty && alone)
        {
            throw Empty(file.Path, "text");
        }

        using var scan = new TextScan(localPath, encoding, start);
        var detail = JsonSerializer.Serialize(encoding);
        var parts = new TextCutter(file.Path, scan, cut, _ => detail);
        var records = options.Unit switch
        {
            TextUnit.File => Whole(file.Path, scan, cut, parts),
            TextUnit.Line => Lines(file.Path, scan, cut, parts, cancellation),
            _ => Paragraphs(file.Path, scan, cut, parts, cancellation),
        };
        var any = false;
        foreach (var part in records)
        {
            any = true;
            yield return part;
        }

        if (!any && alone)
        {
            throw Empty(file.Path, "text; it has blank lines only");
        }
    }

    (string Encoding, long Start, bool Empty) Examine(string file, string localPath)
    {
        const int SampleBytes = 4 << 10;
        using var handle = File.OpenHandle(localPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var head = new byte[SampleBytes];
        head = head[..RandomAccess.Read(handle, head, 0)];
        var (detected, markBytes) = TextEncodings.Detect(head);
        var stated = TextEncodings.Canonical(options.Encoding);
        var encoding = stated == TextEncodings.Auto ? detected ?? TextEncodings.Utf8 : stated;
        if (TextEncodings.UnitBytes(encoding) == 1)
        {
            TextEncodings.RefuseBinary(file, head, "text");
        }

        var start = encoding == detected ? markBytes : 0;
        return (encoding, start, head.Length == start);
    }

    static IEnumerable<Shard> Whole(string file, TextScan scan, ShardCut cut, TextCutter parts)
    {
        while (!scan.AtEnd)
        {
            scan.Refill(0);
            if (scan.End > cut.MaxRecordBytes)
            {
                throw new SourceException(
                    $"The file \"{file}\" is longer than {cut.MaxRecordBytes:N0} bytes, the limit of one row. Expected smaller files. "
                    + "Set unit: paragraph or unit: line, or raise max_record_bytes under optimization.");
            }
        }

        yield return parts.Take(0, scan.End, 1) ?? parts.Finish(scan.End)!;
    }

    static IEnumerable<Shard> Lines(string file, TextScan scan, ShardCut cut, TextCutter parts, CancellationToken cancellation)
    {
        var lines = new TextLines(scan, file, cut.MaxRecordBytes);
        while (lines.Next(out var from, out var end))
        {
            cancellation.ThrowIfCancellationRequested();
            lines.Keep = end;
            if (!TextLines.Trim(scan.Buffer.AsSpan(from, end - from)).IsEmpty && parts.Take(from, end, lines.Line) is { } part)
            {
                yield return part;
            }
        }

        if (parts.Finish(scan.End) is { } last)
        {
            yield return last;
        }
    }

    static IEnumerable<Shard> Paragraphs(string file, TextScan scan, ShardCut cut, TextCutter parts, CancellationToken cancellation)
    {
        var lines = new TextLines(scan, file, cut.MaxRecordBytes);
        var first = 0L;
        var any = false;
        while (lines.Next(out var from, out var end))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!TextLines.Trim(scan.Buffer.AsSpan(from, end - from)).IsEmpty)
            {
                first = any ? first : lines.Line;
                lines.Keep = any ? lines.Keep : from;
                any = true;
                continue;
            }

            if (any && parts.Take(lines.Keep, end, first) is { } part)
            {
                yield return part;
            }

            any = false;
            lines.Keep = end;
        }

        if ((any ? parts.Take(lines.Keep, scan.End, first) : null) is { } border)
        {
            yield return border;
        }
        else if (parts.Finish(scan.End) is { } last)
        {
            yield return last;
        }
    }
}
