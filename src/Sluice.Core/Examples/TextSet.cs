using System.Text.Json.Nodes;

namespace Sluice.Examples;

/// <summary>Texts that vectors are said to be of, judged as <see cref="ValidateLlmData"/> judges examples.</summary>
public static class TextSet
{
    const string UsualColumn = "text";

    /// <summary>The step that judges the texts of a table.</summary>
    /// <param name="schema">Its columns.</param>
    /// <param name="column">Column of the texts; null for <c>text</c>, or the only column of text.</param>
    /// <param name="options">Limits: options of <c>validate_llm_data</c>; null for its defaults.</param>
    /// <exception cref="PipelineException">There is no such column, or not one alone; every problem of the options.</exception>
    public static ValidateLlmData StepOf(Schema schema, string? column, JsonObject? options)
    {
        var config = options?.DeepClone().AsObject() ?? [];
        config["text"] = column ?? (schema.Has(UsualColumn) ? UsualColumn : OnlyText(schema));
        return (ValidateLlmData)Catalog.Default.Configure(CapabilityKind.Step, "validate_llm_data", config.ToJsonString());
    }

    static string OnlyText(Schema schema)
    {
        var texts = schema.Where(f => f.Type == ColumnType.Text).Select(f => f.Name).ToList();
        return texts is [var only]
            ? only
            : throw new PipelineException(
                $"Found {(texts.Count == 0 ? $"no column of text among {schema.Names}" : $"{texts.Count} columns of text: {string.Join(", ", texts)}")}; expected one, or one named '{UsualColumn}'. Name the column of the texts.", null);
    }
}
