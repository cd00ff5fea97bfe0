using System.Buffers;
using Sluice.Schemas;

namespace Sluice.Connectors;

/// <summary>
/// Chooses a dialect by Q = P · T: P is high when records have the same number of fields, T when the fields are things one knows
/// (numbers, dates, words). G. van den Burg, A. Nazábal, C. Sutton, "Wrangling messy CSV files by detecting row and type patterns", 2019.
/// </summary>
static class CsvDialectScore
{
    const string Delimiters = ",;\t|:^~ \u001f\u0001";
    const int Rows = 100;

    // A record of one field tells nothing about a delimiter, but must not make the score zero.
    const double OneFieldWeight = 1e-3;

    // A wrong quote or escape leaves quotes within fields; an inch sign does so in the right dialect.
    const double MalformedWeight = 0.9;

    // In the wrong dialect, fields keep the delimiters and quotes of the right one.
    static readonly SearchValues<byte> unusual = SearchValues.Create(",;\t|^~\"\u001f\u0001"u8);

    public static CsvDialect Best(ReadOnlySpan<byte> text, CsvDialect dialect, CsvSettings settings, int enoughBytes, bool whole)
    {
        var best = (Score: 0.0, Dialect: dialect with { Delimiter = settings.Delimiter ?? Unused(text) });
        foreach (var tried in Candidates(text, dialect, settings))
        {
            var rows = CsvRows.Read(text, tried, settings.Comment, Rows, enoughBytes, whole);
            var isDefault = tried.Quote == dialect.Quote && tried.Escape == dialect.Escape && tried.Trim == dialect.Trim;
            if (!isDefault && !rows.Exists(r => r.Fields.Exists(f => f.Quoted)))
            {
                continue;
            }

            var score = Score(rows, tried, settings.Delimiter is not null);
            if (score > best.Score)
            {
                best = (score, tried);
            }
        }

        var oneColumn = settings.Delimiter is null && IsOneColumn(text, best.Dialect, settings, enoughBytes, whole);
        return oneColumn ? best.Dialect with { Delimiter = Unused(text) } : best.Dialect;
    }

    /// <summary>What the text could be written in, the usual first: of equal scores the first wins.</summary>
    static List<CsvDialect> Candidates(ReadOnlySpan<byte> text, CsvDialect dialect, CsvSettings settings)
    {
        var found = new List<CsvDialect>();
        var hasApostrophe = text.Contains((byte)'\'');
        foreach (var quote in settings.AutoQuote && hasApostrophe ? new char?[] { '"', '\'' } : [dialect.Quote])
        {
            var hasEscape = settings.AutoEscape && quote is { } q && text.IndexOf([(byte)'\\', (byte)q]) >= 0;
            foreach (var escape in hasEscape ? new char?[] { null, '\\' } : [dialect.Escape])
            {
                foreach (var delimiter in settings.Delimiter is { } given ? [given] : Occurring(text, quote, escape))
                {
                    var tried = dialect with { Delimiter = delimiter, Quote = quote, Escape = escape };
                    found.Add(tried);
                    if (settings.Trim is null && quote is { } opening && delimiter != ' ' && text.IndexOf([(byte)delimiter, (byte)' ', (byte)opening]) >= 0)
                    {
                        found.Add(tried with { Trim = true });
                    }
                }
            }
        }

        return found;
    }

    static char[] Occurring(ReadOnlySpan<byte> text, char? quote, char? escape)
    {
        var found = new List<char>();
        foreach (var candidate in Delimiters)
        {
            if (text.Contains((byte)candidate) && candidate != quote && candidate != escape)
            {
                found.Add(candidate);
            }
        }

        return [.. found];
    }

    /// <summary>A delimiter that leaves every line whole.</summary>
    static char Unused(ReadOnlySpan<byte> text)
    {
        foreach (var candidate in ",\t;|\u001f")
        {
            if (!text.Contains((byte)candidate))
            {
                return candidate;
            }
        }

        return ',';
    }

    static double Score(List<CsvSampleRow> rows, CsvDialect dialect, bool given)
    {
        var patterns = rows.CountBy(r => r.Count).ToList();
        var usual = patterns.Count > 0 ? patterns.MaxBy(p => p.Value) : default;
        if (rows.Count == 0 || (!given && (usual.Key < 2 || !IsRegular(rows, usual.Value, dialect.Delimiter))))
        {
            return 0;
        }

        var pattern = patterns.Sum(p => p.Value * Math.Max(OneFieldWeight, (p.Key - 1.0) / p.Key)) / patterns.Count;
        var cells = rows.Sum(r => r.Count);
        var known = rows.Sum(r => r.Fields.Count(IsKnown));
        var malformed = (double)rows.Count(r => r.Malformed) / rows.Count;
        return pattern * Math.Max(1e-10, (double)known / cells) * (1 - (MalformedWeight * malformed));
    }

    /// <summary>
    /// Blanks and colons are in most prose: they must divide every record alike, or stand beside quotes in every record. Others divide half of the records
    /// alike, or every record.
    /// </summary>
    static bool IsRegular(List<CsvSampleRow> rows, int usual, char delimiter) => delimiter is ' ' or ':'
        ? usual == rows.Count || rows.TrueForAll(r => !r.Malformed && r.Fields.Exists(f => f.Quoted))
        : usual * 2 >= rows.Count || rows.All(r => r.Count > 1);

    /// <summary>Lines that are one value each, such as times, are not divided at what the value is made of.</summary>
    static bool IsOneColumn(ReadOnlySpan<byte> text, CsvDialect dialect, CsvSettings settings, int enoughBytes, bool whole)
    {
        var lines = CsvRows.Read(text, dialect with { Delimiter = '\0', Quote = null }, settings.Comment, Rows, enoughBytes, whole);
        var typed = lines.Count(l => CsvHeader.IsTyped(l[0].Text));
        return lines.Count > 0 && typed > 0 && typed >= lines.Count - 1;
    }

    static bool IsKnown(CsvSampleField field) =>
        field.Quoted || field.Text.Length == 0 || CsvHeader.IsTyped(field.Text)
        || ValueParser.TryFloat64Lenient(field.Text, (byte)',', out _) || !(field.Text.AsSpan().ContainsAny(unusual) || IsInApostrophes(field.Text));

    static bool IsInApostrophes(byte[] text) => text.Length > 1 && text[0] == '\'' && text[^1] == '\'';
}
