using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Sluice.Connectors;

public sealed partial class JsonSource
{
    internal override Batch Parse(
        Shard part, string localPath, byte[] bytes, int length, Schema? schema, List<RejectedRecord> rejected, CancellationToken cancellation)
    {
        var detail = JsonDetail.Of(part);
        if (TextEncodings.UnitBytes(detail.Encoding) > 1)
        {
            (bytes, length) = TextEncodings.ToUtf8(bytes.AsSpan(0, length), detail.Encoding);
        }

        JsonTable table;
        if (detail.Layout == JsonLayout.Lines)
        {
            table = new JsonTable(bytes, options.Flatten, options.MaxColumns, part.File);
            ReadLines(part, table, bytes.AsSpan(0, length), rejected);
        }
        else
        {
            // A part holds elements with commas between them: in brackets it is an array of its own.
            byte[] array = [(byte)'[', .. bytes.AsSpan(0, length), (byte)']'];
            table = new JsonTable(array, options.Flatten, options.MaxColumns, part.File);
            ReadArray(part, localPath, detail, table, array);
        }

        return schema is null ? table.Infer(cancellation) : table.Read(schema, cancellation);
    }

    void ReadLines(Shard part, JsonTable table, ReadOnlySpan<byte> text, List<RejectedRecord> rejected)
    {
        var valid = Utf8.IsValid(text);
        var line = part.FirstLine;
        for (var at = 0; at < text.Length; line++)
        {
            var rest = text[at..];
            var end = rest.IndexOf((byte)'\n') is var found and >= 0 ? found + 1 : rest.Length;
            var value = TextLines.Trim(rest[..end]);
            var start = at + rest[..end].IndexOfAnyExcept(" \t\r\n"u8);
            at += end;
            if (value.IsEmpty)
            {
                continue;
            }

            var bad = valid || Utf8.IsValid(value)
                ? ReadLine(table, value, start)
                : (JsonException?)new JsonException("bytes that are not UTF-8", null, 0, 0);
            if (bad is null)
            {
                continue;
            }

            var column = (bad.BytePositionInLine ?? 0) + (start - (at - end)) + 1;
            var shown = CsvTable.Found(value);
            if (options.OnBadRow == BadRow.Fail)
            {
                throw JsonTable.Invalid(part.File, line, column, $"\"{shown}\" ({Reason(bad)})", "one JSON value a line");
            }

            var reason = valid || Utf8.IsValid(value) ? "invalid_json" : "invalid_utf8";
            rejected.Add(new RejectedRecord(line, column.ToString(CultureInfo.InvariantCulture), reason, shown));
        }
    }

    JsonException? ReadLine(JsonTable table, ReadOnlySpan<byte> value, int start)
    {
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = options.MaxDepth });
        var added = false;
        try
        {
            reader.Read();
            table.AddRow(ref reader, start);
            added = true;

            // Throws where something follows the value.
            reader.Read();
            return null;
        }
        catch (JsonException cause)
        {
            table.Undo(added);
            return cause;
        }
    }

    void ReadArray(Shard part, string localPath, JsonDetail detail, JsonTable table, byte[] array)
    {
        if (!Utf8.IsValid(array))
        {
            var before = array.AsSpan(0, FirstInvalid(array));
            var position = before.Length - before.LastIndexOf((byte)'\n') - 1;
            throw Broken(part, localPath, detail, before.Count((byte)'\n'), position, "bytes that are not UTF-8", "UTF-8");
        }

        var reader = new Utf8JsonReader(array, new JsonReaderOptions { MaxDepth = options.MaxDepth + 1 });
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                table.AddRow(ref reader, 0);
            }

            reader.Read();
        }
        catch (JsonException cause)
        {
            var expected = detail.Layout == JsonLayout.Object ? "one JSON object" : "JSON values with commas between them";
            throw Broken(part, localPath, detail, cause.LineNumber ?? 0, cause.BytePositionInLine ?? 0, Reason(cause), expected);
        }

        if (table.Rows != part.Records)
        {
            var found = $"{table.Rows} values where brackets and quotes tell of {part.Records}";
            throw Broken(part, localPath, detail, 0, 1, found, "brackets that match");
        }
    }

    /// <summary>Positions count from the bracket that was put before the part; the file's own come from where the part begins.</summary>
    static SourceException Broken(Shard part, string localPath, JsonDetail detail, long line, long position, string found, string expected)
    {
        var column = line > 0 ? position + 1 : position + ColumnOf(localPath, part.Offset, TextEncodings.UnitBytes(detail.Encoding));
        return JsonTable.Invalid(part.File, part.FirstLine + line, column, found, expected);
    }

    /// <summary>How far into its line a byte of the file is, 0-based; only computed for an error.</summary>
    static long ColumnOf(string localPath, long offset, int unitBytes)
    {
        using var handle = File.OpenHandle(localPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var chunk = new byte[64 << 10];
        for (var end = offset; end > 0;)
        {
            var from = Math.Max(0, end - chunk.Length);
            var read = RandomAccess.Read(handle, chunk.AsSpan(0, (int)(end - from)), from);
            var last = chunk.AsSpan(0, read).LastIndexOf((byte)'\n');
            if (last >= 0)
            {
                return (offset - from - last - 1) / unitBytes;
            }

            end = from;
        }

        RandomAccess.Read(handle, chunk, 0);
        return (offset - TextEncodings.Detect(chunk).MarkBytes) / unitBytes;
    }

    static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(text[at..], out _, out var used) == System.Buffers.OperationStatus.Done)
        {
            at += used;
        }

        return at;
    }

    /// <summary>The reader's words, without its own positions.</summary>
    static string Reason(JsonException cause)
    {
        var end = cause.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? cause.Message : cause.Message[..end]).TrimEnd('.');
    }
}
