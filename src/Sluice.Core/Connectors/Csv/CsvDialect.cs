using System.Text.Json;

namespace Sluice.Connectors;

/// <summary>How one CSV file is written.</summary>
/// <param name="Delimiter">Between fields, ASCII.</param>
/// <param name="Quote">Around fields, ASCII; null: fields are never quoted.</param>
/// <param name="Escape">Before a character that is meant as itself; null: a quote is doubled.</param>
/// <param name="Encoding">As <see cref="TextEncodings"/> names it.</param>
/// <param name="Trim">Blanks around values do not belong to them, and may come before a quote.</param>
sealed record CsvDialect(char Delimiter, char? Quote, char? Escape, string Encoding, bool Trim)
{
    public byte DelimiterByte => (byte)Delimiter;

    // What is absent is searched for as a line feed: no further comparison, and a line feed is asked for first.
    public byte QuoteByte => (byte)(Quote ?? '\n');

    public byte EscapeByte => (byte)(Escape ?? '\n');
}

/// <summary>A line above the header that is no record of the table.</summary>
sealed record CsvPreamble(long Line, string Text);

/// <summary>What reading a part of a CSV file needs to know of the whole.</summary>
/// <param name="Dialect">How it is written.</param>
/// <param name="Columns">Unique names.</param>
/// <param name="Header">The header's record as it stands; one like it further down is no row. Null: none.</param>
/// <param name="Preamble">Lines above the header, in the first part of a file.</param>
sealed record CsvDetail(CsvDialect Dialect, IReadOnlyList<string> Columns, string? Header = null, IReadOnlyList<CsvPreamble>? Preamble = null)
{
    public string ToJson() => JsonSerializer.Serialize(this, TextFileSource.Json);

    public static CsvDetail Of(Shard part) => JsonSerializer.Deserialize<CsvDetail>(part.Detail!, TextFileSource.Json)!;
}
