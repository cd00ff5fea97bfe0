using System.Text.Json;

namespace Sluice.Connectors;

/// <summary>How one CSV file is written.</summary>
/// <param name="Delimiter">Between fields, ASCII.</param>
/// <param name="Quote">Around fields, ASCII; null: fields are never quoted.</param>
/// <param name="Escape">Before a character that is meant as itself; null: a quote is doubled.</param>
/// <param name="Encoding">As <see cref="TextEncodings"/> names it.</param>
sealed record CsvDialect(char Delimiter, char? Quote, char? Escape, string Encoding)
{
    public byte DelimiterByte => (byte)Delimiter;

    // What is absent is searched for as a line feed: no further comparison, and a line feed is asked for first.
    public byte QuoteByte => (byte)(Quote ?? '\n');

    public byte EscapeByte => (byte)(Escape ?? '\n');
}

/// <summary>What reading a part of a CSV file needs to know of the whole.</summary>
sealed record CsvDetail(CsvDialect Dialect, IReadOnlyList<string> Columns)
{
    public string ToJson() => JsonSerializer.Serialize(this, TextFileSource.Json);

    public static CsvDetail Of(Shard part) => JsonSerializer.Deserialize<CsvDetail>(part.Detail!, TextFileSource.Json)!;
}
