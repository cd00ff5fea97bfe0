using System.Buffers.Text;

namespace Sluice.Matching;

/// <summary>The amount or the day that a folded cell says.</summary>
static class CellValues
{
    const int DaysPerYear = 366, DaysPerMonth = 31;
    static readonly string[] months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>An amount, whatever its currency or percent sign; minutes and seconds (3:55) in seconds; NaN for anything else.</summary>
    public static double Number(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> folded)
    {
        if (folded.IsEmpty || folded.Length > 24 || folded.ContainsAnyExceptInRange((byte)' ', (byte)'9'))
        {
            return double.NaN;
        }

        if (Utf8Parser.TryParse(folded, out double value, out var used) && used == folded.Length)
        {
            var first = raw.IndexOfAnyInRange((byte)'0', (byte)'9');
            return first > 0 && raw[..first].Contains((byte)'-') ? -value : value;
        }

        return raw.Contains((byte)':') ? Seconds(folded) : double.NaN;
    }

    static double Seconds(ReadOnlySpan<byte> folded)
    {
        var (total, parts) = (0.0, 0);
        foreach (var range in folded.Split((byte)' '))
        {
            if (!Utf8Parser.TryParse(folded[range], out int part, out var used) || used < folded[range].Length || (parts > 0 && part > 59) || ++parts > 3)
            {
                return double.NaN;
            }

            total = (total * 60) + part;
        }

        return total;
    }

    /// <summary>A day in words (17-Mar-08, March 17, 2008) or year first, as a number that grows by one a day and skips some; NaN for anything else.</summary>
    public static double Day(ReadOnlySpan<byte> folded)
    {
        Span<int> parts = stackalloc int[3];
        var (count, month, year) = (0, 0, -1);
        foreach (var range in folded.Split((byte)' '))
        {
            var word = folded[range];
            if (count == 3)
            {
                return double.NaN;
            }

            if (Utf8Parser.TryParse(word, out int number, out var used) && used == word.Length)
            {
                year = word.Length == 4 && number is >= 1000 and < 2200 ? count : year;
                parts[count++] = number;
            }
            else if (month == 0 && MonthOf(word) is var named && named > 0)
            {
                month = named;
            }
            else
            {
                return double.NaN;
            }
        }

        return month > 0 && count == 2 ? InWords(parts[0], parts[1], month, year)
            : month == 0 && count == 3 && year == 0 ? Of(parts[0], parts[1], parts[2])
            : double.NaN;
    }

    static double InWords(int first, int second, int month, int year) => year == 0 ? Of(first, month, second) : Of(second, month, first);

    static double Of(int year, int month, int day)
    {
        // Two digits are those of the years around today, as everywhere: 68 is 2068, 69 is 1969.
        year += year < 69 ? 2000 : year < 100 ? 1900 : 0;
        return month is >= 1 and <= 12 && day is >= 1 and <= 31 && year < 2200 ? (year * (double)DaysPerYear) + ((month - 1) * DaysPerMonth) + day : double.NaN;
    }

    static int MonthOf(ReadOnlySpan<byte> word)
    {
        if (word.Length >= 3)
        {
            for (var i = 0; i < months.Length; i++)
            {
                if (word[0] == months[i][0] && word[1] == months[i][1] && word[2] == months[i][2])
                {
                    return i + 1;
                }
            }
        }

        return 0;
    }
}
