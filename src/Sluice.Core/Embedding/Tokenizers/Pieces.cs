namespace Sluice.Embedding;

/// <summary>A text cut into pieces: one run of letters and where pieces begin and end, so that no piece is a string of its own.</summary>
sealed class Pieces
{
    readonly List<(int Start, int End)> bounds = [];
    char[] letters = new char[256];
    int used;

    public int Count => bounds.Count;

    public ReadOnlySpan<char> this[int index] => letters.AsSpan(bounds[index].Start, bounds[index].End - bounds[index].Start);

    public void Clear()
    {
        bounds.Clear();
        used = 0;
    }

    /// <summary>Adds a piece; an empty one is none.</summary>
    public void Add(ReadOnlySpan<char> piece)
    {
        if (!piece.IsEmpty)
        {
            Append(piece);
            End();
        }
    }

    /// <summary>Adds letters to the piece that is being built; <see cref="End"/> ends it.</summary>
    public void Append(ReadOnlySpan<char> some)
    {
        if (letters.Length - used < some.Length)
        {
            Array.Resize(ref letters, Math.Max(letters.Length * 2, used + some.Length));
        }

        some.CopyTo(letters.AsSpan(used));
        used += some.Length;
    }

    public void End()
    {
        var start = bounds.Count > 0 ? bounds[^1].End : 0;
        if (used > start)
        {
            bounds.Add((start, used));
        }
    }
}
