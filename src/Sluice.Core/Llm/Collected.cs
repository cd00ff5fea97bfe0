using System.Text;

namespace Sluice.Llm;

/// <summary>When a run began to ask.</summary>
/// <param name="Dataset">Dataset of the run.</param>
/// <param name="Since">The time.</param>
/// <param name="Scope">Run that answers lie with which serve no other: the first of those since the last version that have the same pipeline and files.</param>
public sealed record AskingSince(string Dataset, DateTimeOffset Since, string Scope);

/// <summary>Rows in one call, at most, where the run chose it.</summary>
public sealed record CallRows(int Rows);

/// <summary>What a batch asks for.</summary>
/// <param name="Rows">Rows, in order.</param>
/// <param name="Open">Questions that have no answer; more than there are rows where only a sample is asked for.</param>
/// <param name="Pii">Personal data in them, by kind: how often it was found, never what it was.</param>
public sealed record AskTodo(IReadOnlyList<int> Rows, long Open, SortedDictionary<string, long>? Pii)
{
    /// <summary>Of a forecast, calls that the questions would take that it leaves to the run.</summary>
    public long RestCalls { get; init; }

    /// <summary>Bytes of the rows that these calls would send.</summary>
    public long RestBytes { get; init; }

    internal AskTodo WithRest(Question question, IEnumerable<AskedRow> rest, int callRows)
    {
        var (calls, bytes) = (0L, 0L);
        foreach (var group in CallGroups.Of(question, rest, callRows))
        {
            (calls, bytes) = (calls + 1, bytes + Encoding.UTF8.GetByteCount(CallText.Prompt(group, question.Options.Compact)));
        }

        return this with { RestCalls = calls, RestBytes = bytes };
    }
}

/// <summary>The answers of one batch, and what was saved by answers that were there.</summary>
public sealed record Collected
{
    public const string Prefix = "answers-";

    /// <summary>Object of the batch's <see cref="RowAnswers"/>.</summary>
    public string Answers { get; set; } = "";

    public long Rows { get; init; }

    /// <summary>Questions that were asked and have no answer.</summary>
    public long Unanswered { get; set; }

    /// <summary>Questions that an earlier run had asked.</summary>
    public long Known { get; set; }

    /// <summary>Rows with the same question as another row.</summary>
    public long Repeated { get; set; }

    /// <summary>Tokens that those answers cost when they were asked for.</summary>
    public TokenUsage SavedTokens { get; set; }

    public decimal SavedUsd { get; set; }

    internal void Count(StoredAnswer? answer, Unanswered? failure, bool isFirst, string run)
    {
        Unanswered += isFirst && failure is not null ? 1 : 0;
        if (answer is null || (isFirst && answer.Run == run))
        {
            return;
        }

        Known += isFirst ? 1 : 0;
        Repeated += isFirst ? 0 : 1;
        SavedTokens += answer.Usage;
        SavedUsd += answer.CostUsd ?? 0;
    }
}
