using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sluice.Schemas;

namespace Sluice.Connectors;

public sealed partial class TextSource
{
    internal override Batch Parse(
        Shard part, string localPath, byte[] bytes, int length, Schema? schema, List<RejectedRecord> rejected, CancellationToken cancellation)
    {
        var encoding = JsonSerializer.Deserialize<string>(part.Detail!)!;
        if (encoding != TextEncodings.Utf8)
        {
            (bytes, length) = TextEncodings.ToUtf8(bytes.AsSpan(0, length), encoding);
        }

        var texts = new TextBuilder(part.Records, length);
        var numbers = new ValueBuilder<long>(ColumnType.Int64, part.Records);
        var units = new Units(texts, numbers, TextEncodings.InvalidReason(encoding), rejected);
        var content = bytes.AsSpan(0, length);
        if (options.Unit == TextUnit.File)
        {
            units.AddFile(content);
        }
        else
        {
            Split(content, part.FirstLine, units);
        }

        var text = texts.Build();
        var number = numbers.Build();
        var path = ColumnReader.Constant(Encoding.UTF8.GetBytes(part.File), text.Rows);
        Field[] fields = options.Unit == TextUnit.File
            ? [new Field("path", ColumnType.Text, false), new Field("text", ColumnType.Text, false), new Field("bytes", ColumnType.Int64, false)]
            : [new Field("path", ColumnType.Text, false), new Field("index", ColumnType.Int64, false), new Field("text", ColumnType.Text, false)];
        Column[] columns = options.Unit == TextUnit.File ? [path, text, number] : [path, number, text];
        var batch = new Batch(new Schema(fields), columns, text.Rows);
        return schema is null ? batch : As(batch, schema);
    }

    /// <summary>Columns never differ between shards, so a schema can only leave some out.</summary>
    static Batch As(Batch batch, Schema schema) => new(
        schema,
        schema.Select(f => batch.Schema.Has(f.Name) ? batch[f.Name] : ColumnReader.AllMissing(f.Type, batch.Rows)),
        batch.Rows);

    void Split(ReadOnlySpan<byte> text, long line, Units units)
    {
        int begin = -1, end = 0;
        var first = line;
        for (var at = 0; at < text.Length; line++)
        {
            var rest = text[at..];
            var length = rest.IndexOf((byte)'\n') is var found and >= 0 ? found + 1 : rest.Length;
            var blank = TextLines.Trim(rest[..length]).IsEmpty;
            if (begin >= 0 && (blank || options.Unit == TextUnit.Line))
            {
                units.Add(first, text[begin..end]);
                begin = -1;
            }

            if (!blank && begin < 0)
            {
                (begin, first) = (at, line);
            }

            at += length;
            end = blank ? end : at;
        }

        if (begin >= 0)
        {
            units.Add(first, text[begin..end]);
        }
    }

    sealed class Units(TextBuilder texts, ValueBuilder<long> numbers, string invalidReason, List<RejectedRecord> rejected)
    {
        public void AddFile(ReadOnlySpan<byte> text)
        {
            if (text.IsEmpty)
            {
                rejected.Add(new RejectedRecord(1, null, "empty_file", ""));
            }
            else if (IsValid(1, text))
            {
                texts.Append(text);
                numbers.Append(text.Length);
            }
        }

        /// <summary>The line end that comes after a unit is not part of it.</summary>
        public void Add(long line, ReadOnlySpan<byte> text)
        {
            if (IsValid(line, text))
            {
                texts.Append(text.TrimEnd("\r\n"u8));
                numbers.Append(line);
            }
        }

        bool IsValid(long line, ReadOnlySpan<byte> text)
        {
            var reason = !Utf8.IsValid(text) ? invalidReason : text.Contains((byte)0) ? "zero_byte" : null;
            if (reason is not null)
            {
                rejected.Add(new RejectedRecord(line, null, reason, CsvTable.Found(text)));
            }

            return reason is null;
        }
    }
}
