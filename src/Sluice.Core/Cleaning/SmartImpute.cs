using System.Text;
using System.Text.Json;
using Sluice.Llm;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>
/// Fills missing cells with what a language model takes from the rest of the row; the part of <c>handle_missing</c> with <c>smart_impute</c> that comes before
/// <c>auto</c>, which fills what the model leaves. Only rows with a missing cell are sent.
/// </summary>
sealed class SmartImpute(HandleMissing.Options options, bool strict) : AskingStep(new Asking { Model = options.Model ?? "default", Gleanings = 1 })
{
    const string Values = "values";

    readonly ColumnChoice choice = new(options.Columns, _ => true, "any column", strict);

    sealed record Asking : AskOptions;

    private protected override PromptTemplate Prompt { get; } = new("");

    protected override string Task =>
        "Fill in what is missing. The keys of \"data\" that are null or empty are missing" + (options.Columns.Count > 0 ? $"; only these matter: {string.Join(", ", options.Columns)}" : "")
        + ". Take what follows from the rest of the row or from common knowledge of it; leave out what does not follow. Never guess.";

    protected override IReadOnlyList<AnswerField> Fields { get; } =
        [new AnswerField { Name = Values, Type = AnswerType.Json, Description = "an object with a text for each missing key that could be filled; dates as yyyy-MM-dd, numbers without separators" }];

    internal override Step WithoutModel => new NoModel(choice);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        choice.Plan(input, problems);
        return input;
    }

    protected override IReadOnlySet<string>? NeededFor(Schema input, IReadOnlySet<string> wanted) => wanted;

    protected override bool[]? AskedRows(Batch batch) => Missing(batch, choice);

    protected override Batch Use(Batch batch, RowAnswers answers, Verdicts verdicts)
    {
        var values = new JsonElement?[batch.Rows];
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = Answer(answers.Value(row));
        }

        var result = batch;
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            var field = batch.Schema[i];
            if (choice.Has(field) && MissingCells.Rows(batch[i]) is { Count: > 0 } missing && FillsOf(field, missing, values, verdicts) is { Count: > 0 } fills)
            {
                result = result.With(field, Filled(batch[i], fills));
                verdicts.Change("smart_impute", field.Name, fills.Count);
            }
        }

        return result;
    }

    // The field holds JSON as text.
    static JsonElement? Answer(string? value)
    {
        if (value is null)
        {
            return null;
        }

        var inner = JsonDocument.Parse(JsonDocument.Parse(value).RootElement.GetProperty(Values).GetString()!).RootElement;
        return inner.ValueKind == JsonValueKind.Object ? inner : null;
    }

    static Dictionary<int, FillValue> FillsOf(Field field, List<int> missing, JsonElement?[] values, Verdicts verdicts)
    {
        var fills = new Dictionary<int, FillValue>();
        foreach (var row in missing)
        {
            if (values[row] is not { } value || !value.TryGetProperty(field.Name, out var found) || found.ValueKind is JsonValueKind.Null)
            {
                continue;
            }

            var text = found.ValueKind == JsonValueKind.String ? found.GetString()!.Trim() : found.GetRawText();
            if (text.Length > 0 && FillValue.Parse(field.Name, field.Type, text) is { } fill)
            {
                fills[row] = fill;
            }
            else
            {
                var error = $"'{(text.Length > 80 ? text[..80] : text)}' is no {ColumnChoice.Words(field.Type)}.";
                verdicts.Fail(verdicts.Rule("llm_invalid_answer", field.Name, Severity.Medium, detail: error), row);
            }
        }

        return fills;
    }

    static Column Filled(Column column, Dictionary<int, FillValue> fills)
    {
        ColumnBuilder builder = column switch
        {
            ValueColumn<long> => new ValueBuilder<long>(column.Type, column.Rows),
            ValueColumn<double> => new ValueBuilder<double>(column.Type, column.Rows),
            ValueColumn<int> => new ValueBuilder<int>(column.Type, column.Rows),
            ValueColumn<bool> => new ValueBuilder<bool>(column.Type, column.Rows),
            _ => new TextBuilder(column.Rows),
        };
        for (var row = 0; row < column.Rows; row++)
        {
            if (fills.TryGetValue(row, out var fill))
            {
                Append(builder, fill);
            }
            else
            {
                AnswerColumns.Keep(builder, column, row);
            }
        }

        return builder.Finish();
    }

    static void Append(ColumnBuilder builder, FillValue fill)
    {
        switch (builder)
        {
            case ValueBuilder<long> whole:
                whole.Append((long)Math.Round(fill.Number!.Value));
                break;
            case ValueBuilder<double> number:
                number.Append(fill.Number!.Value);
                break;
            case ValueBuilder<int> day:
                day.Append((int)Math.Round(fill.Number!.Value));
                break;
            case ValueBuilder<bool> flag:
                flag.Append(fill.Flag!.Value);
                break;
            case TextBuilder text:
                text.Append(Encoding.UTF8.GetBytes(fill.Text!));
                break;
        }
    }

    static bool[] Missing(Batch batch, ColumnChoice choice)
    {
        var missing = new bool[batch.Rows];
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            if (choice.Has(batch.Schema[i]))
            {
                MissingCells.Rows(batch[i]).ForEach(row => missing[row] = true);
            }
        }

        return missing;
    }

    /// <summary>Where there is no model: says for which rows one would have been asked, and leaves all to <c>auto</c>.</summary>
    sealed class NoModel(ColumnChoice choice) : Step
    {
        public override Schema Plan(Schema input, StepProblems problems) => input;

        public override bool IsPassive => true;

        public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
        {
            var missing = Missing(batch, choice);
            for (var row = 0; row < missing.Length; row++)
            {
                if (missing[row])
                {
                    verdicts.Fail(verdicts.Rule("llm_not_asked", detail: "No language model is configured: what is missing was filled as by missing_strategy auto."), row);
                }
            }

            return batch;
        }
    }
}
