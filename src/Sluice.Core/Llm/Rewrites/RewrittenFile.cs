using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Pipelines;

namespace Sluice.Llm.Rewrites;

/// <summary>A pipeline file with other steps in the place of some; all else in it, comments too, stays as it is written.</summary>
public static class RewrittenFile
{
    static readonly JsonSerializerOptions readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="text">The pipeline.</param>
    /// <param name="ids">Ids of the step, or of several that stand behind each other; comments between them go with them.</param>
    /// <param name="steps">Steps in their place, the last with the last id, so that what depends on it finds it.</param>
    /// <param name="catalog">What pipelines may use; <see cref="Catalog.Default"/> when null.</param>
    /// <exception cref="PipelineException">The steps do not stand on lines of their own and behind each other, or what comes out is no pipeline.</exception>
    public static string Of(string text, IReadOnlyList<string> ids, IReadOnlyList<RewrittenStep> steps, Catalog? catalog = null)
    {
        var problems = new ProblemList(null);
        var root = YamlReader.Read(text, problems) as YamlMap;
        problems.ThrowIfAny();
        YamlMap[] written = [.. (root?["steps"] as YamlList)?.Items.OfType<YamlMap>() ?? []];
        string? IdOf(YamlMap step) => ((step["id"] ?? step["name"]) as YamlScalar)?.Value;
        var place = Array.FindIndex(written, s => IdOf(s) == ids[0]);
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        foreach (var (i, id) in ids.Index())
        {
            if (place < 0 || !written.Any(s => IdOf(s) == id && lines[s.Line - 1].TrimStart().StartsWith("- ", StringComparison.Ordinal) && written.Count(other => other.Line == s.Line) == 1))
            {
                throw new PipelineException($"Step '{id}' does not begin with '- ' on a line of its own, so no other can be put in its place. Write each step of the pipeline on lines of its own.", null);
            }

            if (place + i >= written.Length || IdOf(written[place + i]) != id)
            {
                throw new PipelineException($"Step '{id}' does not stand right behind step '{ids[i - 1]}' in the file, so they cannot be replaced together. Write the steps in the order in which they run.", null);
            }
        }

        var (first, end) = (written[place].Line - 1, End(root!, written, place + ids.Count - 1, lines));
        var indent = lines[first][..^lines[first].TrimStart().Length];
        var replaced = string.Join('\n', [.. lines[..first], .. Lines(steps, indent, written[place]["depends_on"]?.ToJson()), .. lines[end..]]);
        PipelineGraph.Parse(replaced, null, catalog);
        return replaced;
    }

    /// <summary>The line behind the step. Comments and empty lines before what comes next are of that.</summary>
    static int End(YamlMap root, YamlMap[] written, int place, string[] lines)
    {
        var next = written.Select(s => s.Line).Concat(root.Entries.Select(e => e.Key.Line)).Where(line => line > written[place].Line).DefaultIfEmpty(lines.Length + 1).Min() - 1;
        while (next > written[place].Line && lines[next - 1].Trim() is "" or ['#', ..])
        {
            next--;
        }

        return next;
    }

    static IEnumerable<string> Lines(IReadOnlyList<RewrittenStep> steps, string indent, JsonNode? dependsOn)
    {
        // A step that does not say reads the one before it.
        foreach (var (i, step) in steps.Index())
        {
            yield return $"{indent}- id: {Text(step.Id)}";
            yield return $"{indent}  type: {step.Type}";
            if (i == 0 && dependsOn is not null)
            {
                yield return $"{indent}  depends_on: {Text(dependsOn)}";
            }

            yield return $"{indent}  config:";
            foreach (var (name, value) in step.Options)
            {
                yield return $"{indent}    {name}: {(IsLines(value!, out var lines) ? string.Concat(lines.Prepend("|-").Select((line, i) => i == 0 ? line : $"\n{indent}      {line}")) : Text(value!))}";
            }
        }
    }

    /// <summary>Whether a text is of several lines that a block can hold as they are.</summary>
    static bool IsLines(JsonNode value, out string[] lines)
    {
        lines = value is JsonValue text && text.TryGetValue<string>(out var plain) ? plain.Split('\n') : [];
        return lines.Length > 1 && lines.All(line => line.Length > 0 && line[0] != ' ' && line[^1] != ' ' && !line.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\ufeff'));
    }

    // JSON is YAML.
    static string Text(JsonNode value) => value.ToJsonString(readable);
}
