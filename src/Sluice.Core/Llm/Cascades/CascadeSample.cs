namespace Sluice.Llm;

/// <summary>The rows of a step that both models answer.</summary>
/// <param name="Rows">Rows that were drawn from.</param>
/// <param name="Questions">Different questions of them.</param>
/// <param name="Drawn">Question of each drawn row, in the order of the draws; of equal rows one may be drawn several times, and is asked once.</param>
sealed record CascadeSample(long Rows, long Questions, IReadOnlyList<RowKey> Drawn)
{
    // Odd, with bits everywhere: what they are mixed with then is too.
    const ulong Salt = 0x9E3779B97F4A7C15;
    const ulong OtherSalt = 0xBF58476D1CE4E5B9;

    /// <summary>
    /// Draws rows without replacement until so many different questions are among them. A row's place in the order of draws is a hash of its content, of how many
    /// equal rows there are besides, and of the seed: so it is the same sample however rows are ordered and cut.
    /// </summary>
    /// <param name="counts">Rows of each question.</param>
    /// <param name="budget">Questions to draw.</param>
    /// <param name="seed">Another one draws others.</param>
    public static CascadeSample Draw(IReadOnlyDictionary<RowKey, int> counts, int budget, int seed)
    {
        var rows = counts.Sum(c => (long)c.Value);
        var places = new (ulong Place, RowKey Key)[rows];
        var next = 0;
        foreach (var (key, count) in counts)
        {
            for (var i = 0; i < count; i++)
            {
                places[next++] = (RowHash.Mix(key.High ^ Salt, key.Low ^ RowHash.Mix(Salt ^ (uint)seed, OtherSalt ^ (uint)i)), key);
            }
        }

        Array.Sort(places);
        var (drawn, questions) = (new List<RowKey>(), new HashSet<RowKey>());
        foreach (var (_, key) in places)
        {
            if (!questions.Contains(key) && questions.Count == budget)
            {
                break;
            }

            questions.Add(key);
            drawn.Add(key);
        }

        return new CascadeSample(rows, counts.Count, drawn);
    }
}
