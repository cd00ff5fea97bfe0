using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Sluice.Steps;

namespace Sluice.Connectors;

/// <summary>What a JSON file holds.</summary>
public enum JsonLayout
{
    /// <summary>Found out: <c>[</c> begins an array; one object alone is one row; else each line is a row.</summary>
    Auto,

    /// <summary>One array; each element is a row.</summary>
    Array,

    /// <summary>A value a line (JSON lines, NDJSON).</summary>
    Lines,
}

/// <summary>
/// JSON (RFC 8259, strictly): an array of objects, one object, or JSON lines. Keys are columns, in order of first appearance; nested values
/// stay JSON text. A bad line of JSON lines is rejected with its line; a bad array cannot be read past the fault and stops the run.
/// </summary>
[Source("json", Aliases = ["json_connector", "jsonl", "jsonl_connector", "ndjson"])]
public sealed class JsonSource(JsonSource.Options options) : TextFileSource
{
    /// <summary>Options of the <c>json</c> source.</summary>
    public sealed record Options
    {
        /// <summary>A file, a folder (all its files) or a glob such as <c>data/**/*.json</c>.</summary>
        [Required(AllowEmptyStrings = false)]
        public required string FilePath { get; init; }

        /// <summary>What each file holds.</summary>
        public JsonLayout Format { get; init; } = JsonLayout.Auto;

        /// <summary>Makes columns of the keys of nested objects too: <c>address.city</c>. Arrays stay JSON text.</summary>
        public bool Flatten { get; init; }

        /// <summary>Depth of nesting that a row may have.</summary>
        [Range(1, 1000)]
        public int MaxDepth { get; init; } = 64;

        /// <summary>What to do with a line of JSON lines that cannot be read.</summary>
        public BadRow OnBadLine { get; init; } = BadRow.Reject;

        /// <summary>Name of a column to add that holds each row's file. Not set: none.</summary>
        public string? SourceColumn { get; init; }
    }

    public override string FilePath => options.FilePath;

    protected override string? PathColumn => options.SourceColumn;

    protected override string FormatName => "JSON";

    internal override IEnumerable<Shard> Cut(InputFile file, string localPath, bool alone, ShardCut cut, CancellationToken cancellation)
    {
        var (encoding, start) = Encoding(localPath);
        var layout = options.Format == JsonLayout.Auto ? JsonBorders.Detect(file.Path, localPath, encoding, start) : options.Format;
        using var scan = new TextScan(localPath, encoding, start);
        var borders = new JsonBorders(file.Path, scan, layout, cut);
        var detail = JsonSerializer.Serialize(new JsonDetail(layout, encoding, cut.MaxColumns), Json);
        long firstLine = 1;
        var records = 0;
        long bytes = 0;
        while (borders.Next())
        {
            cancellation.ThrowIfCancellationRequested();
            if (records == 0)
            {
                scan.BeginPart(borders.Start);
                firstLine = borders.RecordLine;
            }

            records++;
            bytes += borders.End - borders.Start;
            if (records >= cut.MaxRecords
                || (bytes >= cut.MinBytes && cut.EndsAfter(bytes, bytes / records, RowHash.Bytes(scan.Buffer.AsSpan(borders.Start, borders.End - borders.Start)))))
            {
                yield return Part();
            }
        }

        if (records > 0)
        {
            yield return Part();
        }

        Shard Part()
        {
            var (offset, length, sha256) = scan.EndPart(borders.End);
            borders.PartEnded();
            var part = new Shard(file.Path, offset, length, sha256, firstLine, records, detail);
            (records, bytes) = (0, 0);
            return part;
        }
    }

    internal override Batch Parse(Shard part, byte[] bytes, int length, Schema? schema, List<RejectedRecord> rejected, CancellationToken cancellation)
    {
        var detail = JsonSerializer.Deserialize<JsonDetail>(part.Detail!, Json)!;
        var text = TextEncodings.UnitBytes(detail.Encoding) == 1 ? bytes.AsMemory(0, length) : Utf8(bytes.AsSpan(0, length), detail.Encoding);
        var rows = new JsonRows(part, options, detail, rejected);
        return rows.Read(text.Span, schema, cancellation);
    }

    static ReadOnlyMemory<byte> Utf8(ReadOnlySpan<byte> raw, string encoding)
    {
        var utf8 = new System.Buffers.ArrayBufferWriter<byte>(raw.Length);
        TextEncodings.ToUtf8(raw, encoding, last: true, utf8);
        return utf8.WrittenMemory;
    }

    // RFC 8259: JSON is Unicode. What has no mark and no zero bytes is UTF-8; that it is valid is checked when it is read.
    static (string Encoding, int Start) Encoding(string path)
    {
        using var stream = File.OpenRead(path);
        Span<byte> head = stackalloc byte[4096];
        var (name, mark) = TextEncodings.Detect(head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
        return (name ?? TextEncodings.Utf8, mark);
    }
}

/// <summary>What a part needs to be read on its own.</summary>
sealed record JsonDetail(JsonLayout Layout, string Encoding, int MaxColumns);
