using System.Text.Json;
using Sluice.Datasets;
using Sluice.Steps;

namespace Sluice.Privacy;

/// <summary>What a version's column is tagged with.</summary>
/// <param name="Sensitivity"><c>restricted</c>, <c>confidential</c> or <c>personal</c>.</param>
/// <param name="Kinds">Kinds of personal data that were found.</param>
/// <param name="IsProtected">Whether what was found was changed: masked, removed, encrypted…</param>
public sealed record SensitiveColumn(string Sensitivity, IReadOnlyList<string> Kinds, bool IsProtected);

/// <summary>Tags of columns, from what the steps of a pipeline found.</summary>
static class SensitiveColumns
{
    /// <summary>Columns that hold or held personal data; null when no step looked or none has any. The last step that looked decides.</summary>
    public static SortedDictionary<string, SensitiveColumn>? Of(IReadOnlyList<VersionStep> steps, IReadOnlyList<Field> schema)
    {
        var tags = new SortedDictionary<string, SensitiveColumn>(StringComparer.Ordinal);
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var column in Found(steps[i]).Where(column => schema.Any(field => field.Name == column.Column)))
            {
                var kinds = column.Found.Keys.Concat(column.Entity is null ? [] : [column.Entity]).Distinct().Order(StringComparer.Ordinal).ToList();
                if (kinds.Count > 0)
                {
                    tags[column.Column] = new SensitiveColumn(column.Sensitivity, kinds, IsProtected(steps.Skip(i), column.Column));
                }
            }
        }

        return tags.Count > 0 ? tags : null;
    }

    /// <summary>The same with what the versions that were read say of their columns, where no step of this pipeline found anything: rows do not become harmless by being read again.</summary>
    public static SortedDictionary<string, SensitiveColumn>? Of(IReadOnlyList<VersionStep> steps, IReadOnlyList<Field> schema, IEnumerable<VersionManifest> read)
    {
        var inherited = new SortedDictionary<string, SensitiveColumn>(StringComparer.Ordinal);
        foreach (var (column, tag) in read.SelectMany(m => m.Sensitive ?? []).Where(tag => schema.Any(field => field.Name == tag.Key)))
        {
            var kinds = inherited.TryGetValue(column, out var other) ? other.Kinds.Union(tag.Kinds).Order(StringComparer.Ordinal).ToList() : tag.Kinds;
            var isProtected = (tag.IsProtected && other?.IsProtected != false) || IsProtected(steps, column);
            inherited[column] = new SensitiveColumn(other?.Sensitivity ?? tag.Sensitivity, kinds, isProtected);
        }

        foreach (var (column, tag) in Of(steps, schema) ?? [])
        {
            inherited[column] = tag;
        }

        return inherited.Count > 0 ? inherited : null;
    }

    static bool IsProtected(IEnumerable<VersionStep> steps, string column) => steps.Any(
        step => step.Type is "pii_detection" or "k_anonymity" && step.Counts.Changed.Any(change => change.Value > 0 && change.Key.EndsWith(":" + column, StringComparison.Ordinal)));

    /// <summary>What a step found by column; nothing of a step that did not look.</summary>
    public static IReadOnlyList<PiiColumn> Found(VersionStep step) => step.Fitted is not { } fitted ? [] : step.Type switch
    {
        "pii_detection" => fitted.Deserialize<PiiReport>(StepJson.Options)!.Columns,
        "privacy_controls" => fitted.Deserialize<PrivacyControls.Report>(StepJson.Options)!.Columns,
        _ => [],
    };
}
