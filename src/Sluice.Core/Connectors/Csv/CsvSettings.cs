namespace Sluice.Connectors;

/// <summary>The options of a CSV source with their characters checked.</summary>
sealed class CsvSettings
{
    public CsvSettings(CsvSource.Options options)
    {
        Delimiter = options.Delimiter switch
        {
            "auto" => null,
            "tab" or "\\t" => '\t',
            "comma" => ',',
            "semicolon" => ';',
            "pipe" => '|',
            "space" => ' ',
            var text => Character("delimiter", text, "auto, tab or one ASCII character such as ; or |"),
        };
        AutoQuote = options.Quote == "auto";
        Quote = AutoQuote ? '"' : options.Quote is "none" or "" ? null : Character("quote", options.Quote, "auto, none or one ASCII character such as \"");
        AutoEscape = options.Escape == "auto";
        Escape = AutoEscape || options.Escape is "none" or "" ? null : Character("escape", options.Escape, "auto, none or one ASCII character such as \\");
        Escape = Escape == Quote ? null : Escape;
        Comment = string.IsNullOrEmpty(options.Comment) ? null : (byte)Character("comment", options.Comment, "one ASCII character such as #");
        Encoding = TextEncodings.Canonical(options.Encoding);
        Header = options.Header switch { "true" => true, "false" => false, _ => null };
        SkipRows = options.SkipRows;
        Trim = options.Trim;
        if (Delimiter is { } d && (d == Quote || d == Escape))
        {
            throw new SourceException(
                $"The csv options give '{d}' two meanings: delimiter and {(d == Quote ? "quote" : "escape")}. Expected different characters. Change one of them.");
        }
    }

    /// <summary>Null: to be found out.</summary>
    public char? Delimiter { get; }

    public bool AutoQuote { get; }

    public char? Quote { get; }

    public bool AutoEscape { get; }

    public char? Escape { get; }

    public byte? Comment { get; }

    public string Encoding { get; }

    /// <summary>Null: to be found out.</summary>
    public bool? Header { get; }

    public int SkipRows { get; }

    /// <summary>Null: to be found out.</summary>
    public bool? Trim { get; }

    static char Character(string option, string text, string expected) =>
        text.Length == 1 && text[0] is > '\0' and < (char)0x80 and not '\n' and not '\r'
            ? text[0]
            : throw new SourceException($"The csv option {option} is \"{text}\". Expected {expected}. Correct it in the pipeline.");
}
