using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Llm;

namespace Sluice.Core.Tests.Steps;

/// <summary>Answers of a language model that are a function of the question, as those of a run are: valid ones of every type, none at all for one question of seven.</summary>
static class ScriptedAnswers
{
    public static RowAnswers Of(AskingStep step, Batch batch, byte[] decisions)
    {
        var keys = step.Rows(step.Observes(batch.Schema) is { } observed ? batch.Select(observed) : batch).Keys(step.Question);
        return RowAnswers.Of([.. keys.Select((key, row) => decisions[row] == AskDecisions.TooMany ? (null, RowFailures.NotAsked) : Answer(step.Question.Fields, key))]);
    }

    static (string? Value, Unanswered? Failure) Answer(IReadOnlyList<AnswerField> fields, RowKey key)
    {
        if (RowPrompts.IsNoQuestion(key))
        {
            return (null, key == RowPrompts.Empty ? RowFailures.Empty : key == RowPrompts.Denied ? RowFailures.Denied : RowFailures.NotAsked);
        }

        if (key.Low % 7 == 0)
        {
            return (null, new Unanswered("llm_refused", "The model refused to answer."));
        }

        var result = new JsonObject { ["id"] = 1 };
        for (var i = 0; i < fields.Count; i++)
        {
            result[fields[i].Name] = !fields[i].Required && (key.High >> i) % 5 == 0 ? null : Value(fields[i], (key.Low >> i) % 1_000);
        }

        var (value, problem) = AnswerCheck.Read(fields, JsonSerializer.SerializeToElement(result));
        Assert.Null(problem);
        return (value, null);
    }

    static JsonNode Value(AnswerField field, ulong number) => field.Type switch
    {
        AnswerType.Boolean => number % 2 == 0,
        AnswerType.Integer => (long)Math.Clamp(number, field.Min ?? 0, field.Max ?? 1_000),
        AnswerType.Number => (field.Min ?? 0) + (((field.Max ?? 1_000) - (field.Min ?? 0)) * number / 1_000.0),
        AnswerType.Date => new DateOnly(2026, 1, 1).AddDays((int)number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        AnswerType.Json => $$"""{"name":"n{{number}}","count":"{{number}}"}""",
        _ => field.Labels.Count > 0 ? field.Labels[(int)number % field.Labels.Count] : $"text {number}",
    };
}
