using System.Buffers.Binary;

namespace Sluice.Llm;

/// <summary>Where a run's taken answers are.</summary>
/// <param name="From">Model, or cache, that they are from.</param>
/// <param name="Path">Object of their keys.</param>
/// <param name="Values">Values that the keys have.</param>
sealed record TakenIndex(string From, string Path, IReadOnlyList<string> Values);

/// <summary>Answers that are taken without asking the step's model, by the key of the question to it.</summary>
sealed class TakenAnswers
{
    const int RecordBytes = 20;
    readonly Dictionary<RowKey, string> answers;

    TakenAnswers(string from, Dictionary<RowKey, string> answers) => (From, this.answers) = (from, answers);

    public static TakenAnswers None { get; } = new("", []);

    /// <summary>Where they are from.</summary>
    public string From { get; }

    public string? Of(RowKey key) => answers.GetValueOrDefault(key);

    /// <summary>In order of keys, 20 bytes each: the key and a number of <paramref name="values"/>.</summary>
    public static byte[] ToBytes(IEnumerable<(RowKey Key, string Value)> taken, out IReadOnlyList<string> values)
    {
        var sorted = taken.OrderBy(t => t.Key).ToArray();
        string[] all = [.. sorted.Select(t => t.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var numbers = Enumerable.Range(0, all.Length).ToDictionary(i => all[i], StringComparer.Ordinal);
        var bytes = new byte[sorted.Length * RecordBytes];
        for (var i = 0; i < sorted.Length; i++)
        {
            var record = bytes.AsSpan(i * RecordBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(record, sorted[i].Key.High);
            BinaryPrimitives.WriteUInt64LittleEndian(record[8..], sorted[i].Key.Low);
            BinaryPrimitives.WriteInt32LittleEndian(record[16..], numbers[sorted[i].Value]);
        }

        values = all;
        return bytes;
    }

    public static TakenAnswers FromBytes(ReadOnlySpan<byte> bytes, TakenIndex index)
    {
        var answers = new Dictionary<RowKey, string>(bytes.Length / RecordBytes);
        for (; bytes.Length > 0; bytes = bytes[RecordBytes..])
        {
            var key = new RowKey(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
            answers[key] = index.Values[BinaryPrimitives.ReadInt32LittleEndian(bytes[16..])];
        }

        return new TakenAnswers(index.From, answers);
    }
}
