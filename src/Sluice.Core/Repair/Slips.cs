namespace Sluice.Repair;

/// <summary>Finds for a rare value the frequent one that it may be a slip of: few edits away, and many times as frequent.</summary>
sealed class Slips
{
    const int MaxFrequent = 4000, Ratio = 4;
    readonly (string Value, int Count, ulong Letters)[] frequent;
    readonly Words words;

    public Slips(IReadOnlyList<string> values, int[] counts)
    {
        frequent = [.. Enumerable.Range(1, values.Count - 1).Where(code => counts[code] >= Ratio && values[code].Length <= TextShape.MaxLength)
            .OrderByDescending(code => counts[code]).ThenBy(code => values[code], StringComparer.Ordinal).Take(MaxFrequent)
            .Select(code => (values[code], counts[code], Letters(values[code])))];
        words = new Words(values, counts);
    }

    /// <summary>The value meant, and how likely that is, 0 to 1.</summary>
    public (string? Value, double Likelihood) Of(string value, int count)
    {
        if (value.Length > TextShape.MaxLength)
        {
            return (null, 0);
        }

        var (best, bestScore) = words.Of(value, count);
        var limit = TextShape.Slip(value.Length);
        var letters = Letters(value);
        foreach (var (other, otherCount, otherLetters) in frequent)
        {
            if (otherCount < Ratio * Math.Max(1, count))
            {
                break;
            }

            // Each edit changes at most two members of the set of letters.
            if (System.Numerics.BitOperations.PopCount(letters ^ otherLetters) > 2 * limit || !MayBeSlip(value, other))
            {
                continue;
            }

            var distance = TextShape.Distance(value, other, limit);
            if (distance > 0 && distance <= limit)
            {
                var score = (1 - (0.5 * (distance - 1) / limit)) * Math.Min(1, Math.Log((double)otherCount / Math.Max(1, count)) / Math.Log(16));
                if (score > bestScore)
                {
                    (best, bestScore) = (other, score);
                }
            }
        }

        return (best, bestScore);
    }

    // 12 and 13 are one edit apart, and nothing is wrong with either: digits are never mistaken for digits. A digit may have become a letter, in place.
    internal static bool MayBeSlip(string value, string meant)
    {
        var (digits, other) = (Digits(value), Digits(meant));
        if (digits == other)
        {
            return true;
        }

        return value.Length == meant.Length && Enumerable.Range(0, value.Length).All(i => !char.IsDigit(value[i]) || value[i] == meant[i]);
    }

    static string Digits(string value) => string.Concat(value.Where(char.IsDigit));

    static ulong Letters(string value)
    {
        var set = 0UL;
        foreach (var letter in value)
        {
            set |= 1UL << (letter & 63);
        }

        return set;
    }

    /// <summary>The same for the words of a value: <c>50 pxtients</c> where no other value has 50.</summary>
    sealed class Words
    {
        readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
        readonly (string Word, int Count, ulong Letters)[] frequent;

        public Words(IReadOnlyList<string> values, int[] valueCounts)
        {
            for (var code = 1; code < values.Count; code++)
            {
                foreach (var token in TextShape.Tokens(values[code]).Where(t => t.Kind == 'a'))
                {
                    var word = values[code].Substring(token.Start, token.Length);
                    counts[word] = counts.GetValueOrDefault(word) + valueCounts[code];
                }
            }

            frequent = [.. counts.Where(w => w.Value >= Ratio * 4 && w.Key.Length >= 4).OrderByDescending(w => w.Value).ThenBy(w => w.Key, StringComparer.Ordinal)
                .Take(MaxFrequent).Select(w => (w.Key, w.Value, Letters(w.Key)))];
        }

        public (string? Value, double Likelihood) Of(string value, int count)
        {
            var (fixedValue, least, changed) = (value, 1.0, 0);
            var tokens = TextShape.Tokens(value);
            for (var i = tokens.Count - 1; i >= 0; i--)
            {
                var word = value.Substring(tokens[i].Start, tokens[i].Length);
                if (tokens[i].Kind != 'a' || word.Length < 4 || counts.GetValueOrDefault(word) > Math.Max(1, count))
                {
                    continue;
                }

                var (meant, score) = Nearest(word, Math.Max(1, count));
                if (meant is null)
                {
                    return (null, 0);
                }

                fixedValue = string.Concat(fixedValue.AsSpan(0, tokens[i].Start), meant, fixedValue.AsSpan(tokens[i].Start + tokens[i].Length));
                least = Math.Min(least, score);
                changed++;
            }

            return changed == 0 ? (null, 0) : (fixedValue, 0.8 * least);
        }

        (string? Word, double Score) Nearest(string word, int count)
        {
            var limit = Math.Clamp(word.Length / 4, 1, 3);
            var letters = Letters(word);
            (string? best, double bestScore) = (null, 0);
            foreach (var (other, otherCount, otherLetters) in frequent)
            {
                if (System.Numerics.BitOperations.PopCount(letters ^ otherLetters) <= 2 * limit)
                {
                    var distance = TextShape.Distance(word, other, limit);
                    var score = distance > limit || distance == 0 ? 0
                        : (1 - (0.5 * (distance - 1) / limit)) * Math.Min(1, Math.Log((double)otherCount / count) / Math.Log(64));
                    if (score > bestScore)
                    {
                        (best, bestScore) = (other, score);
                    }
                }
            }

            return (best, bestScore);
        }
    }
}
