using System.Buffers;
using Sluice.Cleaning;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>
/// Values that cannot be what was meant. <c>corrupt_text</c>: control characters, replacement characters (U+FFFD) and text decoded with the wrong encoding
/// (<c>Ã©</c> for <c>é</c>); of the text cells present; severity critical, because what was there is lost. <c>invalid_value</c>: infinities, and in columns
/// of dates days that no calendar has (2023-02-30); of the decimal numbers and dates in text that are present; severity high. Ranges and lists of allowed
/// values are business rules.
/// </summary>
[Check("invalid_values", 6)]
sealed class InvalidValues : Check
{
    const string Corrupt = "corrupt_text", Invalid = "invalid_value";

    // Without one of these bytes, no text is corrupt: most columns are done in one vectorised look.
    static readonly SearchValues<byte> suspects = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Where(b => b is not (9 or 10 or 13)).Select(b => (byte)b), 0x7F, 0xC2, 0xC3, 0xEF]);

    static readonly SearchValues<byte> dateBytes = SearchValues.Create("0123456789-/."u8);

    public override IReadOnlyList<string> Reasons => [Corrupt, Invalid];

    public override State NewState(Schema schema) => new Counters(schema.Count * 2);

    public override void Observe(Batch batch, State state)
    {
        var counts = (Counters)state;
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            counts[2 * i] += CorruptRows(batch[i]).Count;
            counts[(2 * i) + 1] += InvalidRows(batch[i]).Count;
        }
    }

    public override CheckFit Fit(Seen seen)
    {
        var counts = (Counters)seen.State!;
        long corrupt = 0, texts = 0, invalid = 0, judged = 0;
        for (var i = 0; i < seen.Schema.Count; i++)
        {
            var (field, present) = (seen.Schema[i], seen.Columns[i].Present);
            corrupt += counts[2 * i];
            texts += field.Type == ColumnType.Text ? present : 0;
            if (field.Type == ColumnType.Float64 || seen.IsTime(field.Name))
            {
                invalid += counts[(2 * i) + 1];
                judged += present;
            }
        }

        string[] times = [.. seen.Types.Select(t => t.Column).Where(seen.IsTime)];
        return new CheckFit(
            [new CheckResult(Corrupt, null, Severity.Critical, corrupt, texts, "cells"), new CheckResult(Invalid, null, Severity.High, invalid, judged, "cells")],
            times.Length == 0 ? null : times);
    }

    public override void Apply(Judged judged)
    {
        var times = judged.Learned<string[]>() ?? [];
        for (var i = 0; i < judged.Batch.Schema.Count; i++)
        {
            var (name, column) = (judged.Batch.Schema[i].Name, judged.Batch[i]);
            judged.Fail(Corrupt, name, Severity.Critical, CorruptRows(column));
            if (column is not TextColumn || times.Contains(name))
            {
                judged.Fail(Invalid, name, Severity.High, InvalidRows(column));
            }
        }
    }

    static List<int> CorruptRows(Column column)
    {
        var rows = new List<int>();
        if (column is TextColumn text && text.Bytes.ContainsAny(suspects))
        {
            for (var row = 0; row < text.Rows; row++)
            {
                if (!text.IsNull(row) && IsCorrupt(text[row]) && !Utf8Text.IsBlank(text[row]))
                {
                    rows.Add(row);
                }
            }
        }

        return rows;
    }

    internal static bool IsCorrupt(ReadOnlySpan<byte> value)
    {
        for (int at; (at = value.IndexOfAny(suspects)) >= 0; value = value[(at + 1)..])
        {
            var rest = value[at..];
            var bad = rest[0] switch
            {
                // U+0080..9F are controls. Then the two bytes of a letter beyond ASCII, each shown as a letter of its own: Â or Ã and U+0080..BF.
                0xC2 => (rest.Length > 1 && rest[1] < 0xA0) || (rest is [_, 0x82 or 0x83, ..] && IsTrail(rest)),
                0xC3 => rest is [_, 0x82 or 0x83, 0xC2, ..] || rest.StartsWith("\u00e2\u20ac"u8),
                0xEF => rest.StartsWith("\uFFFD"u8),
                _ => true,
            };
            if (bad)
            {
                return true;
            }
        }

        return false;
    }

    static bool IsTrail(ReadOnlySpan<byte> rest) => rest is [_, _, 0xC2, >= 0x80 and <= 0xBF, ..];

    static List<int> InvalidRows(Column column)
    {
        var rows = new List<int>();
        for (var row = 0; row < column.Rows && column is TextColumn or ValueColumn<double>; row++)
        {
            var bad = column switch
            {
                _ when column.IsNull(row) => false,
                ValueColumn<double> numbers => double.IsInfinity(numbers.Values[row]),
                _ => IsImpossibleDate(((TextColumn)column)[row]),
            };
            if (bad)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    /// <summary>Year, month and day in digits, but of no calendar, whichever of them comes first.</summary>
    internal static bool IsImpossibleDate(ReadOnlySpan<byte> value)
    {
        value = Utf8Text.Trim(value);
        if (value.Length is < 8 or > 10 || value.ContainsAnyExcept(dateBytes))
        {
            return false;
        }

        var first = value.IndexOfAny("-/."u8);
        var second = first < 0 ? -1 : value[(first + 1)..].IndexOf(value[first]);
        var rest = second < 0 ? [] : value[(first + second + 2)..];
        return first is 1 or 2 or 4 && second is 1 or 2 && rest.Length is 1 or 2 or 4 && (first == 4) != (rest.Length == 4) && !rest.ContainsAny("-/."u8)
            && !ValueParser.TryDateLenient(value, DateOrder.MonthFirst, out _) && !ValueParser.TryDateLenient(value, DateOrder.DayFirst, out _);
    }
}
