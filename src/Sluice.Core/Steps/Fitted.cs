using System.Text.Json;

namespace Sluice.Steps;

/// <summary>
/// What a step learned from all rows, as small canonical JSON, plus one decision per row of this batch for keyed steps.
/// Apply depends on nothing else, so a batch runs again only when these bytes change.
/// </summary>
public sealed class Fitted(byte[] json, byte[]? decisions = null, Llm.RowAnswers? answers = null)
{
    object? parsed;

    public static Fitted None { get; } = new("null"u8.ToArray());

    public byte[] Json { get; } = json;

    /// <summary>One byte per row of the batch that Apply is given, or <see cref="Step.DecisionBytes"/>; empty for steps that are not keyed.</summary>
    public ReadOnlySpan<byte> Decisions => decisions;

    /// <summary>Answers for the rows of the batch that Apply is given; null for steps that ask no model.</summary>
    public Llm.RowAnswers? Answers => answers;

    /// <summary>The same for rows [from, to) of the batch.</summary>
    internal Fitted Slice(int from, int to, int bytes) =>
        decisions is null && answers is null ? this : new Fitted(Json, decisions?[(from * bytes)..(to * bytes)], answers?.Slice(from, to));

    /// <summary>The same for some rows of the batch.</summary>
    internal Fitted Pick(int[] rows, int bytes) =>
        decisions is null && answers is null ? this : new Fitted(Json, decisions is null ? null : Runs.Guarded.Pick(decisions, rows, bytes), answers?.Pick(rows));

    /// <summary>The value that <see cref="Of"/> was given.</summary>
    public T As<T>()
        where T : class
    {
        parsed ??= JsonSerializer.Deserialize<T>(Json, StepJson.Options);
        return (T)parsed!;
    }

    public static byte[] Of<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, StepJson.Options);
}

/// <summary>The one JSON dialect of fitted parameters and options: snake_case, enums as text, strict, NaN and infinities allowed as text.</summary>
public static class StepJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };
}
