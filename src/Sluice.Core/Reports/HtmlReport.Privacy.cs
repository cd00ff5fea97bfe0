using System.Text.Json;
using Sluice.Datasets;
using Sluice.Privacy;
using Sluice.Privacy.Anonymity;
using Sluice.Steps;

namespace Sluice.Reports;

// Personal data, controls and evidence, and how anonymous the rows are. Counts by column and kind; never a value.
public static partial class HtmlReport
{
    const int MaxSensitive = 100, MaxEvidence = 6;

    static Html PersonalData(VersionManifest? manifest)
    {
        if (manifest is null)
        {
            return Html.Empty;
        }

        var looked = manifest.Steps.Where(step => SensitiveColumns.Found(step).Count > 0).ToList();
        var controls = manifest.Steps.Where(step => step is { Type: "privacy_controls", Fitted: not null })
            .SelectMany(step => step.Fitted!.Value.Deserialize<PrivacyControls.Report>(StepJson.Options)!.Controls).ToList();
        var anonymous = manifest.Steps.Where(step => step is { Type: "k_anonymity", Fitted: not null })
            .Select(step => step.Fitted!.Value.Deserialize<KAnonymity.Outcome>(StepJson.Options)!.Plan).OfType<AnonymityPlan>().ToList();
        return looked.Count == 0 && anonymous.Count == 0 ? Html.Empty : Html.Of($"""
            <section><h2>Personal data</h2>{(looked.Count == 0 ? Html.Empty : Columns(looked, manifest))}{anonymous.Select(Anonymity)}{(controls.Count == 0 ? Html.Empty : Controls(controls))}</section>
            """);
    }

    static Html Columns(List<VersionStep> looked, VersionManifest manifest)
    {
        // Where several steps looked at a column, the last one says.
        var found = looked.SelectMany(step => SensitiveColumns.Found(step).Select(column => (step.Type, Column: column)))
            .Where(c => c.Column.Found.Count > 0 || c.Column.Entity is not null).GroupBy(c => c.Column.Column, StringComparer.Ordinal).Select(seen => seen.Last()).OrderByDescending(c => Rank(c.Column.Sensitivity)).ThenBy(c => c.Column.Column, StringComparer.Ordinal).ToList();
        return found.Count == 0 ? Html.Of($"""<p class="note">None was found in the columns that were looked at.</p>""") : Html.Of($"""
            <div class="scroll"><table><thead><tr><th>column</th><th>sensitivity</th><th>holds</th><th>found in cells</th><th>in the version</th><th>seen by</th></tr></thead><tbody>{found.Take(MaxSensitive).Select(c => Html.Of(
                $"""<tr><td>{c.Column.Column}</td><td><span class="sev {Shade(c.Column.Sensitivity)}">{c.Column.Sensitivity}</span></td><td>{Spoken(c.Column.Entity ?? "mixed text")}</td><td>{string.Join(", ", c.Column.Found.OrderByDescending(f => f.Value).Select(f => $"{Spoken(f.Key)} {f.Value:N0} of {c.Column.Cells:N0}"))}</td><td>{State(manifest, c.Column.Column)}</td><td>{Spoken(c.Type)}</td></tr>"""))}</tbody></table></div>
            {(found.Count > MaxSensitive ? Html.Of($"""<p class="note">and {found.Count - MaxSensitive:N0} more</p>""") : Html.Empty)}
            """);
    }

    static Html Anonymity(AnonymityPlan plan) => Html.Of($"""
        <h3>Anonymity</h3><div class="scroll"><table><thead><tr><th></th><th class="r">rows</th><th class="r">groups</th><th class="r">k</th><th class="r">l</th><th class="r">l by entropy</th><th class="r">t</th></tr></thead><tbody>
        {new[] { ("as it came", plan.Before), ("as it goes", plan.After) }.Select(m => Html.Of($"""<tr><td>{m.Item1}</td><td class="r">{m.Item2.Rows:N0}</td><td class="r">{m.Item2.Groups:N0}</td><td class="r">{m.Item2.K:N0}</td><td class="r">{m.Item2.L:N0}</td><td class="r">{m.Item2.EntropyL:0.0}</td><td class="r">{m.Item2.T:0.000}</td></tr>"""))}</tbody></table></div>
        <p class="note">{plan.SuppressedRows:N0} rows left out. Information lost: {plan.Loss.Ncp:P1} of the columns' detail (NCP), groups {plan.Loss.AverageGroup:0.0} times as large as k, discernibility {plan.Loss.Discernibility:N0}.</p>
        """);

    static Html Controls(List<ControlResult> controls) => Html.Of($"""
        <h3>Controls and evidence</h3><p class="note">What values can tell of each control. Whether a law is kept depends on more than a table.</p>
        <div class="scroll"><table><thead><tr><th>pack</th><th>control</th><th>status</th><th>evidence</th></tr></thead><tbody>{controls.Select(c => Html.Of(
            $"""<tr><td>{Pack(c.Pack)}</td><td>{c.Control}</td><td><span class="sev {(c.Status == "not_met" ? "critical" : "low")}">{Spoken(c.Status)}</span></td><td>{string.Join("; ", c.Evidence.Take(MaxEvidence).Select(Spoken))}{(c.Evidence.Count > MaxEvidence ? $" and {c.Evidence.Count - MaxEvidence} more" : "")}{(c.LookedAt is null ? Html.Empty : Html.Of($"<p class=\"note\">{c.LookedAt}</p>"))}</td></tr>"""))}</tbody></table></div>
        """);

    static string State(VersionManifest manifest, string column) =>
        manifest.Sensitive?.GetValueOrDefault(column) is not { } tag ? "not there" : tag.IsProtected ? "protected" : "in the clear";

    static int Rank(string sensitivity) => sensitivity switch { "restricted" => 3, "confidential" => 2, "personal" => 1, _ => 0 };

    static string Shade(string sensitivity) => sensitivity switch { "restricted" => "critical", "confidential" => "medium", _ => "low" };

    static string Pack(ControlPack pack) => pack switch
    {
        ControlPack.HipaaSafeHarbor => "HIPAA Safe Harbor",
        ControlPack.PciDss => "PCI DSS",
        ControlPack.Gdpr => "GDPR",
        ControlPack.Ccpa => "CCPA",
        _ => "SOC 2",
    };

    static string Spoken(string word) => word.Replace('_', ' ');
}
