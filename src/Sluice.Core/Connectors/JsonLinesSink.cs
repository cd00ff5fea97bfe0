using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using Sluice.Steps;

namespace Sluice.Connectors;

/// <summary>What a JSON file holds for the numbers that JSON does not have.</summary>
public enum NonFinite
{
    /// <summary><c>"NaN"</c>, <c>"Infinity"</c>, <c>"-Infinity"</c>.</summary>
    Text = 0,

    /// <summary><c>null</c>.</summary>
    Null = 1,
}

/// <summary>
/// Writes one JSON object a line, in UTF-8. Every column is in every line, a missing value as <c>null</c>. Numbers keep every bit (a whole
/// double keeps its point), dates and times are ISO 8601 text (UTC).
/// </summary>
[Sink("jsonl", Aliases = ["jsonl_sink"])]
public sealed class JsonLinesSink(JsonLinesSink.Options options) : FileSink(options.FilePath, options.Overwrite, options.SplitBy)
{
    public sealed record Options
    {
        /// <summary>File to write, relative to the output folder, for example <c>out/rows.jsonl</c>. Missing folders are made.</summary>
        [Required]
        public string FilePath { get; init; } = "";

        /// <summary>Replaces an existing file. When false, one with other content is an error.</summary>
        public bool Overwrite { get; init; } = true;

        /// <summary>Column with one file per value, named <c>rows-VALUE.jsonl</c>; at most 1,000 values of letters, digits, dot, underscore, hyphen.</summary>
        public string? SplitBy { get; init; }

        /// <summary>Writes columns of nested JSON as JSON, not as text that contains JSON. A value that is not valid JSON stays text.</summary>
        public bool EmbedJson { get; init; } = true;

        /// <summary>How NaN and infinity are written, which JSON does not have.</summary>
        public NonFinite NonFinite { get; init; } = NonFinite.Text;
    }

    private protected override RowFile Create(string file, Schema schema) => new JsonLinesFile(file, schema, options);

    sealed class JsonLinesFile : RowFile
    {
        const string JsonFormat = "json";
        const int MaxDepth = 1000;

        static readonly SearchValues<byte> escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (byte)c), (byte)'"', (byte)'\\']);

        readonly TextFile file;
        readonly byte[][] keys;
        readonly bool[] embedded;
        readonly bool nonFiniteAsText;

        public JsonLinesFile(string path, Schema schema, Options options)
        {
            keys = [.. schema.Select((field, i) => (byte[])[(byte)(i == 0 ? '{' : ','), .. Quoted(Encoding.UTF8.GetBytes(field.Name)), (byte)':'])];
            embedded = [.. schema.Select(field => options.EmbedJson && field is { Type: ColumnType.Text, Format: JsonFormat })];
            nonFiniteAsText = options.NonFinite == NonFinite.Text;
            file = new TextFile(path);
        }

        public override void Write(Batch rows, CancellationToken cancellation)
        {
            Span<byte> cell = stackalloc byte[CellText.MaxLength];
            for (var row = 0; row < rows.Rows; row++)
            {
                if ((row & 4095) == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                for (var at = 0; at < keys.Length; at++)
                {
                    file.Add(keys[at]);
                    var column = rows[at];
                    if (column.IsNull(row))
                    {
                        file.Add("null"u8);
                    }
                    else if (column is TextColumn text)
                    {
                        Text(text[row], embedded[at]);
                    }
                    else
                    {
                        Value(column, row, cell[..CellText.Format(column, row, cell)]);
                    }
                }

                file.Add(keys.Length == 0 ? "{}\n"u8 : "}\n"u8);
            }
        }

        public override void Finish(CancellationToken cancellation) => file.Finish();

        public override void Dispose() => file.Dispose();

        void Value(Column column, int row, ReadOnlySpan<byte> text)
        {
            var nonFinite = column is ValueColumn<double> numbers && !double.IsFinite(numbers.Values[row]);
            if (nonFinite && !nonFiniteAsText)
            {
                file.Add("null"u8);
            }
            else if (nonFinite || column.Type is ColumnType.Date or ColumnType.Timestamp)
            {
                file.Add((byte)'"');
                file.Add(text);
                file.Add((byte)'"');
            }
            else
            {
                file.Add(text);
            }
        }

        void Text(ReadOnlySpan<byte> text, bool json)
        {
            if (json && OnOneLine(text) is { } compact)
            {
                file.Add(compact);
                return;
            }

            file.Add((byte)'"');
            for (int at; (at = text.IndexOfAny(escaped)) >= 0; text = text[(at + 1)..])
            {
                file.Add(text[..at]);
                file.Add(Escape(text[at]));
            }

            file.Add(text);
            file.Add((byte)'"');
        }

        static byte[] Quoted(ReadOnlySpan<byte> text)
        {
            var quoted = new List<byte> { (byte)'"' };
            foreach (var c in text)
            {
                quoted.AddRange(escaped.Contains(c) ? Escape(c) : [c]);
            }

            return [.. quoted, (byte)'"'];
        }

        static ReadOnlySpan<byte> Escape(byte c) => c switch
        {
            (byte)'"' => "\\\""u8,
            (byte)'\\' => "\\\\"u8,
            (byte)'\n' => "\\n"u8,
            (byte)'\r' => "\\r"u8,
            (byte)'\t' => "\\t"u8,
            _ => Encoding.ASCII.GetBytes($"\\u{c:x4}"),
        };

        /// <summary>Valid JSON as it is, less the space between its tokens; null when it is not valid. Numbers and escapes are not touched.</summary>
        static byte[]? OnOneLine(ReadOnlySpan<byte> json)
        {
            var compact = new ArrayBufferWriter<byte>(Math.Max(16, json.Length));
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            var previous = JsonTokenType.None;
            try
            {
                while (reader.Read())
                {
                    if (previous is not (JsonTokenType.None or JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.PropertyName)
                        && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
                    {
                        compact.Write(","u8);
                    }

                    var isText = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName;
                    if (isText)
                    {
                        compact.Write("\""u8);
                    }

                    compact.Write(reader.ValueSpan);
                    if (isText)
                    {
                        compact.Write(reader.TokenType == JsonTokenType.String ? "\""u8 : "\":"u8);
                    }

                    previous = reader.TokenType;
                }
            }
            catch (JsonException)
            {
                return null;
            }

            return previous == JsonTokenType.None ? null : compact.WrittenSpan.ToArray();
        }
    }
}
