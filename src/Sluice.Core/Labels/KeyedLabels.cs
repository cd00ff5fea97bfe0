using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Labels;

/// <summary>
/// All rows of a dataset as vectors of a text with a label. Their keys are hashes of the text and the label, so rows with equal ones lie together, and which rows are learned from
/// follows from their content.
/// </summary>
sealed class KeyedLabels
{
    // Rows that are learned from have so many numbers in all: a probe on them takes seconds, not minutes.
    const int MaxNumbers = 4 << 20;
    const ulong NoLabel = 0, OtherSet = 1;

    readonly VectorRows vectors;
    readonly List<Text> texts = [];
    readonly int classes;

    /// <param name="rows">The walk, by <see cref="Keys"/>.</param>
    /// <param name="names">Labels, in order.</param>
    public KeyedLabels(KeyedRows rows, IReadOnlyList<string> names)
    {
        (vectors, classes) = (rows.Vectors!, names.Count);
        var codes = names.Select((name, i) => (Cell: LabelTexts.Cell(name), i)).ToDictionary(n => n.Cell, n => n.i);
        RowKey last = default;
        var at = 0;
        foreach (var row in rows)
        {
            if (at == 0 || row.Key != last)
            {
                texts.Add(new Text(at, 0, codes.GetValueOrDefault(row.Key.Low, -1), row.Key.Low == OtherSet));
            }

            texts[^1] = texts[^1] with { Copies = texts[^1].Copies + 1 };
            (last, at) = (row.Key, at + 1);
        }
    }

    /// <param name="text">Column that is embedded.</param>
    /// <param name="labels">Labels of the rows.</param>
    /// <param name="learned">Rows that are learned from; null: all.</param>
    public static RowKey[] Keys(Column text, TextColumn labels, bool[]? learned)
    {
        var cells = LabelTexts.Cells(labels);
        return [.. RowHash.Rows([text], text.Rows).Select((key, row) => new RowKey(key.High, learned is null || learned[row] ? cells[row] : OtherSet))];
    }

    /// <summary>The different texts with something to embed that are learned from, at most so many.</summary>
    /// <param name="most">Limit; texts of many numbers have a lower one.</param>
    /// <param name="withUnlabelled">Whether those without a label fill what is left.</param>
    public LabelledVectors Learned(int most, bool withUnlabelled)
    {
        most = Math.Min(most, MaxNumbers / vectors.Dimensions);
        var chosen = texts.Where(t => t.Label >= 0 && HasWords(t)).Take(most).ToList();
        if (withUnlabelled)
        {
            chosen.AddRange(texts.Where(t => t.Label < 0 && !t.IsOtherSet && HasWords(t)).Take(most - chosen.Count));
        }

        var values = new float[chosen.Count * vectors.Dimensions];
        for (var i = 0; i < chosen.Count; i++)
        {
            vectors[chosen[i].First].CopyTo(values.AsSpan(i * vectors.Dimensions));
        }

        return new LabelledVectors(values, vectors.Dimensions, [.. chosen.Select(t => t.Label)], [.. chosen.Select(t => (double)t.Copies)], classes);
    }

    /// <summary>Writes the decision on every row with something to embed; equal rows get the same one.</summary>
    /// <param name="rows">The walk.</param>
    /// <param name="decisions">Where to.</param>
    /// <param name="bytes">Bytes of one decision.</param>
    /// <param name="decide">Decides on a vector and the number of its label, -1 for none; at once for several.</param>
    public void Decide(KeyedRows rows, Decisions decisions, int bytes, Action<ReadOnlySpan<float>, int, Span<byte>> decide)
    {
        var found = new byte[(long)texts.Count * bytes];
        Parallel.For(0, texts.Count, i =>
        {
            if (HasWords(texts[i]))
            {
                decide(vectors[texts[i].First], texts[i].Label, found.AsSpan(i * bytes, bytes));
            }
        });
        var (text, at) = (0, 0);
        foreach (var row in rows)
        {
            text += at++ == texts[text].First + texts[text].Copies ? 1 : 0;
            var decision = found.AsSpan(text * bytes, bytes);
            if (decision.ContainsAnyExcept((byte)0))
            {
                decision.CopyTo(decisions.Row(row.Batch, row.Row));
            }
        }
    }

    // The vector of a text without words is 0.
    bool HasWords(Text text) => vectors[text.First].ContainsAnyExcept(0f);

    /// <param name="First">Its first row in the walk.</param>
    /// <param name="Copies">Rows with the same text and label.</param>
    /// <param name="Label">Number of the label; -1: none that is learned from.</param>
    /// <param name="IsOtherSet">Whether it is not learned from.</param>
    readonly record struct Text(int First, int Copies, int Label, bool IsOtherSet);
}
