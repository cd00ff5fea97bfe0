using System.Text;
using Sluice.Schemas;

namespace Sluice.SchemaDetection;

/// <summary>How the dates of a column are written.</summary>
sealed class DateFormats
{
    const string IsoDate = "YYYY-MM-DD", IsoTime = "YYYY-MM-DDTHH:MM:SS";

    public DateFormats(Field field, IReadOnlyList<string> values)
    {
        if (field.Type != ColumnType.Text)
        {
            Shares = [new FormatShare(field.Type == ColumnType.Date ? IsoDate : IsoTime, 1)];
            return;
        }

        var written = values.Select(FormatsOf).Where(f => f.Length > 0).ToList();
        var (day, month) = (written.Count(f => IsOnly(f, 'D')), written.Count(f => IsOnly(f, 'M')));
        IsAmbiguous = day == 0 && month == 0 && written.Exists(f => f.Contains(TextFormatNames.Or));
        Shares =
        [
            .. written.Select(f => IsAmbiguous ? f : Resolve(f, day > month)).GroupBy(f => f).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new FormatShare(g.Key, Math.Round((double)g.Count() / written.Count, 4))),
        ];
    }

    /// <summary>Most frequent first.</summary>
    public IReadOnlyList<FormatShare> Shares { get; }

    /// <summary>Whether no value tells day and month apart.</summary>
    public bool IsAmbiguous { get; }

    /// <summary>The most frequent one.</summary>
    public string? Name => Shares.Count == 0 ? null : Shares[0].Format;

    /// <summary>Whether a value is a date or a time in any way of writing that is known.</summary>
    public static bool IsDate(string value) => FormatsOf(value).Length > 0;

    static string FormatsOf(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        if (ValueParser.TryDate(bytes, out _))
        {
            return IsoDate;
        }

        if (ValueParser.TryTimestamp(bytes, out _))
        {
            return IsoTime;
        }

        var colon = value.IndexOf(':', StringComparison.Ordinal);
        var split = colon < 0 ? -1 : value[..colon].LastIndexOfAny([' ', 'T']);
        var date = TextFormatNames.Of(ValueParser.DateFormatsOf(split < 0 ? bytes : Encoding.UTF8.GetBytes(value[..split].TrimEnd(',')))) ?? "";
        return date.Length == 0 || split < 0 ? date : string.Join(TextFormatNames.Or, date.Split(TextFormatNames.Or).Select(d => d + " HH:MM"));
    }

    static bool IsOnly(string formats, char first) => !formats.Contains(TextFormatNames.Or) && formats.Length > 2 && formats[0] == first && formats[2] is '/' or '-' && formats[3] is 'D' or 'M';

    static string Resolve(string formats, bool dayFirst) => formats.Split(TextFormatNames.Or) is { Length: > 1 } several
        ? several.FirstOrDefault(f => f[0] == (dayFirst ? 'D' : 'M')) ?? several[0]
        : formats;
}
