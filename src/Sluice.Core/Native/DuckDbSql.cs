namespace Sluice.Native;

/// <summary>The only way by which names get into SQL text. Values travel as parameters (<see cref="DuckDbStatement"/>).</summary>
static class DuckDbSql
{
    /// <summary>A string literal, for a file name to write (COPY … TO) or an option that takes no parameter.</summary>
    /// <exception cref="ArgumentException">The text contains NUL, at which C ends a string.</exception>
    public static string Literal(string text) => Quote(text, '\'');

    /// <summary>A string literal for a file name to read: exactly this file, although DuckDB's readers take patterns (*, ?, [).</summary>
    /// <exception cref="ArgumentException">The name contains NUL.</exception>
    public static string FileToRead(string path)
    {
        var exact = path.Replace("[", "[[]", StringComparison.Ordinal);
        return Literal(exact.Replace("*", "[*]", StringComparison.Ordinal).Replace("?", "[?]", StringComparison.Ordinal));
    }

    /// <summary>A column or table name.</summary>
    /// <exception cref="ArgumentException">The name contains NUL.</exception>
    public static string Identifier(string name) => Quote(name, '"');

    static string Quote(string text, char quote)
    {
        var at = text.IndexOf('\0', StringComparison.Ordinal);
        if (at >= 0)
        {
            var shown = text.Replace("\0", "\\0", StringComparison.Ordinal);
            throw new ArgumentException(
                $"A name for SQL has a NUL character at position {at}, found '{shown}'; expected none. Rename the file or column.");
        }
        var once = quote.ToString();
        return once + text.Replace(once, once + once, StringComparison.Ordinal) + once;
    }
}
