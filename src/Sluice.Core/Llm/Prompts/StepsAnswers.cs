using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Llm.Prompts;

/// <summary>What steps answered to rows, and what that cost.</summary>
/// <param name="Values">The fields of each row as JSON; null: no valid answer.</param>
/// <param name="Unanswered">Questions without a valid answer.</param>
/// <param name="Tokens">Tokens of the answers, whenever they were paid.</param>
/// <param name="CostUsd">Their dollars; null where a price is not known.</param>
sealed record StepsAnswers(IReadOnlyList<string?> Values, int Unanswered, TokenUsage Tokens, decimal? CostUsd)
{
    /// <summary>Dollars that were paid now: less where answers were kept.</summary>
    [JsonIgnore]
    public decimal PaidUsd { get; init; }

    /// <summary>The fields of an answer as columns show them; null: no answer. Of a row that went there is nothing but that.</summary>
    public static string?[]? FieldsOf(ScoredFields scored, string? answer)
    {
        if (answer is null)
        {
            return null;
        }

        var given = JsonDocument.Parse(answer).RootElement;
        return [.. scored.Fields.Select(f => given.TryGetProperty(f.Name, out var value) && value.ValueKind != JsonValueKind.Null ? TextOf(value) : null)];
    }

    static string TextOf(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetRawText() : value.ToString();
}

/// <summary>What is asked to get them: one step by itself, or steps by a run.</summary>
sealed record AskedPlan
{
    /// <summary>Id of the step, or of several.</summary>
    public required string Step { get; init; }

    public required string Model { get; init; }

    public required ScoredFields Fields { get; init; }

    /// <summary>Name of all that is asked, by content.</summary>
    public required string Version { get; init; }

    /// <summary>Tells apart how it is asked in names of what is kept.</summary>
    public required string Kind { get; init; }

    /// <summary>The step with its model; null: a run is needed.</summary>
    public AskingStep? Alone { get; init; }

    /// <summary>Whether it takes no answers that others were given, so that its cost is that of all its calls.</summary>
    public bool PaysForItself { get; init; }

    /// <summary>The pipeline of the run.</summary>
    public string Text { get; init; } = "";

    /// <summary>What that may use; null: <see cref="Catalog.Default"/>.</summary>
    public Catalog? Catalog { get; init; }

    /// <summary>Whether the same answers come again, so that what came of them may be kept.</summary>
    public bool IsRepeatable => PaysForItself || Alone!.Question.IsRepeatable;
}
