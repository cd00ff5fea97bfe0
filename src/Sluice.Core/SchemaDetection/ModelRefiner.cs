using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Storage;

namespace Sluice.SchemaDetection;

/// <summary>
/// A language model behind the port: one question for each column and one for each table, so that what is not answered rightly is asked again alone, and a column that did
/// not change is not asked again at all. It sees a profile and a few values, with personal data masked unless that is allowed.
/// </summary>
public sealed class ModelRefiner : SchemaRefiner
{
    /// <summary>The note of a schema that a model was wanted for and none is there.</summary>
    public const string NotAsked = "No language model was asked: none is configured. Columns are described by what was detected.";

    const int ShownColumns = 100, TableSamples = 2;

    static readonly JsonSerializerOptions relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly ItemAsker asker;
    readonly bool allowPersonalData;
    readonly Question columnQuestion, tableQuestion;
    readonly SortedDictionary<string, long> found = new(StringComparer.Ordinal);

    internal ModelRefiner(ItemAsker asker, bool allowPersonalData)
    {
        (this.asker, this.allowPersonalData) = (asker, allowPersonalData);
        columnQuestion = Of(RefinementFields.ColumnTask, RefinementFields.Column, 20);
        tableQuestion = Of(RefinementFields.TableTask, RefinementFields.Table, 1);

        Question Of(string task, IReadOnlyList<AnswerField> fields, int batchSize) =>
            new(asker.Model.Id, CallText.System(task, fields, null), fields, new Asking { BatchSize = batchSize, CacheTtlHours = 1_000_000 });
    }

    /// <summary>What <c>sluice cost</c> knows the calls by.</summary>
    public string Run => asker.Run;

    public string Model => asker.Model.Id;

    /// <summary>Model and what it may see: what a kept schema depends on.</summary>
    internal string Id => $"{Model}{(allowPersonalData ? " with personal data" : "")}";

    /// <summary>Questions whose answer was there already.</summary>
    public int Known => asker.Known;

    /// <summary>Questions without a valid answer.</summary>
    public int Unanswered { get; private set; }

    /// <summary>One that asks outside of a pipeline's run. Costs are found under an id of its own, and under the name <c>schema</c>.</summary>
    /// <exception cref="ModelException">There is no such model.</exception>
    public static async Task<ModelRefiner> OpenAsync(
        LanguageModels models, string model, bool allowPersonalData, ObjectStore store, Ledger ledger, TimeProvider time, CancellationToken cancellation)
    {
        var info = models.Find(model, out var reason) ?? throw new ModelException(reason ?? $"There is no model '{model}'.");
        return new ModelRefiner(await ItemAsker.AloneAsync(models, info, store, ledger, time, "schema", cancellation), allowPersonalData);
    }

    public override async Task<IReadOnlyList<TableRefinement>> RefineAsync(IReadOnlyList<TableProfile> tables, CancellationToken cancellation)
    {
        var columns = tables.SelectMany(table => table.Schema.Columns.Select((column, at) => (Table: table, column.Name, Item: Bytes(ColumnItem(table, at))))).ToList();
        await asker.AuditAsync(found, cancellation);
        var aboutColumns = await asker.AskAsync(columnQuestion, [.. columns.Select(c => c.Item)], cancellation);
        var aboutTables = await asker.AskAsync(tableQuestion, [.. tables.Select(t => Bytes(TableItem(t, tables)))], cancellation);
        Unanswered = aboutColumns.Concat(aboutTables).Count(a => a.Value is null);
        return [.. tables.Select((table, number) => Refinement(
            table, [.. columns.Zip(aboutColumns).Where(c => c.First.Table == table).Select(c => (c.First.Name, c.Second.Value, c.Second.Failure))], aboutTables[number]))];
    }

    /// <summary>What asking about a table would take, without asking.</summary>
    internal async Task<IReadOnlyList<UnaskedQuestions>> CountAsync(TableProfile table, CancellationToken cancellation) =>
    [
        await asker.CountAsync(columnQuestion, [.. table.Schema.Columns.Select((_, at) => Bytes(ColumnItem(table, at)))], cancellation),
        await asker.CountAsync(tableQuestion, [Bytes(TableItem(table, [table]))], cancellation),
    ];

    TableRefinement Refinement(TableProfile table, IReadOnlyList<(string Column, string? Value, Unanswered? Failure)> columns, (string? Value, Unanswered? Failure) about)
    {
        var notes = columns.Where(c => c.Value is null).Select(c => $"{Model} gave no valid answer about '{c.Column}': {c.Failure?.Error}").ToList();
        if (about.Value is null)
        {
            notes.Add($"{Model} gave no valid answer about keys, references and steps of '{table.Name}': {about.Failure?.Error}");
        }

        return RefinementFields.ReadTable(about.Value, notes) with
        {
            Model = Model,
            Columns = [.. columns.Where(c => c.Value is not null).Select(c => RefinementFields.ReadColumn(c.Column, c.Value!))],
            Notes = notes,
        };
    }

    JsonObject ColumnItem(TableProfile table, int at)
    {
        var item = Facts(table, at, table.Samples[at].Count);
        item["table"] = table.Name;
        item["other_columns"] = new JsonArray([.. table.Schema.Columns.Where((_, i) => i != at).Take(ShownColumns).Select(c => (JsonNode)c.Name)]);
        return item;
    }

    JsonObject TableItem(TableProfile table, IReadOnlyList<TableProfile> all) => new()
    {
        ["table"] = table.Name,
        ["rows"] = table.Schema.Rows,
        ["columns"] = new JsonArray([.. table.Schema.Columns.Take(ShownColumns).Select((_, i) => (JsonNode)Facts(table, i, TableSamples))]),
        ["keys"] = new JsonArray([.. table.Schema.Keys.Select(k => (JsonNode)string.Join(" + ", k.Columns))]),
        ["problems"] = new JsonArray([.. table.Schema.Issues.Take(ShownColumns).Select(i => (JsonNode)$"{i.Kind}{(i.Column is null ? "" : $" in {i.Column}")}: {i.Count}")]),
        ["suggested_already"] = new JsonArray([.. table.Schema.SuggestedTransformations.Select(s => (JsonNode)s)]),
        ["other_tables"] = new JsonArray([.. all.Where(t => t != table).Select(t => (JsonNode)new JsonObject
        {
            ["table"] = t.Name,
            ["columns"] = new JsonArray([.. t.Schema.Columns.Take(ShownColumns).Select(c => (JsonNode)c.Name)]),
            ["keys"] = new JsonArray([.. t.Schema.Keys.Select(k => (JsonNode)string.Join(" + ", k.Columns))]),
        })]),
    };

    JsonObject Facts(TableProfile table, int at, int samples)
    {
        var (column, evidence) = (table.Schema.Columns[at], table.Schema.Evidence[at]);
        var values = Values(column, table.Samples[at].Take(samples), out var isMasked);
        var facts = new JsonObject
        {
            ["column"] = column.Name,
            ["type"] = column.Type,
            ["meaning"] = evidence.SemanticType,
            ["personal"] = column.Pii == true,
            ["missing"] = evidence.Missing,
            ["different"] = evidence.Distinct,
            ["min"] = Extreme(column, evidence.Min, isMasked),
            ["max"] = Extreme(column, evidence.Max, isMasked),
            ["values"] = new JsonArray([.. values.Select(v => (JsonNode)v)]),
        };
        foreach (var (name, _) in facts.Where(f => f.Value is null).ToList())
        {
            facts.Remove(name);
        }

        return facts;
    }

    // The least and the greatest are values of rows as any other.
    string? Extreme(DetectedColumn column, string? value, bool isMasked) =>
        value is null || allowPersonalData || (!isMasked && new PersonalValues(column.Name).Mask(value) == value) ? value : null;

    List<string> Values(DetectedColumn column, IEnumerable<string> samples, out bool isMasked)
    {
        var personal = new PersonalValues(column.Name);
        var values = new List<string>();
        foreach (var value in samples)
        {
            // In a column about persons, what no recogniser knows is personal too.
            var masked = personal.Mask(value);
            values.Add(allowPersonalData ? value : column.Pii == true && masked == value ? Shape.Redact(value) : masked);
        }

        foreach (var (kind, count) in personal.Found)
        {
            found[kind] = found.GetValueOrDefault(kind) + count;
        }

        isMasked = personal.Found.Count > 0;
        return values;
    }

    static byte[] Bytes(JsonObject item) => JsonSerializer.SerializeToUtf8Bytes(item, relaxed);

    sealed record Asking : AskOptions;
}
