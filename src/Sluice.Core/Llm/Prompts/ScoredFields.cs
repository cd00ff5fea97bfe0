namespace Sluice.Llm.Prompts;

/// <summary>What steps that stand behind each other answer to a row together.</summary>
/// <param name="Fields">Fields of the answers; where one of the steps lets rows go, the first says whether the row stays.</param>
/// <param name="Kept">Name of that field; null: all rows stay.</param>
sealed record ScoredFields(IReadOnlyList<AnswerField> Fields, string? Kept)
{
    const string OfSeveral = "kept";

    /// <summary>The fields of steps whose model is known. Of two with one name the later is what a row has in the end.</summary>
    /// <exception cref="DataException">A field has the name that says whether a row stays.</exception>
    public static ScoredFields Of(IReadOnlyList<AskingStep> steps)
    {
        if (steps is [var one])
        {
            return new(one.Question.Fields, one is SemanticFilter ? one.Question.Fields[0].Name : null);
        }

        var fields = steps.Where(s => s is not SemanticFilter).SelectMany(s => s.Question.Fields).Reverse().DistinctBy(f => f.Name).Reverse().ToList();
        if (!steps.Any(s => s is SemanticFilter))
        {
            return new(fields, null);
        }

        return fields.Any(f => f.Name == OfSeveral)
            ? throw new DataException($"A field of the steps is called '{OfSeveral}', which says here whether a row stays. Give it another name.")
            : new([new AnswerField { Name = OfSeveral, Type = AnswerType.Boolean }, .. fields], OfSeveral);
    }

    /// <summary>Score of a row that only staying or going decides on: as expected or not. Null: it stayed as expected, and what it holds is to be compared.</summary>
    public double? Settled(ComparedField kept) =>
        Kept is null ? null
        : PromptMetrics.Score(PromptMetric.Accuracy, [kept]) == 0 ? 0
        : Fields.Count == 1 || !string.Equals(kept.Given, "true", StringComparison.OrdinalIgnoreCase) ? 1
        : null;
}
