using System.Text;
using Sluice.Privacy;

namespace Sluice.SchemaDetection;

/// <summary>Finds personal data in values of one column and masks it. Organisations and places are not about a person.</summary>
sealed class PersonalValues(string column)
{
    static readonly IReadOnlySet<string> kinds = PiiScanner.Entities.Except(["organization", "location"]).ToHashSet(StringComparer.Ordinal);

    readonly ColumnContext context = new(column);
    readonly PiiScanner scanner = new(new PiiScope { Entities = kinds });
    readonly List<PiiSpan> spans = [];

    /// <summary>Values that it was found in, by kind.</summary>
    public SortedDictionary<string, int> Found { get; } = new(StringComparer.Ordinal);

    /// <summary>The value with kinds in the place of what is personal: <c>&lt;EMAIL&gt;</c>.</summary>
    public string Mask(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        scanner.Scan(bytes, context, spans);
        var text = new StringBuilder();
        var at = 0;
        foreach (var span in spans)
        {
            text.Append(Encoding.UTF8.GetString(bytes.AsSpan(at..span.Start))).Append('<').Append(span.Entity.ToUpperInvariant()).Append('>');
            at = span.End;
        }

        foreach (var kind in spans.Select(s => s.Entity).Distinct())
        {
            Found[kind] = Found.GetValueOrDefault(kind) + 1;
        }

        return text.Append(Encoding.UTF8.GetString(bytes.AsSpan(at))).ToString();
    }
}
