using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Pipelines;
using Sluice.SchemaDetection;
using Spectre.Console;

namespace Sluice.Cli;

/// <summary>Detected schemas for people.</summary>
static class SchemaView
{
    const int ShownDependencies = 12;

    public static void Print(DetectedTables found, IReadOnlyList<long> rejected)
    {
        foreach (var (table, lost) in found.Tables.Zip(rejected))
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]{table.Name}[/]: {table.Schema.Rows:N0} rows, {table.Schema.Columns.Count:N0} columns{(lost > 0 ? $", {lost:N0} records could not be read" : "")}");
            Columns(table.Schema);
            Facts(table.Schema);
            AnsiConsole.WriteLine();
        }

        if (found.ForeignKeys.Count > 0)
        {
            AnsiConsole.MarkupLine("[bold]references[/]");
            foreach (var key in found.ForeignKeys)
            {
                var rest = key.Missing > 0 ? $", {key.Missing:N0} values are not there" : "";
                AnsiConsole.MarkupLineInterpolated($"  {key.Table}.{key.Column} → {key.ReferencesTable}.{key.ReferencesColumn}  {key.Included:P1} of the values{rest}{Unverified(key.Verified)}");
            }
        }
    }

    /// <summary>What asking cost.</summary>
    public static void Print(RunCost cost, ModelRefiner refiner)
    {
        var unpriced = cost.UnpricedCalls > 0 ? $", and {cost.UnpricedCalls:N0} calls without a known price" : "";
        var known = refiner.Known > 0 ? $"; {refiner.Known:N0} answers were known" : "";
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $"{refiner.Model} was asked in {cost.Total.Calls:N0} calls: ${cost.Total.CostUsd:0.00####}{unpriced}{known}. [grey]sluice cost {refiner.Run}[/]");
    }

    /// <summary>A pipeline of the suggested steps, ready to run.</summary>
    public static string Pipeline(string path, DetectedTable table)
    {
        var text = new StringBuilder($"name: {Quoted(table.Name)}\nsteps:\n");
        var source = new JsonObject { ["id"] = "source", ["type"] = FormatOf.Source(path), ["config"] = new JsonObject { ["file_path"] = path } };
        text.Append($"  - {source.ToJsonString(DetectedSchemaJson)}\n");
        foreach (var (step, i) in table.Schema.Transformations.Select((s, i) => (s, i)))
        {
            var node = new JsonObject { ["id"] = $"step_{i + 1}", ["type"] = step.Step["type"]!.DeepClone(), ["config"] = step.Step["config"]!.DeepClone() };
            text.Append($"  # {step.Description}. {step.Effect}\n  - {node.ToJsonString(DetectedSchemaJson)}\n");
        }

        return text.ToString();
    }

    static readonly System.Text.Json.JsonSerializerOptions DetectedSchemaJson = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static string Quoted(string name) => JsonValue.Create(name).ToJsonString(DetectedSchemaJson);

    static void Columns(DetectedSchema schema)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("column", "type", "meaning", "why", "missing", "different", "examples");
        foreach (var (column, evidence) in schema.Columns.Zip(schema.Evidence))
        {
            table.AddRow(
                $"{Markup.Escape(column.Name)}{(column.Pii == true ? " [red]personal[/]" : "")}",
                Markup.Escape(Type(column)),
                evidence.SemanticType is null ? "" : Markup.Escape($"{evidence.SemanticType.Replace('_', ' ')} {evidence.Confidence:P0}"),
                Markup.Escape(evidence.Reason ?? ""),
                evidence.Missing == 0 ? "" : $"{evidence.Missing:N0}",
                $"{(evidence.DistinctError > 0 ? "~" : "")}{evidence.Distinct:N0}{(evidence.Unique == true ? " unique" : "")}",
                Markup.Escape(string.Join(" · ", evidence.Examples.Select(e => e.Length > 24 ? e[..23] + "…" : e))));
        }

        AnsiConsole.Write(table);
    }

    static string Type(DetectedColumn column) => column.Type switch
    {
        "decimal" => $"decimal({column.Precision},{column.Scale}){(column.Format is null ? "" : $" {column.Format}")}",
        _ => $"{column.Type} {column.Format ?? (column.Pattern?[0] == '^' ? column.Pattern : "")}".TrimEnd(),
    };

    static void Facts(DetectedSchema schema)
    {
        foreach (var (column, evidence) in schema.Refinement is null ? [] : schema.Columns.Zip(schema.Evidence))
        {
            AnsiConsole.MarkupLineInterpolated($"  column      [bold]{column.Name}[/]: {column.Description}{(evidence.Unit is null ? "" : $" [{evidence.Unit}]")}");
        }

        foreach (var key in schema.Keys.Take(3))
        {
            AnsiConsole.MarkupLineInterpolated($"  key         {string.Join(" + ", key.Columns)}{Unverified(key.Verified)}");
        }

        foreach (var hierarchy in schema.Hierarchies)
        {
            AnsiConsole.MarkupLineInterpolated($"  hierarchy   {string.Join(" → ", hierarchy.Levels)}");
        }

        foreach (var dependency in schema.Dependencies.Take(ShownDependencies))
        {
            var error = dependency.Error > 0 ? $"  but for {dependency.Error:P2} of the rows" : "";
            AnsiConsole.MarkupLineInterpolated($"  decides     {string.Join(" + ", dependency.From)} → {dependency.To}{error}{Unverified(dependency.Verified)}");
        }

        if (schema.Dependencies.Count > ShownDependencies)
        {
            AnsiConsole.MarkupLineInterpolated($"              … and {schema.Dependencies.Count - ShownDependencies} more; --json has them all");
        }

        foreach (var issue in schema.Issues)
        {
            AnsiConsole.MarkupLineInterpolated($"  [yellow]issue[/]       {issue.Message}");
        }

        foreach (var suggestion in schema.SuggestedTransformations)
        {
            AnsiConsole.MarkupLineInterpolated($"  [green]suggestion[/]  {suggestion}");
        }

        foreach (var claim in schema.Refinement?.Refused ?? [])
        {
            AnsiConsole.MarkupLineInterpolated($"  [red]refused[/]     {claim.Column}{(claim.Column is null ? "" : ", ")}{claim.Claim.Replace('_', ' ')} {claim.Value}: {claim.Reason}");
        }

        foreach (var note in schema.Notes)
        {
            AnsiConsole.MarkupLineInterpolated($"  [grey]note[/]        {note}");
        }
    }

    static string Unverified(bool verified) => verified ? "" : "  (not verified on all rows)";
}
