using System.Globalization;

namespace Sluice.Connectors;

/// <summary>How a CSV file is written, found out or stated.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Encoding">Such as <c>utf-8</c>.</param>
/// <param name="Delimiter">Between fields.</param>
/// <param name="Quote">Around fields; null: none.</param>
/// <param name="Escape">Before characters meant as themselves; null: quotes are doubled.</param>
/// <param name="LineEnd"><c>lf</c>, <c>crlf</c>, <c>cr</c> or <c>none</c>: the first one.</param>
/// <param name="Trim">Blanks around values are left out.</param>
/// <param name="SkippedLines">Lines above the header.</param>
/// <param name="HeaderRecords">Records that the header is made of.</param>
/// <param name="Header">Names as they stand in the file, before they are completed and made unique; empty: there is no header.</param>
/// <param name="Columns">Names of the columns.</param>
public sealed record CsvLayout(
    string File, string Encoding, char Delimiter, char? Quote, char? Escape, string LineEnd, bool Trim, int SkippedLines, int HeaderRecords,
    IReadOnlyList<string> Header, IReadOnlyList<string> Columns)
{
    internal static CsvLayout Of(string file, string localPath, CsvSettings settings)
    {
        var found = CsvSniffer.Examine(file, localPath, settings, new ShardCut());
        var (dialect, head) = (found.Dialect, found.Head);
        return new CsvLayout(
            file, dialect.Encoding, dialect.Delimiter, dialect.Quote, dialect.Escape, found.LineEnd, dialect.Trim, head.SkipLines, head.HeaderRecords,
            [.. (head.Names ?? []).Select(System.Text.Encoding.UTF8.GetString)], found.Columns);
    }

    /// <summary>For a terminal.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> InWords() =>
    [
        new("delimiter", Columns.Count > 1 ? CsvHeader.Shown(Delimiter) : "none: one column"),
        new("quote", Quote is { } quote ? CsvHeader.Shown(quote) : "none"),
        new("escape", Escape is { } escape ? CsvHeader.Shown(escape) : "doubled quotes"),
        new("line_end", LineEnd),
        new("encoding", Encoding),
        new("header", HeaderRecords switch { 0 => "none", 1 => "one record", _ => $"{HeaderRecords} records" }),
        new("skipped_lines", SkippedLines.ToString(CultureInfo.InvariantCulture)),
        .. Trim ? [new KeyValuePair<string, string>("trim", "true")] : Array.Empty<KeyValuePair<string, string>>(),
    ];
}
