using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sluice.Reports;

/// <summary>HTML by string interpolation where every hole is escaped, unless it is HTML itself.</summary>
[InterpolatedStringHandler]
public readonly struct Html
{
    readonly StringBuilder text;

    public Html(int literalLength, int formattedCount) => text = new StringBuilder(literalLength + (formattedCount * 16));

    public static Html Empty { get; } = new(0, 0);

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(Html html) => text.Append(html.text);

    public void AppendFormatted(IEnumerable<Html> parts)
    {
        foreach (var part in parts)
        {
            text.Append(part.text);
        }
    }

    public void AppendFormatted<T>(T value, string? format = null) =>
        text.Append(WebUtility.HtmlEncode(value is IFormattable f ? f.ToString(format, CultureInfo.InvariantCulture) : value?.ToString()));

    /// <summary>The markup; a method that takes <see cref="Html"/> makes the compiler build it.</summary>
    public static Html Of(Html html) => html;

    /// <summary>Text that is HTML already: never anything that came from data.</summary>
    public static Html Raw(string markup)
    {
        var html = new Html(markup.Length, 0);
        html.AppendLiteral(markup);
        return html;
    }

    public override string ToString() => text?.ToString() ?? "";
}
