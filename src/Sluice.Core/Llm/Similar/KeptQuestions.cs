using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Sluice.Embedding;

namespace Sluice.Llm;

/// <summary>Which kept questions a run compares with, decided before it asks.</summary>
sealed record KeptParts(IReadOnlyList<string> Paths);

/// <summary>What a run left of the questions that are kept for a step's semantic cache.</summary>
/// <param name="Step">Id of the step.</param>
/// <param name="Questions">Questions that are kept.</param>
/// <param name="Bytes">Bytes that they take.</param>
/// <param name="Removed">Questions that this run removed, as too many or too old.</param>
public sealed record KeptSize(string Step, long Questions, long Bytes, long Removed)
{
    internal const string Prefix = "similar-";
}

/// <summary>
/// Questions that the model has answered, by key and vector. Vectors are of the built-in embedding, in whole numbers: which question is the nearest is the same on
/// every machine.
/// </summary>
sealed class KeptQuestions
{
    const int Dimensions = 256, KeyBytes = 16;

    /// <summary>Bytes of a question.</summary>
    public const int RecordBytes = KeyBytes + Dimensions;

    static readonly HashingEmbedder embedder = new(Dimensions);

    readonly RowKey[] keys;
    readonly sbyte[] vectors;

    KeptQuestions(RowKey[] keys, sbyte[] vectors) => (this.keys, this.vectors) = (keys, vectors);

    /// <summary>A time as names of parts begin with it: in the order of time.</summary>
    public static string TimeOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    /// <summary>Where the questions of a step are kept: other instructions, fields or models are other questions.</summary>
    public static string PrefixOf(Question question) => $"similar/{question.Digest}-{embedder.Key}/";

    public static byte[] ToBytes(IReadOnlyList<AskedRow> questions, CancellationToken cancellation)
    {
        var packed = Vectors(questions, cancellation);
        var bytes = new byte[questions.Count * RecordBytes];
        for (var i = 0; i < questions.Count; i++)
        {
            var record = bytes.AsSpan(i * RecordBytes, RecordBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(record, questions[i].Key.High);
            BinaryPrimitives.WriteUInt64LittleEndian(record[8..], questions[i].Key.Low);
            MemoryMarshal.AsBytes(packed.AsSpan(i * Dimensions, Dimensions)).CopyTo(record[KeyBytes..]);
        }

        return bytes;
    }

    public static KeptQuestions FromBytes(IReadOnlyList<byte[]> parts)
    {
        var rows = parts.Sum(p => p.Length / RecordBytes);
        var (keys, vectors, row) = (new RowKey[rows], new sbyte[rows * Dimensions], 0);
        foreach (var part in parts)
        {
            for (var at = 0; at < part.Length; at += RecordBytes, row++)
            {
                var record = part.AsSpan(at, RecordBytes);
                keys[row] = new RowKey(BinaryPrimitives.ReadUInt64LittleEndian(record), BinaryPrimitives.ReadUInt64LittleEndian(record[8..]));
                MemoryMarshal.Cast<byte, sbyte>(record[KeyBytes..]).CopyTo(vectors.AsSpan(row * Dimensions));
            }
        }

        return new KeptQuestions(keys, vectors);
    }

    /// <summary>The kept question that is nearest to each, and how near: 1 is the same words. Null where there is none.</summary>
    public IReadOnlyList<(RowKey Key, double Similarity)?> Nearest(IReadOnlyList<AskedRow> questions, CancellationToken cancellation)
    {
        var packed = Vectors(questions, cancellation);
        var found = new (RowKey, double)?[questions.Count];
        for (var i = 0; i < found.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (best, most) = (-1, 0);
            for (var row = 0; row < keys.Length; row++)
            {
                var dot = Dot(packed.AsSpan(i * Dimensions, Dimensions), vectors.AsSpan(row * Dimensions, Dimensions));
                if (dot > most || (dot == most && best >= 0 && keys[row].CompareTo(keys[best]) < 0))
                {
                    (best, most) = (row, dot);
                }
            }

            found[i] = best < 0 ? null : (keys[best], Math.Round(most / (double)(sbyte.MaxValue * sbyte.MaxValue), 3));
        }

        return found;
    }

    static sbyte[] Vectors(IReadOnlyList<AskedRow> questions, CancellationToken cancellation)
    {
        var offsets = new int[questions.Count + 1];
        for (var i = 0; i < questions.Count; i++)
        {
            offsets[i + 1] = offsets[i] + questions[i].Json.Length;
        }

        var bytes = new byte[offsets[^1]];
        for (var i = 0; i < questions.Count; i++)
        {
            questions[i].Json.Span.CopyTo(bytes.AsSpan(offsets[i]));
        }

        var exact = new float[questions.Count * Dimensions];
        embedder.Embed(new TextColumn(bytes, offsets, questions.Count), 0, exact, new int[questions.Count], cancellation);
        return [.. exact.Select(x => (sbyte)MathF.Round(x * sbyte.MaxValue))];
    }

    static int Dot(ReadOnlySpan<sbyte> left, ReadOnlySpan<sbyte> right)
    {
        var sum = Vector<int>.Zero;
        for (var i = 0; i < Dimensions; i += Vector<sbyte>.Count)
        {
            Vector.Widen(new Vector<sbyte>(left[i..]), out var leftLow, out var leftHigh);
            Vector.Widen(new Vector<sbyte>(right[i..]), out var rightLow, out var rightHigh);
            Vector.Widen(leftLow * rightLow, out var a, out var b);
            Vector.Widen(leftHigh * rightHigh, out var c, out var d);
            sum += a + b + c + d;
        }

        return Vector.Sum(sum);
    }
}
