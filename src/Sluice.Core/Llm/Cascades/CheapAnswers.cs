using System.Text.Json.Nodes;

namespace Sluice.Llm;

/// <summary>What the cheaper model says to a question.</summary>
/// <param name="Key">Key of the question to the step's model.</param>
/// <param name="Confidence">How sure it is.</param>
/// <param name="Value">Its answer, in the form that the step's model would give it.</param>
/// <param name="SavedUsd">What it cost when it was asked for, where it is a kept one.</param>
readonly record struct CheapAnswer(RowKey Key, double Confidence, string Value, decimal SavedUsd = 0)
{
    const string Name = "confidence";

    /// <summary>The fields that the cheaper model is asked for: the step's, and how sure it is.</summary>
    public static IReadOnlyList<AnswerField> Fields(IReadOnlyList<AnswerField> fields) =>
    [
        .. fields,
        new AnswerField
        {
            Name = NameOf(fields),
            Type = AnswerType.Number,
            Min = 0,
            Max = 1,
            Description = "the probability that an expert who takes all the time it needs would give the same answer",
        },
    ];

    public static CheapAnswer Of(RowKey key, IReadOnlyList<AnswerField> fields, string value)
    {
        var answer = JsonNode.Parse(value)!.AsObject();
        var confidence = answer[NameOf(fields)]!.GetValue<double>();
        answer.Remove(NameOf(fields));
        return new CheapAnswer(key, confidence, answer.ToJsonString(Pipelines.OptionType.Json));
    }

    static string NameOf(IReadOnlyList<AnswerField> fields) => fields.Any(f => f.Name == Name) ? "stated_" + Name : Name;
}

/// <summary>Answers of the cheaper model to the questions of one batch, and what kept ones saved.</summary>
sealed record CheapBatch
{
    public required IReadOnlyList<CheapAnswer> Answers { get; init; }

    public long Known { get; init; }

    public TokenUsage SavedTokens { get; init; }

    public decimal SavedUsd { get; init; }
}
