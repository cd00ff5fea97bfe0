using System.Buffers.Text;

namespace Sluice.TextQuality;

/// <summary>Dates, years, times and temperatures that cannot be, at a word that begins with a digit.</summary>
static class Impossible
{
    const int MinYear = 1000, MaxYear = 2100, MaxHour = 23, MaxMinute = 59, MaxMonth = 12, HoursOfDay = 24, MaxDay = 31;
    const double AbsoluteZeroCelsius = 273.15, AbsoluteZeroFahrenheit = 459.67;
    static readonly ulong celsius = KnownWords.Hash("c"), celsiusLong = KnownWords.Hash("celsius"), fahrenheit = KnownWords.Hash("f"), fahrenheitLong = KnownWords.Hash("fahrenheit");
    static readonly ulong degrees = KnownWords.Hash("degrees"), between = KnownWords.Hash("between"), and = KnownWords.Hash("and"), am = KnownWords.Hash("am"), pm = KnownWords.Hash("pm");

    /// <summary>How many of them begin at word <paramref name="i"/>, in a sentence that ends before <paramref name="to"/>.</summary>
    public static int Count(IReadOnlyList<Word> words, int i, int to, ReadOnlySpan<byte> text) =>
        (IsDate(words, i, to, text) || IsReversedYears(words, i, to, text) ? 1 : 0) + (IsDayOfMonth(words, i, to, text) ? 1 : 0) + (IsBetween(words, i, to, text) ? 1 : 0)
        + (IsTime(words, i, to, text) ? 1 : 0) + (IsTooCold(words, i, to, text) ? 1 : 0);

    // 2023-02-30; what has no possible month or day in its place may be something else than a date.
    static bool IsDate(IReadOnlyList<Word> words, int i, int to, ReadOnlySpan<byte> text) =>
        i + 2 < to && Year(words[i], text) is { } year && Joined(words, i, text, (byte)'-') && Joined(words, i + 1, text, (byte)'-')
        && words[i + 1].Characters == 2 && words[i + 2].Characters == 2 && Whole(words[i + 1], text) is >= 1 and <= MaxDay and var month && Whole(words[i + 2], text) is >= 1 and <= MaxDay and var day
        && !IsPartOfNumber(words, i, i + 2, text) && (month > MaxMonth || day > DateTime.DaysInMonth(year, month));

    // 1950-1940, of which the dash may be a long one.
    static bool IsReversedYears(IReadOnlyList<Word> words, int i, int to, ReadOnlySpan<byte> text) =>
        i + 1 < to && Year(words[i], text) is { } first && Year(words[i + 1], text) is { } second && second < first
        && (Joined(words, i, text, (byte)'-') || text[words[i].End..words[i + 1].Start].SequenceEqual("–"u8)) && !IsPartOfNumber(words, i, i + 1, text);

    // February 30, 31 June, 31 de abril.
    static bool IsDayOfMonth(IReadOnlyList<Word> words, int i, int to, ReadOnlySpan<byte> text)
    {
        var digits = 0;
        while (words[i].Start + digits < words[i].End && text[words[i].Start + digits] is >= (byte)'0' and <= (byte)'9')
        {
            digits++;
        }

        // 31st has letters after it; 3000 is no day.
        if (digits != 2 || words[i].Characters > 4 || !Utf8Parser.TryParse(text.Slice(words[i].Start, digits), out int day, out _) || day is < 30 or > MaxDay)
        {
            return false;
        }

        var after = i + 1 < to && KnownWords.OfMonth.Contains(words[i + 1].Hash) ? i + 2 : i + 1;
        return (i > 0 && KnownWords.ShortMonths.TryGetValue(words[i - 1].Hash, out var before) && day > before)
            || (after < to && KnownWords.ShortMonths.TryGetValue(words[after].Hash, out var days) && day > days && !(i > 0 && KnownWords.ShortMonths.ContainsKey(words[i - 1].Hash)));
    }

    // "between 1990 and 1980"; below a day's hours it may be the time over midnight.
    static bool IsBetween(IReadOnlyList<Word> words, int i, int to, ReadOnlySpan<byte> text) =>
        i > 0 && i + 2 < to && words[i - 1].Hash == between && words[i + 1].Hash == and && Whole(words[i], text) is > HoursOfDay and var low && Whole(words[i + 2], text) is > HoursOfDay and var high
        && low > high && !IsPartOfNumber(words, i, i, text) && !IsPartOfNumber(words, i + 2, i + 2, text);

    // 10:75 am.
    static bool IsTime(IReadOnlyList<Word> words, int i, int to, ReadOnlySpan<byte> text) =>
        i + 2 < to && (words[i + 2].Hash == am || words[i + 2].Hash == pm) && Joined(words, i, text, (byte)':') && words[i + 1].Characters == 2
        && Whole(words[i], text) is { } hour && Whole(words[i + 1], text) is { } minute && (hour > MaxHour || minute > MaxMinute);

    // -300 °C, with a hyphen or a minus sign.
    static bool IsTooCold(IReadOnlyList<Word> words, int i, int to, ReadOnlySpan<byte> text)
    {
        var before = text[..words[i].Start];
        if (!before.EndsWith("−"u8) && !(before.EndsWith("-"u8) && (before.Length == 1 || before[^2] is (byte)' ' or (byte)'(')))
        {
            return false;
        }

        var end = i + 1 < to && Joined(words, i, text, (byte)'.') ? i + 1 : i;
        var unit = end + 1 < to && words[end + 1].Hash == degrees ? end + 2 : end + 1;
        if (unit >= to || !Utf8Parser.TryParse(text[words[i].Start..words[end].End], out double value, out var used) || used != words[end].End - words[i].Start)
        {
            return false;
        }

        var isDegree = unit == end + 2 || text[words[end].End..words[unit].Start].IndexOf("°"u8) >= 0;
        return (value > AbsoluteZeroCelsius && (words[unit].Hash == celsiusLong || (isDegree && words[unit].Hash == celsius)))
            || (value > AbsoluteZeroFahrenheit && (words[unit].Hash == fahrenheitLong || (isDegree && words[unit].Hash == fahrenheit)));
    }

    static int? Year(Word word, ReadOnlySpan<byte> text) => word.Characters == 4 && Whole(word, text) is >= MinYear and <= MaxYear and var year ? year : null;

    static int? Whole(Word word, ReadOnlySpan<byte> text) =>
        !word.HasLetter && Utf8Parser.TryParse(text[word.Start..word.End], out int value, out var used) && used == word.End - word.Start ? value : null;

    static bool Joined(IReadOnlyList<Word> words, int i, ReadOnlySpan<byte> text, byte by) => words[i + 1].Start == words[i].End + 1 && text[words[i].End] == by;

    // More digits beside it, as in a telephone number or with decimals.
    static bool IsPartOfNumber(IReadOnlyList<Word> words, int first, int last, ReadOnlySpan<byte> text) =>
        (first > 0 && words[first - 1].End == words[first].Start - 1 && text[words[first].Start - 1] is (byte)'-' or (byte)'.' or (byte)',' or (byte)'/')
        || (last + 1 < words.Count && words[last + 1].Start == words[last].End + 1 && text[words[last].End] is (byte)'-' or (byte)'.' or (byte)',' or (byte)'/' && !words[last + 1].HasLetter);
}
