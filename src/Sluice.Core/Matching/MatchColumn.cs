using System.Runtime.InteropServices;

namespace Sluice.Matching;

/// <summary>What the cells of a column are, which says how they are compared.</summary>
enum ColumnNature
{
    /// <summary>Words: names, addresses, titles, codes.</summary>
    Text,

    /// <summary>Amounts: near is alike.</summary>
    Number,

    /// <summary>Days: near is alike.</summary>
    Date,
}

/// <summary>One column of all rows, ready to be compared: folded words, groups of three letters, and what numbers and days say.</summary>
sealed class MatchColumn
{
    /// <summary>Words of a cell that are compared; those beyond are left out.</summary>
    public const int MaxWords = 256;

    const double NatureShare = 0.9;
    const int MaxGrams = 255;
    readonly List<byte> text = [];
    readonly List<int> textEnds = [], words = [], wordEnds = [], sorted = [], grams = [], gramEnds = [];
    readonly List<double> numbers = [], days = [];
    float[] weights = [];
    float[] norms = [], sums = [];

    public MatchColumn(string name)
    {
        Name = name;
    }

    public string Name { get; }

    public ColumnNature Nature { get; private set; }

    public Words Vocabulary { get; } = new();

    /// <summary>Amounts or days; NaN where there is none.</summary>
    public double[] Values { get; private set; } = [];

    public int Rows => textEnds.Count;

    /// <summary>Share of rows with a value.</summary>
    public double Present { get; private set; }

    public bool IsMissing(int row) => Text(row).IsEmpty;

    public ReadOnlySpan<byte> Text(int row) => CollectionsMarshal.AsSpan(text)[Span(textEnds, row)];

    /// <summary>Numbers of the words, in the order of the cell.</summary>
    public ReadOnlySpan<int> WordsOf(int row) => CollectionsMarshal.AsSpan(words)[Span(wordEnds, row)];

    /// <summary>Numbers of the words, ascending.</summary>
    public ReadOnlySpan<int> SortedWords(int row) => CollectionsMarshal.AsSpan(sorted)[Span(wordEnds, row)];

    /// <summary>Hashes of the groups of three letters, ascending, each once.</summary>
    public ReadOnlySpan<int> Grams(int row) => CollectionsMarshal.AsSpan(grams)[Span(gramEnds, row)];

    /// <summary>Inverse document frequency: a word that few cells have says more.</summary>
    public float Weight(int word) => weights[word];

    /// <summary>Length of the cell's vector of weights.</summary>
    public float Norm(int row) => norms[row];

    /// <summary>Sum of its weights.</summary>
    public float Sum(int row) => sums[row];

    /// <summary>Adds a cell.</summary>
    /// <param name="raw">As it is written.</param>
    /// <param name="folded">Its words.</param>
    public void Add(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> folded)
    {
        numbers.Add(CellValues.Number(raw, folded));
        days.Add(CellValues.Day(folded));
        text.AddRange(folded);
        textEnds.Add(text.Count);
        var first = words.Count;
        foreach (var range in folded.Split((byte)' '))
        {
            if (words.Count - first < MaxWords && folded[range] is { IsEmpty: false } word)
            {
                words.Add(Vocabulary.Add(word));
            }
        }

        wordEnds.Add(words.Count);
        var own = words.GetRange(first, words.Count - first);
        own.Sort();
        sorted.AddRange(own);
        for (var i = 0; i < own.Count; i++)
        {
            if (i == 0 || own[i] != own[i - 1])
            {
                Vocabulary.CountCell(own[i]);
            }
        }

        AddGrams(folded);
    }

    void AddGrams(ReadOnlySpan<byte> folded)
    {
        // Blanks are left out, so that "jam pack" is "jampack"; the ends count as letters.
        Span<byte> letters = stackalloc byte[MaxGrams + 2];
        var length = 1;
        letters[0] = (byte)'^';
        foreach (var letter in folded)
        {
            if (letter != ' ' && length <= MaxGrams)
            {
                letters[length++] = letter;
            }
        }

        if (length > 1)
        {
            letters[length++] = (byte)'$';
            Span<int> found = stackalloc int[MaxGrams];
            var count = Math.Min(MaxGrams, length - 2);
            for (var i = 0; i < count; i++)
            {
                found[i] = letters[i] | letters[i + 1] << 8 | letters[i + 2] << 16;
            }

            found[..count].Sort();
            for (var i = 0; i < count; i++)
            {
                if (i == 0 || found[i] != found[i - 1])
                {
                    grams.Add(found[i]);
                }
            }
        }

        gramEnds.Add(grams.Count);
    }

    /// <summary>Weighs the words and finds out what the cells are, once all are there.</summary>
    public MatchColumn Finish()
    {
        var present = Enumerable.Range(0, Rows).Count(row => !IsMissing(row));
        Present = Rows == 0 ? 0 : (double)present / Rows;
        weights = [.. Enumerable.Range(0, Vocabulary.Count).Select(word => (float)Math.Log(1 + ((double)present / Vocabulary.CellsOf(word))))];
        (norms, sums) = (new float[Rows], new float[Rows]);
        for (var row = 0; row < Rows; row++)
        {
            float squares = 0, sum = 0;
            foreach (var word in SortedWords(row))
            {
                squares += weights[word] * weights[word];
                sum += weights[word];
            }

            (norms[row], sums[row]) = (MathF.Sqrt(squares), sum);
        }

        var (amounts, dates) = (numbers.Count(v => !double.IsNaN(v)), days.Count(v => !double.IsNaN(v)));
        if (present > 0 && dates >= NatureShare * present)
        {
            (Nature, Values) = (ColumnNature.Date, [.. days]);
        }
        else if (present > 0 && amounts >= NatureShare * present && !IsCode(amounts))
        {
            (Nature, Values) = (ColumnNature.Number, [.. numbers]);
        }

        days.Clear();
        numbers.Clear();
        return this;
    }

    // Whole numbers that nearly all have the same four digits or more are codes: those near are not alike, those with the same digits are.
    bool IsCode(int amounts)
    {
        var lengths = Enumerable.Range(0, Rows).Where(row => !double.IsNaN(numbers[row]) && WordsOf(row).Length == 1 && !Text(row).Contains((byte)'.'))
            .GroupBy(row => Text(row).Length).Select(g => (Length: g.Key, Rows: g.Count())).ToList();
        return lengths.Exists(l => l.Length >= 4 && l.Rows >= NatureShare * amounts);
    }

    static Range Span(List<int> ends, int row) => (row == 0 ? 0 : ends[row - 1])..ends[row];
}
