using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Steps;

namespace Sluice.Llm;

/// <summary>Fields of answers as columns.</summary>
static class AnswerColumns
{
    /// <summary>The columns that the fields become; one that is there already is replaced.</summary>
    public static Schema Plan(Schema input, IReadOnlyList<AnswerField> fields, string path, StepProblems problems)
    {
        foreach (var twice in fields.GroupBy(f => f.Name, StringComparer.Ordinal).Where(g => g.Count() > 1 || g.Key == "id"))
        {
            problems.Add(path, twice.Key == "id" ? "A field is called 'id', which numbers the rows of a call. Give it another name." : $"Two fields are called '{twice.Key}'. Names are unique.");
        }

        return fields.Aggregate(input, (schema, field) => schema.With(field.Column));
    }

    /// <summary>The batch with its answers. A row without one keeps the value of a column of the same type; else it has none.</summary>
    public static Batch Write(Batch batch, IReadOnlyList<AnswerField> fields, RowAnswers answers, Verdicts verdicts)
    {
        var parsed = new JsonElement?[batch.Rows];
        for (var row = 0; row < parsed.Length; row++)
        {
            parsed[row] = answers.Value(row) is { } value ? JsonDocument.Parse(value).RootElement : null;
        }

        foreach (var field in fields)
        {
            var before = batch.Schema.Has(field.Name) && batch[field.Name].Type == field.Column.Type ? batch[field.Name] : null;
            batch = batch.With(field.Column, Column(field, parsed, before));
            verdicts.Change("answer", field.Name, parsed.Count(p => p is not null));
        }

        return batch;
    }

    static Column Column(AnswerField field, JsonElement?[] answers, Column? before)
    {
        ColumnBuilder builder = field.Type switch
        {
            AnswerType.Integer => new ValueBuilder<long>(ColumnType.Int64, answers.Length),
            AnswerType.Number => new ValueBuilder<double>(ColumnType.Float64, answers.Length),
            AnswerType.Boolean => new ValueBuilder<bool>(ColumnType.Boolean, answers.Length),
            AnswerType.Date => new ValueBuilder<int>(ColumnType.Date, answers.Length),
            _ => new TextBuilder(answers.Length),
        };
        for (var row = 0; row < answers.Length; row++)
        {
            if (answers[row] is { } answer)
            {
                Append(builder, answer.GetProperty(field.Name));
            }
            else
            {
                Keep(builder, before, row);
            }
        }

        return builder.Finish();
    }

    static void Append(ColumnBuilder builder, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            builder.AppendNull();
            return;
        }

        switch (builder)
        {
            case ValueBuilder<long> whole:
                whole.Append(value.GetInt64());
                break;
            case ValueBuilder<double> number:
                number.Append(value.GetDouble());
                break;
            case ValueBuilder<bool> flag:
                flag.Append(value.GetBoolean());
                break;
            case ValueBuilder<int> day:
                day.Append(DateOnly.ParseExact(value.GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture).DayNumber - new DateOnly(1970, 1, 1).DayNumber);
                break;
            case TextBuilder text:
                text.Append(Encoding.UTF8.GetBytes(value.GetString()!));
                break;
        }
    }

    /// <summary>Appends a row of a column of the builder's type.</summary>
    public static void Keep(ColumnBuilder builder, Column? before, int row)
    {
        if (before is null || before.IsNull(row))
        {
            builder.AppendNull();
            return;
        }

        switch (builder)
        {
            case ValueBuilder<long> whole:
                whole.Append(((ValueColumn<long>)before).Values[row]);
                break;
            case ValueBuilder<double> number:
                number.Append(((ValueColumn<double>)before).Values[row]);
                break;
            case ValueBuilder<bool> flag:
                flag.Append(((ValueColumn<bool>)before).Values[row]);
                break;
            case ValueBuilder<int> day:
                day.Append(((ValueColumn<int>)before).Values[row]);
                break;
            case TextBuilder text:
                text.Append(((TextColumn)before)[row]);
                break;
        }
    }
}
