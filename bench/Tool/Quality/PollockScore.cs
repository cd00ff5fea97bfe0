using System.Globalization;
using System.Text;

namespace Sluice.Bench.Quality;

/// <summary>
/// Pollock's measure of a loaded table against the clean one. Names and records are compared after case and the form of numbers are made alike; Pollock
/// also makes forms of dates and of money alike, so that its figure is never lower than this one.
/// </summary>
static class PollockScore
{
    public static double Of(IReadOnlyList<IReadOnlyList<string>> clean, IReadOnlyList<IReadOnlyList<string>> loaded)
    {
        const double Success = 1;
        if (clean.Count == 0)
        {
            return Success + 9;
        }

        var header = clean[0].Count == 0 ? 3 : Sum(clean[0].Select(Alike), (loaded.Count > 0 ? loaded[0] : []).Select(Alike));
        var records = Sum(clean.Skip(1).Select(Record), loaded.Skip(1).Select(Record));
        var cells = Sum(clean.SelectMany(r => r), loaded.SelectMany(r => r));
        return Success + header + records + cells;
    }

    /// <summary>Plain RFC 4180, as the clean files are written; a blank line is a record without cells.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Parse(string text)
    {
        var rows = new List<IReadOnlyList<string>>();
        var (row, cell) = (new List<string>(), new StringBuilder());
        var (inQuotes, begun) = (false, false);
        for (var i = text.StartsWith('\uFEFF') ? 1 : 0; i < text.Length; i++)
        {
            var c = text[i];
            if (inQuotes && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
            {
                cell.Append(text[++i]);
            }
            else if (c == '"' && (inQuotes || cell.Length == 0))
            {
                inQuotes = !inQuotes;
                begun = true;
            }
            else if (!inQuotes && c == ',')
            {
                row.Add(cell.ToString());
                cell.Clear();
                begun = true;
            }
            else if (!inQuotes && c is '\n' or '\r' && !inQuotes)
            {
                EndRow();
                i += c == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 1 : 0;
            }
            else
            {
                cell.Append(c);
                begun = true;
            }
        }

        if (begun)
        {
            EndRow();
        }

        return rows;

        void EndRow()
        {
            if (begun)
            {
                row.Add(cell.ToString());
            }

            rows.Add(row);
            (row, begun) = ([], false);
            cell.Clear();
        }
    }

    /// <summary>Precision, recall and F1, added up.</summary>
    static double Sum(IEnumerable<string> clean, IEnumerable<string> loaded)
    {
        var left = new Dictionary<string, int>(StringComparer.Ordinal);
        var (cleanCount, loadedCount, common) = (0, 0, 0);
        foreach (var text in clean)
        {
            cleanCount++;
            left[text] = left.GetValueOrDefault(text) + 1;
        }

        foreach (var text in loaded)
        {
            loadedCount++;
            if (left.GetValueOrDefault(text) > 0)
            {
                left[text]--;
                common++;
            }
        }

        if (cleanCount == 0)
        {
            return 3;
        }

        if (common == 0)
        {
            return 0;
        }

        double precision = (double)common / loadedCount, recall = (double)common / cleanCount;
        return precision + recall + (2 * precision * recall / (precision + recall));
    }

    static string Record(IReadOnlyList<string> cells) => string.Concat(cells.Select(Alike));

    static string Alike(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole.ToString(CultureInfo.InvariantCulture)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number.ToString("R", CultureInfo.InvariantCulture)
        : text.ToLowerInvariant();
}
