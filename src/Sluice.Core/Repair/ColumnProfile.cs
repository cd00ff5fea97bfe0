using System.Globalization;

namespace Sluice.Repair;

/// <summary>What is known of one value of a column before any other column is looked at.</summary>
/// <param name="Suspicion">Probability of being an error, judged by the column alone.</param>
/// <param name="Dense">Measures from 0 to 1 for the learner.</param>
/// <param name="Marks">Traits that it shares with other values, hashed: its shape, its characters, its ends.</param>
/// <param name="Near">A much more frequent value that it may be a slip of; null: none.</param>
/// <param name="Nearness">How likely that is, 0 to 1.</param>
/// <param name="Reason">What is odd about it, for people.</param>
sealed record ValueFacts(double Suspicion, double[] Dense, int[] Marks, string? Near, double Nearness, string Reason)
{
    /// <summary>How it is written, hashed.</summary>
    public int ShapeMark { get; init; }

    /// <summary>Its first character, hashed.</summary>
    public int BeginMark { get; init; }

    /// <summary>Its last two characters, hashed.</summary>
    public int EndMark { get; init; }
}

/// <summary>
/// The values of one column: how often, how written, how alike. These are the outlier and pattern strategies of Raha (Mahdavi et al., SIGMOD
/// 2019), as measures instead of a grid of thresholds.
/// </summary>
sealed class ColumnProfile
{
    public const int DenseCount = 8;
    readonly IReadOnlyList<string> values;
    readonly int[] counts;
    readonly Dictionary<string, int> shapes = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> trigrams = new(StringComparer.Ordinal);
    readonly Slips slips;
    readonly int rows, present;
    readonly double repeated, shapeOrder, trigramOrder, median, spread, meanLength, lengthSpread;

    public ColumnProfile(IReadOnlyList<string> values, IReadOnlyList<int> codes)
    {
        this.values = values;
        counts = new int[values.Count];
        foreach (var code in codes)
        {
            counts[code]++;
        }

        rows = codes.Count;
        present = rows - counts[CodedTable.Missing];
        var numbers = new List<(double Value, int Count)>();
        for (var code = 1; code < values.Count; code++)
        {
            var shape = TextShape.Of(values[code]);
            shapes[shape] = shapes.GetValueOrDefault(shape) + counts[code];
            foreach (var gram in Trigrams(values[code]).Distinct())
            {
                trigrams[gram] = trigrams.GetValueOrDefault(gram) + 1;
            }

            repeated += counts[code] >= 4 ? counts[code] : 0;
            if (TryNumber(values[code], out var number))
            {
                numbers.Add((number, counts[code]));
            }
        }

        var total = Math.Max(1, present);
        repeated /= total;
        shapeOrder = shapes.Values.OrderDescending().Take(4).Sum() / (double)total;
        trigramOrder = 1 - (Enumerable.Range(1, values.Count - 1).Sum(code => RarestTrigram(values[code], known: true) < 1 ? (double)counts[code] : 0) / total);
        (median, spread) = Robust(numbers, total);
        (meanLength, lengthSpread) = Lengths();
        slips = new Slips(values, counts);
    }

    public int CountOf(int code) => code < counts.Length ? counts[code] : 0;

    public double MissingShare => rows == 0 ? 0 : (double)counts[CodedTable.Missing] / rows;

    /// <summary>Facts of a value; <paramref name="code"/> is its code, or beyond the known ones for a value that is new.</summary>
    public ValueFacts Facts(string value, int code)
    {
        var dense = new double[DenseCount];
        if (code == CodedTable.Missing)
        {
            dense[0] = 1;
            return new ValueFacts(0.05, dense, [Mark("missing")], null, 0, "missing");
        }

        var count = CountOf(code);
        var shape = TextShape.Of(value);
        var total = Math.Max(1, present);
        var shapeShare = shapes.GetValueOrDefault(shape) / (double)total;
        var (near, nearness) = slips.Of(value, count);
        var odd = 0.0;
        if (spread > 0 && TryNumber(value, out var number))
        {
            odd = Math.Min(1, Math.Max(0, (Math.Abs(number - median) / spread) - 3) / 20);
        }

        var rareShape = Math.Max(0, 1 - (shapeShare / 0.02));
        var rareTrigram = RarestTrigram(value, code < counts.Length) < 1 ? 1 : 0;
        dense[1] = 1 - (Math.Log(1 + count) / Math.Log(1 + total));
        dense[2] = count <= 1 ? 1 : 0;
        dense[3] = rareShape;
        dense[4] = rareTrigram;
        dense[5] = nearness;
        dense[6] = odd;
        dense[7] = lengthSpread > 0 ? Math.Min(1, Math.Abs(value.Length - meanLength) / lengthSpread / 6) : 0;

        // A column that does not repeat itself, in values, shapes or letters, has nothing that a rare one would offend.
        var asSlip = 0.95 * nearness * (0.3 + (0.7 * repeated));
        var asShape = 0.6 * rareShape * Math.Pow(shapeOrder, 8);
        var asTrigram = 0.5 * rareTrigram * Math.Pow(trigramOrder, 8) * dense[1];
        var suspicion = 1 - ((1 - asSlip) * (1 - asShape) * (1 - asTrigram) * (1 - (0.2 * odd)) * 0.98);
        var reason = asSlip >= Math.Max(asShape, asTrigram) && near is not null ? $"close to the more frequent '{Shown(near)}'"
            : asShape >= asTrigram && rareShape > 0 ? "written like hardly any other value of its column"
            : rareTrigram > 0 ? "letters in an order that its column does not have elsewhere" : "like others that were corrected";
        return new ValueFacts(suspicion, dense, Marks(value, shape), near, nearness, reason)
        {
            ShapeMark = Mark(shape),
            BeginMark = Mark(value[..1]),
            EndMark = Mark(value[Math.Max(0, value.Length - 2)..]),
        };
    }

    public static string Shown(string value) => value.Length <= 60 ? value : string.Concat(value.AsSpan(0, 59), "…");

    static int[] Marks(string value, string shape)
    {
        var head = value.Length <= TextShape.MaxLength ? value : value[..TextShape.MaxLength];
        var marks = new HashSet<int>
        {
            Mark("v" + head), Mark("s" + shape), Mark("f" + head[0]), Mark("l" + head[^1]), Mark("e" + head[Math.Max(0, head.Length - 2)..]),
            Mark("n" + Math.Min(head.Length, 40).ToString(CultureInfo.InvariantCulture)),
        };
        foreach (var letter in head.Where(c => !char.IsLetterOrDigit(c)))
        {
            marks.Add(Mark("c" + letter));
        }

        return [.. marks.Order()];
    }

    static int Mark(string trait) => (int)RowHash.Bytes(System.Text.Encoding.UTF8.GetBytes(trait));

    static IEnumerable<string> Trigrams(string value)
    {
        var head = "^" + (value.Length <= TextShape.MaxLength ? value : value[..TextShape.MaxLength]) + "$";
        for (var i = 0; i + 3 <= head.Length; i++)
        {
            yield return head.Substring(i, 3);
        }
    }

    // In how many other values the rarest three letters of this one are.
    int RarestTrigram(string value, bool known)
    {
        var least = int.MaxValue;
        foreach (var gram in Trigrams(value))
        {
            if (!gram.Any(char.IsDigit))
            {
                least = Math.Min(least, trigrams.GetValueOrDefault(gram) - (known ? 1 : 0));
            }
        }

        return least;
    }

    static bool TryNumber(string value, out double number) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    static (double Median, double Spread) Robust(List<(double Value, int Count)> numbers, int total)
    {
        if (numbers.Sum(n => n.Count) < 0.8 * total)
        {
            return (0, 0);
        }

        var middle = Middle(numbers);
        return (middle, 1.4826 * Middle([.. numbers.Select(n => (Math.Abs(n.Value - middle), n.Count))]));
    }

    static double Middle(List<(double Value, int Count)> numbers)
    {
        var left = numbers.Sum(n => (long)n.Count) / 2;
        foreach (var (value, count) in numbers.OrderBy(n => n.Value))
        {
            left -= count;
            if (left < 0)
            {
                return value;
            }
        }

        return 0;
    }

    (double Mean, double Spread) Lengths()
    {
        double sum = 0, squares = 0;
        for (var code = 1; code < values.Count; code++)
        {
            sum += (double)counts[code] * values[code].Length;
            squares += (double)counts[code] * values[code].Length * values[code].Length;
        }

        var mean = sum / Math.Max(1, present);
        return (mean, Math.Sqrt(Math.Max(0, (squares / Math.Max(1, present)) - (mean * mean))));
    }
}
