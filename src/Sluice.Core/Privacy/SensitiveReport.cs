using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Privacy;

/// <summary>A quality report without values of columns that hold personal data: manifests and records are read by more people than the data.</summary>
static class SensitiveReport
{
    /// <summary>The report without the most frequent values of these columns; all else of them is counts and lengths.</summary>
    public static JsonElement WithoutValues(string report, IReadOnlyCollection<string> columns)
    {
        using var whole = JsonDocument.Parse(report);
        if (columns.Count == 0)
        {
            return whole.RootElement.Clone();
        }

        var kept = JsonObject.Create(whole.RootElement.Clone())!;
        foreach (var column in kept["columns"]!.AsArray().Where(column => columns.Contains((string)column!["name"]!)))
        {
            column!.AsObject().Remove("top");
        }

        return JsonSerializer.SerializeToElement(kept);
    }
}
