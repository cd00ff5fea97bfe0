using System.Buffers;
using System.Text;
using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Connectors;

/// <summary>Reads the records of one part into columns: one pass with the platform's strict reader, then the column reader's typing.</summary>
sealed class JsonRows(Shard part, JsonSource.Options options, JsonDetail detail, List<RejectedRecord> rejected)
{
    const int MaxFound = 200;
    const ValueKinds TextKinds = ValueKinds.Text | ValueKinds.Date | ValueKinds.Timestamp;

    readonly List<JsonColumn> columns = [];
    readonly Dictionary<string, int> byName = new(StringComparer.Ordinal);
    readonly ArrayBufferWriter<byte> unescaped = new();
    readonly JsonReaderOptions strict = new() { MaxDepth = options.MaxDepth };
    int rows;
    int expected;

    public Batch Read(ReadOnlySpan<byte> text, Schema? schema, CancellationToken cancellation)
    {
        if (detail.Layout == JsonLayout.Lines)
        {
            ReadLines(text, cancellation);
        }
        else
        {
            ReadElements(text, cancellation);
        }

        columns.ForEach(c => c.PadTo(rows));
        var (source, side) = (text.ToArray(), unescaped.WrittenSpan.ToArray());
        return schema is null ? Infer(source, side) : As(schema, source, side);
    }

    Batch Infer(byte[] text, byte[] side)
    {
        var typed = columns.Select(c => ColumnReader.Infer(Encoding.UTF8.GetString(c.Name), c.Cells(text, side))).ToList();
        return new Batch(new Schema(typed.Select(t => t.Field)), typed.Select(t => t.Column), rows);
    }

    Batch As(Schema schema, byte[] text, byte[] side) => new(
        schema,
        schema.Select(f => byName.TryGetValue(f.Name, out var at) ? ColumnReader.Read(f, columns[at].Cells(text, side)) : ColumnReader.AllMissing(f.Type, rows)),
        rows);

    void ReadLines(ReadOnlySpan<byte> text, CancellationToken cancellation)
    {
        var line = part.FirstLine;
        for (var from = 0; from < text.Length; line++)
        {
            var length = text[from..].IndexOf((byte)'\n');
            var end = length < 0 ? text.Length : from + length;
            var record = text[from..end];
            if (record.IndexOfAnyExcept(" \t\r"u8) >= 0)
            {
                cancellation.ThrowIfCancellationRequested();
                ReadLine(record, from, line);
            }

            from = end + 1;
        }
    }

    void ReadLine(ReadOnlySpan<byte> record, int offset, long line)
    {
        string reason, why;
        try
        {
            var reader = new Utf8JsonReader(record, strict);
            reader.Read();
            ReadRecord(ref reader, record, offset);
            if (!reader.Read())
            {
                rows++;
                return;
            }

            (reason, why) = ("invalid_json", "more than one value");
        }
        catch (JsonException error)
        {
            (reason, why) = ("invalid_json", error.Message);
        }
        catch (DuplicateKeyException error)
        {
            (reason, why) = ("duplicate_key", error.Message);
        }

        columns.ForEach(c => c.Cut(rows));
        if (options.OnBadLine == BadRow.Fail)
        {
            throw new SourceException(
                $"The file \"{part.File}\" has a line that cannot be read as JSON, line {line:N0}: {why} Found: {Shown(record)} Correct it, or set on_bad_line: reject.");
        }

        rejected.Add(new RejectedRecord(line, null, reason, Shown(record)));
    }

    void ReadElements(ReadOnlySpan<byte> text, CancellationToken cancellation)
    {
        // The bytes of a part are elements with commas between: brackets around them make them an array that one reader checks.
        var array = new byte[text.Length + 2];
        array[0] = (byte)'[';
        text.CopyTo(array.AsSpan(1));
        array[^1] = (byte)']';
        try
        {
            var reader = new Utf8JsonReader(array, strict with { MaxDepth = options.MaxDepth + 1 });
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                cancellation.ThrowIfCancellationRequested();
                ReadRecord(ref reader, array, -1);
                rows++;
            }

            while (reader.Read())
            {
            }
        }
        catch (JsonException error)
        {
            var line = part.FirstLine + (error.LineNumber ?? 0);
            var column = (error.BytePositionInLine ?? 0) + (error.LineNumber is 0 or null ? 0 : 1);
            throw new SourceException(
                $"The file \"{part.File}\" is not valid JSON: line {line:N0}, byte {column:N0} of it: {Cleaned(error.Message)} Correct the file, or export it again.", error);
        }
        catch (DuplicateKeyException error)
        {
            throw new SourceException($"The file \"{part.File}\", in the part that begins on line {part.FirstLine:N0}: {error.Message} Rename one of the keys.", error);
        }
    }

    static string Cleaned(string message) => message.IndexOf(" LineNumber:", StringComparison.Ordinal) is var at and > 0 ? message[..at] : message;

    void ReadRecord(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, int offset)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            SetValue(ref reader, Column("value"u8), text, offset);
            return;
        }

        expected = 0;
        ReadObject(ref reader, [], text, offset);
    }

    void ReadObject(ref Utf8JsonReader reader, byte[] prefix, ReadOnlySpan<byte> text, int offset)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Objects of one file mostly have their keys in one order: the next column is tried before the table.
            var isNext = prefix.Length == 0 && !reader.ValueIsEscaped && expected < columns.Count && reader.ValueSpan.SequenceEqual(columns[expected].Name);
            var name = isNext ? columns[expected].Name : [.. prefix, .. reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan];
            reader.Read();
            if (options.Flatten && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, [.. name, (byte)'.'], text, offset);
                continue;
            }

            var at = isNext ? expected : Column(name);
            expected = at + 1;
            if (columns[at].Has(rows))
            {
                throw new DuplicateKeyException($"The key \"{Encoding.UTF8.GetString(name)}\" comes twice in one object.");
            }

            SetValue(ref reader, at, text, offset);
        }
    }

    int Column(ReadOnlySpan<byte> name)
    {
        var key = Encoding.UTF8.GetString(name);
        if (!byName.TryGetValue(key, out var at))
        {
            at = columns.Count;
            if (at >= detail.MaxColumns)
            {
                throw new SourceException(
                    $"The file \"{part.File}\" has more than {detail.MaxColumns:N0} different keys by line {part.FirstLine:N0} and after. Expected objects with the same keys. "
                    + "Are the keys data? Otherwise raise optimization.max_columns.");
            }

            columns.Add(new JsonColumn(name.ToArray()));
            byName[key] = at;
        }

        return at;
    }

    void SetValue(ref Utf8JsonReader reader, int column, ReadOnlySpan<byte> text, int offset)
    {
        // Positions of the reader are those of its own span; the text that is kept is the part's.
        var start = (int)reader.TokenStartIndex + offset;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                columns[column].Set(rows, 0, -1, ValueKinds.None);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                columns[column].Set(rows, start, reader.ValueSpan.Length, ValueKinds.Boolean);
                break;
            case JsonTokenType.Number:
                columns[column].Set(rows, start, reader.ValueSpan.Length, ValueKinds.Int64 | ValueKinds.Float64);
                break;
            case JsonTokenType.String:
                SetString(ref reader, column, start);
                break;
            default:
                SetNested(ref reader, column, text);
                break;
        }
    }

    void SetString(ref Utf8JsonReader reader, int column, int start)
    {
        if (!reader.ValueIsEscaped)
        {
            columns[column].Set(rows, start + 1, reader.ValueSpan.Length, TextKinds);
            return;
        }

        var side = unescaped.WrittenCount;
        var length = reader.CopyString(unescaped.GetSpan(reader.ValueSpan.Length));
        unescaped.Advance(length);
        columns[column].Set(rows, ~side, length, TextKinds);
    }

    /// <summary>A nested value as compact JSON, so that equal values are equal text however they were laid out.</summary>
    void SetNested(ref Utf8JsonReader reader, int column, ReadOnlySpan<byte> text)
    {
        var from = (int)reader.TokenStartIndex;
        reader.Skip();
        var side = unescaped.WrittenCount;
        using (var value = JsonDocument.Parse(text[from..(int)reader.BytesConsumed].ToArray(), new JsonDocumentOptions { MaxDepth = options.MaxDepth }))
        using (var writer = new Utf8JsonWriter(unescaped, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            value.WriteTo(writer);
        }

        columns[column].Set(rows, ~side, unescaped.WrittenCount - side, JsonCells.Nested);
    }

    static string Shown(ReadOnlySpan<byte> record) => Encoding.UTF8.GetString(record[..Math.Min(MaxFound, record.Length)]);

    sealed class DuplicateKeyException(string message) : Exception(message);
}
