using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Labels;

/// <summary>A label of a row, apart from the row: who gave it, when, and why.</summary>
/// <param name="Key">Values of the key columns as text, by column; null: missing.</param>
/// <param name="Label">The label.</param>
/// <param name="By">Who gave it.</param>
/// <param name="At">When, in UTC.</param>
/// <param name="Evidence">Whatever stands behind it.</param>
public sealed record RowLabel(
    SortedDictionary<string, string?> Key,
    string Label,
    IReadOnlyList<string>? By = null,
    DateTime? At = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Evidence = null);

/// <summary>
/// Labels beside the data: a small file of JSON lines that is named by its content, so that labels have versions of their own and a relabel changes no data. One
/// line a row, in order of the key: the same labels are the same bytes.
/// </summary>
public sealed class LabelOverlay
{
    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    readonly SortedDictionary<string, RowLabel> labels = new(StringComparer.Ordinal);

    /// <param name="labels">Labels; of several for one key the last counts.</param>
    public LabelOverlay(IEnumerable<RowLabel> labels)
    {
        foreach (var label in labels)
        {
            this.labels[KeyText(label.Key)] = label;
        }
    }

    public IReadOnlyCollection<RowLabel> Labels => labels.Values;

    /// <summary>These labels, and the others where these have none.</summary>
    public LabelOverlay Over(LabelOverlay older) => new(older.Labels.Concat(Labels));

    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var label in labels.Values)
        {
            buffer.Write(JsonSerializer.SerializeToUtf8Bytes(label, json));
            buffer.Write("\n"u8);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Name by content.</summary>
    public string Id() => Convert.ToHexStringLower(SHA256.HashData(ToBytes()));

    /// <exception cref="DataException">A line is no label.</exception>
    public static LabelOverlay Parse(ReadOnlySpan<byte> bytes, string name)
    {
        var (labels, number) = (new List<RowLabel>(), 0);
        foreach (var range in bytes.Split((byte)'\n'))
        {
            number++;
            if (bytes[range] is var line && line.ContainsAnyExcept(" \t\r"u8))
            {
                try
                {
                    labels.Add(JsonSerializer.Deserialize<RowLabel>(line, json) is { Key.Count: > 0, Label.Length: > 0 } label ? label : throw new JsonException("it has no key or no label."));
                }
                catch (JsonException wrong)
                {
                    throw new DataException($"Line {number} of \"{name}\" is no label: {wrong.Message} Expected for example {{\"key\":{{\"id\":\"42\"}},\"label\":\"cat\"}}.", wrong);
                }
            }
        }

        return new LabelOverlay(labels);
    }

    static string KeyText(SortedDictionary<string, string?> key) => JsonSerializer.Serialize(new SortedDictionary<string, string?>(key, StringComparer.Ordinal), json);
}
