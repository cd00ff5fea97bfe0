using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;

namespace Sluice.Embedding;

/// <summary>Which token vectors of a text are taken, and what becomes of them.</summary>
public sealed record EmbeddedParts
{
    /// <summary>Tokens that are meant. Default: 0, all.</summary>
    [Range(0, 1_000_000)]
    public int Count { get; init; }

    /// <summary>Which of them: <c>start</c>, <c>end</c> or <c>random</c>, drawn by the text and the seed. Default: start.</summary>
    public PartPlace Place { get; init; } = PartPlace.Start;

    /// <summary>Whether the others are taken instead, such as all but a class token. Default: false.</summary>
    public bool LeaveOut { get; init; }

    /// <summary>Writes each vector by itself, as an array of arrays, instead of one for the text. Default: false.</summary>
    public bool Each { get; init; }

    /// <summary>How they become one: mean, max, min, first or last. Default: mean.</summary>
    public PartGroup Group { get; init; } = PartGroup.Mean;

    /// <summary>Seed of a random choice. Default: 42.</summary>
    public long Seed { get; init; } = 42;

    internal TextColumn Of(TextEmbedder embedder, TextColumn texts)
    {
        var parts = embedder.EmbedParts(texts, CancellationToken.None);
        parts = Count == 0 ? parts : parts.Filter(Count, Place, !LeaveOut, unchecked((ulong)Seed));
        var grouped = Each ? null : parts.Group(Group);
        var built = new TextBuilder(texts.Rows);
        var text = new List<byte>();
        for (var row = 0; row < texts.Rows; row++)
        {
            var (from, count) = parts.Of(row).GetOffsetAndLength(parts.Parts);
            if (count == 0)
            {
                built.AppendNull();
                continue;
            }

            text.Clear();
            if (grouped is not null)
            {
                Write(grouped[row], text);
            }
            else
            {
                for (var part = 0; part < count; part++)
                {
                    text.Add(part == 0 ? (byte)'[' : (byte)',');
                    Write(parts[from + part], text);
                }

                text.Add((byte)']');
            }

            built.Append(CollectionsMarshal.AsSpan(text));
        }

        return built.Build();
    }

    // The shortest digits that give the same float again.
    static void Write(ReadOnlySpan<float> vector, List<byte> text)
    {
        Span<byte> digits = stackalloc byte[32];
        for (var i = 0; i < vector.Length; i++)
        {
            text.Add(i == 0 ? (byte)'[' : (byte)',');
            Utf8Formatter.TryFormat(vector[i], digits, out var written);
            text.AddRange(digits[..written]);
        }

        text.Add((byte)']');
    }
}
