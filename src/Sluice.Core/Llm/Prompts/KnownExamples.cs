using System.Security.Cryptography;
using System.Text;

namespace Sluice.Llm.Prompts;

/// <summary>Examples as rows to ask about, and what is expected of each.</summary>
/// <param name="Rows">The rows without what is expected.</param>
/// <param name="Keys">Each example by hash, what is expected too.</param>
/// <param name="Expected">What is expected of each, by field.</param>
sealed record KnownExamples(Batch Rows, IReadOnlyList<string> Keys, IReadOnlyList<string?[]> Expected)
{
    const string Column = "expected";

    /// <summary>Name of the examples by content, whatever their order.</summary>
    public string Digest => DigestOf(string.Join('\n', Keys.Order(StringComparer.Ordinal)));

    /// <exception cref="DataException">A column with what is expected is not there.</exception>
    public static KnownExamples Of(Batch examples, ScoredFields scored)
    {
        string[] columns = [.. scored.Fields.Select(f => ColumnOf(examples, scored.Fields, f))];
        int[] kept = [.. Enumerable.Range(0, examples.Schema.Count).Where(i => !columns.Contains(examples.Schema[i].Name, StringComparer.Ordinal))];
        string?[] ExpectedOf(int row) => [.. columns.Select(c => examples[c].IsNull(row) ? null : examples[c].Display(row))];
        return new(
            new Batch(new Schema(kept.Select(i => examples.Schema[i])), kept.Select(i => examples[i]), examples.Rows),
            KeysOf(examples),
            [.. Enumerable.Range(0, examples.Rows).Select(ExpectedOf)]);
    }

    /// <summary>Rows as examples of which some answers are what is expected.</summary>
    /// <exception cref="DataException">The rows have such a column already.</exception>
    public static Batch Expecting(Batch rows, ScoredFields scored, IReadOnlyList<string?> answers)
    {
        var parsed = answers.Select(a => StepsAnswers.FieldsOf(scored, a)).ToArray();
        for (var i = 0; i < scored.Fields.Count; i++)
        {
            var name = $"{Column}_{scored.Fields[i].Name}";
            if (rows.Schema.Has(name))
            {
                throw new DataException($"The rows have a column '{name}', where the answers of the steps as written would be put. Rename it before the step.");
            }

            rows = rows.With(new Field(name, ColumnType.Text), TextColumn.Of([.. parsed.Select(p => p?[i])]));
        }

        return rows;
    }

    /// <summary>Name of rows by content, in their order, as their answers are kept in that order.</summary>
    public static string DigestOf(Batch rows) => DigestOf(string.Join('\n', KeysOf(rows)));

    public static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));

    static string[] KeysOf(Batch rows) => [.. RowHash.Rows(rows.Columns, rows.Rows).Select(k => $"{k.High:x16}{k.Low:x16}")];

    static string ColumnOf(Batch examples, IReadOnlyList<AnswerField> fields, AnswerField field)
    {
        var own = $"{Column}_{field.Name}";
        return examples.Schema.Has(own) ? own
            : fields.Count == 1 && examples.Schema.Has(Column) ? Column
            : throw new DataException($"The examples have no column '{(fields.Count == 1 ? Column : own)}' with what is expected as '{field.Name}'. They have: {examples.Schema.Names}.");
    }
}
