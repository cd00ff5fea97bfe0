using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Connectors;

/// <summary>How a file is built, once it is known.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JsonLayout>))]
enum JsonLayout
{
    Lines,
    Array,

    /// <summary>One object over several lines.</summary>
    Object,
}

/// <summary>What reading a part of a JSON file needs to know of the whole.</summary>
sealed record JsonDetail(JsonLayout Layout, string Encoding)
{
    public string ToJson() => JsonSerializer.Serialize(this, TextFileSource.Json);

    public static JsonDetail Of(Shard part) => JsonSerializer.Deserialize<JsonDetail>(part.Detail!, TextFileSource.Json)!;
}

/// <summary>What the start of a JSON file tells.</summary>
sealed record JsonFile(JsonLayout Layout, string Encoding, long Start)
{
    const int SampleBytes = 64 << 10;

    public static JsonFile Examine(string file, string localPath, JsonFormat format)
    {
        using var handle = File.OpenHandle(localPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var head = new byte[SampleBytes];
        head = head[..RandomAccess.Read(handle, head, 0)];
        var whole = RandomAccess.GetLength(handle) <= head.Length;
        var (detected, markBytes) = TextEncodings.Detect(head);
        var encoding = detected ?? TextEncodings.Utf8;
        var text = head.AsSpan(markBytes);
        if (TextEncodings.UnitBytes(encoding) > 1)
        {
            var utf8 = new ArrayBufferWriter<byte>(text.Length * 2);
            TextEncodings.ToUtf8(text, encoding, whole, utf8);
            text = utf8.WrittenSpan.ToArray();
        }
        else
        {
            TextEncodings.RefuseBinary(file, head, "JSON");
        }

        var first = TextLines.Trim(text);
        if (first.IsEmpty && whole)
        {
            throw TextFileSource.Empty(file, "a JSON array or one JSON value a line");
        }

        var layout = format switch
        {
            JsonFormat.Lines => JsonLayout.Lines,
            JsonFormat.Array when first.StartsWith("["u8) => JsonLayout.Array,
            JsonFormat.Array => throw new SourceException(
                $"The file \"{file}\" begins with \"{CsvTable.Found(first[..Math.Min(20, first.Length)])}\". Expected '[', because format is array. "
                + "Set format: auto or lines."),
            _ when first.StartsWith("["u8) => JsonLayout.Array,
            _ => IsOpenAtLineEnd(first) ? JsonLayout.Object : JsonLayout.Lines,
        };
        return new JsonFile(layout, encoding, markBytes);
    }

    /// <summary>The first line is the valid beginning of an object that goes on in the next.</summary>
    static bool IsOpenAtLineEnd(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        if (end < 0 || !text.StartsWith("{"u8))
        {
            return false;
        }

        var reader = new Utf8JsonReader(text[..end], isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return reader.CurrentDepth > 0 || reader.TokenType is not JsonTokenType.EndObject;
    }
}
