using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Datasets;
using Sluice.Pipelines;
using Sluice.Runs;

namespace Sluice.Repair;

/// <summary>The pipeline that puts the cells back which one step of a version changed: the version's own with <c>undo_changes</c> after its last step.</summary>
/// <param name="Text">The pipeline; empty where there is nothing to do.</param>
/// <param name="Record">The run of the version, whose rows it takes.</param>
/// <param name="IsDone">Whether the version is one in which the step was undone before.</param>
public sealed record StepUndo(string Text, RunRecord Record, bool IsDone)
{
    static readonly JsonSerializerOptions relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a step as counted is this step, or an operation of this group.</summary>
    public static bool Means(string asked, string step) => step == asked || step.StartsWith(asked + "/", StringComparison.Ordinal);

    /// <summary>Where else a step may be that a version does not have: in the versions that it was made of. A sentence for people, or nothing.</summary>
    internal static string MadeOf(VersionManifest manifest)
    {
        var read = manifest.Inputs.Select(i => i.File).Where(name => name.Contains("@v-", StringComparison.Ordinal)).ToList();
        return read.Count == 0 ? "" : $" It was made of {string.Join(", ", read)}: a step of one of them is named with that.";
    }

    /// <param name="manifest">The version.</param>
    /// <param name="record">The run that made it.</param>
    /// <param name="step">Step to undo, or one operation of it.</param>
    /// <param name="columns">Columns to undo; none: all that it changed.</param>
    /// <exception cref="DataException">There is no such step, or it changed nothing there.</exception>
    public static StepUndo Of(VersionManifest manifest, RunRecord record, string step, IReadOnlyList<string> columns)
    {
        var changed = ColumnsOf(manifest, step, columns);
        var definition = JsonNode.Parse(manifest.Pipeline.Definition.GetRawText())!.AsObject();
        var steps = definition["steps"]!.AsArray();
        var config = new JsonObject { ["columns"] = new JsonArray([.. changed.Select(c => (JsonNode)c)]), ["step"] = step };
        if (steps.FirstOrDefault(s => (string?)s!["type"] == "undo_changes" && JsonNode.DeepEquals(s["config"], config)) is not null)
        {
            return new StepUndo("", record, IsDone: true);
        }

        var sinks = Pipeline.Parse(definition.ToJsonString()).Sinks.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        var last = steps.Last(s => !sinks.Contains((string)s!["id"]!))!["id"]!.DeepClone();
        var ids = steps.Select(s => (string)s!["id"]!).ToHashSet(StringComparer.Ordinal);
        var id = Enumerable.Range(1, ids.Count + 1).Select(i => i == 1 ? "undo" : $"undo_{i}").First(i => !ids.Contains(i));
        foreach (var sink in steps.Where(s => sinks.Contains((string)s!["id"]!)))
        {
            sink!["depends_on"] = new JsonArray(id);
        }

        steps.Add(new JsonObject { ["id"] = id, ["type"] = "undo_changes", ["config"] = config, ["depends_on"] = new JsonArray(last) });
        return new StepUndo(definition.ToJsonString(relaxed), record, IsDone: false);
    }

    // Only columns that the step changed: every other column of the version stays as it is described.
    static IReadOnlyList<string> ColumnsOf(VersionManifest manifest, string step, IReadOnlyList<string> columns)
    {
        static string Column(string change) => change[(change.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var own = manifest.Steps.Where(s => Means(step, s.Counts.Step)).ToList();
        if (own.Count == 0)
        {
            throw new DataException($"The version has no step '{step}'. It has: {(manifest.Steps.Count == 0 ? "none" : string.Join(", ", manifest.Steps.Select(s => s.Counts.Step)))}.{MadeOf(manifest)}");
        }

        var changed = own.SelectMany(s => s.Counts.Changed.Keys).Select(Column).Where(c => manifest.Schema.Any(f => f.Name == c)).Distinct().Order(StringComparer.Ordinal).ToList();
        if (changed.Count == 0)
        {
            var others = manifest.Steps.Where(s => s.Counts.Changed.Count > 0).Select(s => s.Counts.Step).ToList();
            throw new DataException(
                $"Step '{step}' changed no cell of a column of the version, so there is nothing to undo. "
                + (others.Count == 0 ? "No step did." : $"Steps that did: {string.Join(", ", others)}.")
                + (own.Any(s => s.Counts.Rejected.Count > 0) ? " Rows that it took out come back when it is left out of the pipeline." : ""));
        }

        return columns.Count == 0 ? changed
            : columns.FirstOrDefault(c => !changed.Contains(c)) is { } other
                ? throw new DataException($"Step '{step}' changed nothing in column '{other}'. It changed: {string.Join(", ", changed)}.")
                : [.. columns.Distinct().Order(StringComparer.Ordinal)];
    }
}
