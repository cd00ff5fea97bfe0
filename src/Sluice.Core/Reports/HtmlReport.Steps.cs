using System.Globalization;
using System.Text.Json;
using Sluice.Datasets;

namespace Sluice.Reports;

// What single steps found, as the version keeps it.
public static partial class HtmlReport
{
    const int MaxFacts = 40, MaxFactText = 160;

    // Steps whose parameters are a report of what they did.
    static readonly string[] told =
    [
        "select_rows", "cluster_rows", "sample", "balance", "cross_validation", "remove_near_duplicates", "find_label_errors", "label_consensus", "auto_label", "apply_labels", "validate_llm_data", "score_texts",
    ];

    static Html Splits(VersionManifest? manifest)
    {
        var split = manifest?.Steps.Select(s => s.Fitted).FirstOrDefault(f => f is { ValueKind: JsonValueKind.Object } fitted && fitted.TryGetProperty("sets", out _));
        if (split is not { } report)
        {
            return Html.Empty;
        }

        var sets = report.GetProperty("sets").EnumerateArray()
            .Select(s => (s.GetProperty("name").GetString()!, (double)s.GetProperty("rows").GetInt64(), $"{s.GetProperty("rows").GetInt64():N0}", "base"));
        var certificate = report.TryGetProperty("certificate", out var found) && found.ValueKind == JsonValueKind.Object
            ? Html.Of($"<h3>Certificate</h3>{Facts(found)}") : Html.Empty;
        return Html.Of($"<section><h2>Sets</h2>{Charts.Bars(sets)}{certificate}</section>");
    }

    static Html Learned(VersionManifest? manifest)
    {
        var steps = (manifest?.Steps ?? []).Where(s => told.Contains(s.Type) && s.Fitted is { ValueKind: JsonValueKind.Object }).ToList();
        return steps.Count == 0 ? Html.Empty : Html.Of($"""
            <section><h2>What steps found</h2>{steps.Select(s => Html.Of($"<h3>{s.Counts.Step}</h3>{Facts(s.Fitted!.Value)}"))}</section>
            """);
    }

    static Html Facts(JsonElement report) => Html.Of($"""
        <div class="scroll"><table><tbody>{FactsOf(report, "").Take(MaxFacts).Select(f => Html.Of($"<tr><td>{f.Name}</td><td>{f.Value}</td></tr>"))}</tbody></table></div>
        """);

    // Texts, numbers, and short lists of them; parts of the report with their name before.
    static IEnumerable<(string Name, string Value)> FactsOf(JsonElement report, string before)
    {
        foreach (var property in report.EnumerateObject())
        {
            var name = before + property.Name.Replace('_', ' ');
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var fact in FactsOf(property.Value, name + ", "))
                {
                    yield return fact;
                }
            }
            else if (Text(property.Value) is { Length: > 0 and <= MaxFactText } text)
            {
                yield return (name, text);
            }
        }
    }

    static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole.ToString("N0", CultureInfo.InvariantCulture) : value.GetDouble().ToString("G4", CultureInfo.InvariantCulture),
        JsonValueKind.Array => value.EnumerateArray().Select(Text).ToList() is var parts && !parts.Contains(null) ? string.Join(", ", parts) : null,
        _ => null,
    };
}
