using System.Globalization;
using System.Text;

namespace Sluice.Expressions;

enum TokenKind
{
    End,
    Name,
    QuotedName,
    Text,
    Number,
    Symbol,
}

/// <param name="Kind">What it is.</param>
/// <param name="At">Its first character, from 0.</param>
/// <param name="Word">As written; for quoted ones what is between the quotes.</param>
/// <param name="Value">Of a number: long or double.</param>
readonly record struct Token(TokenKind Kind, int At, string Word, object? Value = null)
{
    /// <summary>A keyword is a plain name; its case does not matter.</summary>
    public bool Is(string keyword) => Kind == TokenKind.Name && Word.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Word == symbol;

    public string Found => Kind switch
    {
        TokenKind.End => "the end",
        TokenKind.Text => $"the text '{Word}'",
        _ => $"'{Word}'",
    };
}

/// <summary>Cuts an expression into tokens.</summary>
sealed class Lexer(string text)
{
    // Longest first.
    static readonly string[] Symbols = ["!~*", "<>", "!=", "<=", ">=", "||", "::", "!~", "~*", "(", ")", ",", "+", "-", "*", "/", "%", "=", "<", ">", "~"];

    int at;

    public List<Token> Read()
    {
        var tokens = new List<Token>();
        while (true)
        {
            SkipSpace();
            var token = Next();
            tokens.Add(token);
            if (token.Kind == TokenKind.End)
            {
                return tokens;
            }
        }
    }

    void SkipSpace()
    {
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
            }
            else if (text.AsSpan(at).StartsWith("--"))
            {
                var end = text.IndexOf('\n', at);
                at = end < 0 ? text.Length : end;
            }
            else if (text.AsSpan(at).StartsWith("/*"))
            {
                var end = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
                at = end < 0 ? throw Caret.Error(text, at, "This comment is never closed. Add '*/'.") : end + 2;
            }
            else
            {
                return;
            }
        }
    }

    Token Next()
    {
        var start = at;
        if (at == text.Length)
        {
            return new Token(TokenKind.End, at, "");
        }

        var first = text[at];
        if (first is '\'' or '"' or '`')
        {
            var word = Quoted(first);
            return first == '\'' ? new Token(TokenKind.Text, start, word)
                : word.Length == 0 ? throw Caret.Error(text, start, "A column name is empty here. Text goes in single quotes: ''.")
                : new Token(TokenKind.QuotedName, start, word);
        }

        if (char.IsAsciiDigit(first) || (first == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
        {
            return Number();
        }

        if (char.IsLetter(first) || first == '_')
        {
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '$'))
            {
                at++;
            }

            return new Token(TokenKind.Name, start, text[start..at]);
        }

        foreach (var symbol in Symbols)
        {
            if (text.AsSpan(at).StartsWith(symbol))
            {
                at += symbol.Length;
                return new Token(TokenKind.Symbol, start, symbol);
            }
        }

        throw Caret.Error(text, at, Advice(first));
    }

    string Advice(char found) => found switch
    {
        '&' => "'&' is not an operator here. Write AND.",
        '|' => "'|' is not an operator here. Write OR, or || to join text.",
        '!' => "'!' is not an operator here. Write NOT.",
        '“' or '”' or '‘' or '’' => $"'{found}' is a typographic quote. Write ' around text and \" around column names.",
        '.' => "'.' is not allowed here. A column name with a dot goes in double quotes: \"a.b\".",
        '[' => "'[' is not allowed here. A column name goes in double quotes, a list in ( ).",
        ';' => "';' is not allowed here. A condition is one expression.",
        _ => $"'{(char.IsSurrogate(found) ? text.Substring(at, Math.Min(2, text.Length - at)) : found)}' is not expected here. "
            + "A column name with other than letters, digits and _ goes in double quotes.",
    };

    string Quoted(char quote)
    {
        var start = at++;
        var word = new StringBuilder();
        while (at < text.Length)
        {
            if (text[at] != quote)
            {
                word.Append(text[at++]);
            }
            else if (at + 1 < text.Length && text[at + 1] == quote)
            {
                word.Append(quote);
                at += 2;
            }
            else
            {
                at++;
                return word.ToString();
            }
        }

        throw Caret.Error(text, start, $"This {quote} is never closed. Close it, or double a {quote} that belongs to the text.");
    }

    Token Number()
    {
        var start = at;
        Digits();
        var whole = true;
        if (at < text.Length && text[at] == '.')
        {
            whole = false;
            at++;
            Digits();
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            var exponent = at + 1;
            exponent += exponent < text.Length && text[exponent] is '+' or '-' ? 1 : 0;
            if (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
            {
                whole = false;
                at = exponent;
                Digits();
            }
        }

        var word = text[start..at];
        if (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '.'))
        {
            throw Caret.Error(text, at, $"'{text[at]}' follows the number {word}. A column name that begins with a digit goes in double quotes.");
        }

        if (!whole)
        {
            var number = double.Parse(word, NumberStyles.Float, CultureInfo.InvariantCulture);
            return double.IsFinite(number)
                ? new Token(TokenKind.Number, start, word, number)
                : throw Caret.Error(text, start, $"{word} is too large. The largest number is 1.79e308.");
        }

        return long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? new Token(TokenKind.Number, start, word, value)
            : throw Caret.Error(text, start, $"{word} is too large for a whole number. The largest is {long.MaxValue}; write {word}.0 for a number with a point.");
    }

    void Digits()
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }
    }
}

/// <summary>Shows where in an expression something is.</summary>
static class Caret
{
    const int Width = 72;

    public static DataException Error(string text, int at, string message) => new(Show(text, at, message));

    /// <summary>The message, and under it the line with a caret.</summary>
    public static string Show(string text, int at, string message)
    {
        var start = at == 0 ? 0 : text.LastIndexOf('\n', Math.Min(at, text.Length) - 1) + 1;
        var end = text.IndexOf('\n', Math.Min(at, text.Length)) is var newline && newline >= 0 ? newline : text.Length;
        var from = Math.Max(start, at - (Width / 2));
        var to = Math.Min(end, from + Width);
        var (before, after) = (from > start ? "…" : "", to < end ? "…" : "");
        var line = before + text[from..to].Replace('\t', ' ').TrimEnd() + after;
        return $"{message} (character {at + 1})\n  {line}\n  {new string(' ', before.Length + at - from)}^";
    }
}
