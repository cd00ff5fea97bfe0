using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Connectors;
using Sluice.Core.Tests.Connectors;
using Sluice.Llm;
using Sluice.SchemaDetection;
using Sluice.Storage;
using Sluice.Tests.Llm;
using Sluice.Tests.Runs;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.SchemaDetection;

/// <summary>A language model behind schema detection: what it sees, what of its answers is taken, what it costs.</summary>
public sealed class ModelRefinerTests : IAsyncLifetime, IAsyncDisposable
{
    static readonly string customers = "id,email,city,spent\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"{i},user{i}@example.org,{(i % 2 == 0 ? "Paris" : "Oslo")},{i * 2.5}\n"));
    static readonly string orders = "order_no,buyer,note\n" + string.Concat(Enumerable.Range(1, 90).Select(i => $"A{i:000},{1 + (i % 40)},call +49 170 12345{i:00}\n"));

    readonly MemoryStore store = new();
    readonly MemoryLedger ledger = new();

    public Task InitializeAsync() => Task.CompletedTask;

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await ledger.DisposeAsync();
    }

    static JsonObject Column(JsonElement data) => new()
    {
        ["description"] = $"What {data.GetProperty("column").GetString()} is",
        ["semantic_type"] = null,
        ["type"] = data.GetProperty("type").GetString(),
        ["unit"] = data.GetProperty("column").GetString() == "spent" ? "EUR" : null,
        ["pii"] = false,
        ["min"] = null,
        ["max"] = null,
    };

    static JsonObject Table(string key = "[]", string references = "[]", string steps = "[]") => new() { ["key"] = key, ["references"] = references, ["steps"] = steps };

    static bool IsColumn(JsonElement data) => data.TryGetProperty("column", out _);

    static ScriptedModels Models(Func<JsonElement, JsonObject>? table = null, Func<JsonElement, JsonObject>? column = null) =>
        new() { Row = data => IsColumn(data) ? (column ?? Column)(data) : table?.Invoke(data) ?? Table() };

    async Task<(DetectedTables Found, ModelRefiner Refiner)> DetectAsync(LanguageModels models, bool allowPersonalData, params (string Name, string Content)[] files)
    {
        using var folder = new TemporaryFolder();
        await using var scratch = new MemoryStore();
        var tables = new List<InputTable>();
        foreach (var (name, content) in files)
        {
            folder.Put(name + ".csv", content);
            tables.Add(await InputTable.OpenAsync(name, new CsvSource(new() { FilePath = name + ".csv" }), folder.Inputs(), scratch, default));
        }

        var refiner = await ModelRefiner.OpenAsync(models, "default", allowPersonalData, store, ledger, TimeProvider.System, default);
        return (await SchemaScan.RunAsync(tables, new DetectionLimits(), refiner, default), refiner);
    }

    [Fact]
    public async Task Describes_columns_in_the_shape_of_the_fallback()
    {
        var (found, _) = await DetectAsync(Models(), false, ("customers", customers));
        var plain = (await Detection.OfFilesAsync(("customers", customers))).Tables[0].Schema;

        var schema = found.Tables[0].Schema;
        Assert.Equal(["What id is", "What email is", "What city is", "What spent is"], schema.Columns.Select(c => c.Description));
        Assert.Equal("EUR", schema.Evidence[3].Unit);
        Assert.Equal("pii", Assert.Single(schema.Refinement!.Refused).Claim);
        Assert.Equal(
            JsonSerializer.SerializeToElement(plain.Columns).EnumerateArray().Select(c => string.Join(' ', c.EnumerateObject().Select(p => p.Name))),
            JsonSerializer.SerializeToElement(schema.Columns).EnumerateArray().Select(c => string.Join(' ', c.EnumerateObject().Select(p => p.Name))));
    }

    [Fact]
    public async Task Personal_data_is_not_sent_unless_that_is_allowed()
    {
        var models = Models();
        await DetectAsync(models, false, ("customers", customers), ("orders", orders));
        var masked = string.Concat(models.Calls.Select(c => c.System + c.Prompt));
        var open = Models();
        await DetectAsync(open, true, ("customers", customers), ("orders", orders));

        Assert.DoesNotContain("@example.org", masked, StringComparison.Ordinal);
        Assert.DoesNotContain("+49 170", masked, StringComparison.Ordinal);
        Assert.Contains("<EMAIL>", masked, StringComparison.Ordinal);
        Assert.Contains("@example.org", string.Concat(open.Calls.Select(c => c.Prompt)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extremes_of_what_is_masked_are_not_sent()
    {
        var csv = "ref,signup,spent\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"{49_170_1234_500L + i},{1980 + i}-05-17,{i * 2.5}\n"));
        var models = Models();
        await DetectAsync(models, false, ("customers", csv));
        var open = Models();
        await DetectAsync(open, true, ("customers", csv));

        var masked = string.Concat(models.Calls.Select(c => c.Prompt));
        Assert.DoesNotContain("1981-05-17", masked, StringComparison.Ordinal);
        Assert.DoesNotContain("2020-05-17", masked, StringComparison.Ordinal);
        Assert.Contains("\"min\":\"2.5\",\"max\":\"100\"", masked, StringComparison.Ordinal);
        Assert.Contains("\"min\":\"1981-05-17\"", string.Concat(open.Calls.Select(c => c.Prompt)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_did_not_change_is_asked_about_once_and_its_cost_is_on_record()
    {
        var models = Models();
        var (first, refiner) = await DetectAsync(models, false, ("customers", customers));
        var calls = models.Calls.Count;
        var (second, again) = await DetectAsync(models, false, ("customers", customers));

        Assert.Equal(calls, models.Calls.Count);
        Assert.Equal(DetectedSchema.Json(first), DetectedSchema.Json(second));
        var cost = (await RunCost.FindAsync(store, refiner.Run, default))!;
        Assert.Equal((models.Paid, (long)calls, 0, 5), (cost.Total.Tokens, cost.Total.Calls, refiner.Known, again.Known));
        Assert.True(cost.Total.CostUsd > 0);
        Assert.Equal(8, cost.Pii!["email"]);
        Assert.Equal([refiner.Run, again.Run], (await RunCost.RunsAsync(ledger, "schema", default)).Select(r => r.Run));
        Assert.Empty(await RunCost.RowsAsync(store, refiner.Run, default));
    }

    [Fact]
    public async Task A_column_without_a_valid_answer_keeps_its_plain_description_and_is_asked_again_the_next_time()
    {
        var broken = true;
        var models = Models(column: data =>
        {
            var answer = Column(data);
            if (broken && data.GetProperty("column").GetString() == "city")
            {
                answer["type"] = "colour";
            }

            return answer;
        });

        var (first, _) = await DetectAsync(models, false, ("customers", customers));
        broken = false;
        var (second, again) = await DetectAsync(models, false, ("customers", customers));

        var city = first.Tables[0].Schema.Column("city");
        Assert.StartsWith("City", city.Description, StringComparison.Ordinal);
        Assert.Contains(first.Tables[0].Schema.Notes, n => n.StartsWith("test/model gave no valid answer about 'city': 'type' is 'colour'", StringComparison.Ordinal));
        Assert.Equal(("What city is", 4), (second.Tables[0].Schema.Column("city").Description, again.Known));
    }

    [Fact]
    public async Task References_and_keys_are_taken_where_all_rows_agree()
    {
        var models = Models(table: data => data.GetProperty("table").GetString() == "orders"
            ? Table(
                """["order_no"]""",
                """[{"column":"buyer","table":"customers","references":"id"},{"column":"order_no","table":"customers","references":"id"},{"column":"buyer","table":"people","references":"id"},{"column":"buyer","table":"customers","references":"city"}]""")
            : Table("""["city"]"""));

        var (found, _) = await DetectAsync(models, false, ("customers", customers), ("orders", orders));

        var reference = Assert.Single(found.ForeignKeys, f => f.Column == "buyer");
        Assert.Equal(("customers", "id", true, 0L), (reference.ReferencesTable, reference.ReferencesColumn, reference.Verified, reference.Missing));
        Assert.Equal(
            ["order_no customers.id: 90 values are not there", "buyer people.id: there is no table 'people'; there are: customers, orders", "buyer customers.city: 'customers.city' is not known to have each value once"],
            found.Tables[1].Schema.Refinement!.Refused.Where(r => r.Claim == "reference").OrderBy(r => r.Value, StringComparer.Ordinal).OrderByDescending(r => r.Column).ThenBy(r => r.Value == "customers.city")
                .Select(r => $"{r.Column} {r.Value}: {r.Reason}"));
        Assert.Contains(found.Tables[0].Schema.Refinement!.Refused, r => r is { Claim: "key", Value: "city", Reason: "38 rows have the values of an earlier row" });
        Assert.Equal("order_no", found.Tables[1].Schema.Keys[0].Columns[0]);
    }

    [Fact]
    public async Task Answers_that_are_no_lists_are_left_out_with_a_note()
    {
        var (found, _) = await DetectAsync(Models(table: _ => Table("\"id\"", "{}", """[{"config":{}}]""")), false, ("customers", customers));

        Assert.Equal(3, found.Tables[0].Schema.Notes.Count(n => n.EndsWith("what could not be read is left out.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_run_asks_once_for_its_table_and_says_so_where_there_is_no_model()
    {
        const string yaml = TestRuns.Source + "  - { id: what, type: schema_detection, config: { model: default } }\n";
        var models = Models();
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", customers);
        await using var none = new TestRuns();
        none.Write("data.csv", customers);

        var run = await runs.RunAsync(yaml, deliveries: 2);
        var again = await runs.RunAsync(yaml);
        var without = await none.RunAsync(yaml);

        Assert.Contains("What spent is", await runs.BytesAsync(run.Version), StringComparison.Ordinal);
        Assert.Equal(run.Version, again.Version);
        Assert.Equal(5, models.Asked.Count);
        Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
        Assert.True((await runs.RecordAsync(run.Outcome)).Cost!.Total.CostUsd > 0);
        Assert.Contains("No language model was asked: none is configured.", await none.BytesAsync(without.Version), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_enhanced_connector_asks_the_same_of_the_rows_as_read_and_keeps_the_answers()
    {
        const string yaml = """
            name: t
            dataset: t
            steps:
              - { id: read, type: csv_connector, config: { file_path: data.csv, llm_enhanced: true } }
              - { id: keep, type: choose_columns, config: { keep: [id] } }

            """;
        var models = Models();
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", customers);
        await using var none = new TestRuns();
        none.Write("data.csv", customers);

        var run = await runs.RunAsync(yaml, deliveries: 2);
        var again = await runs.RunAsync(yaml.Replace("keep: [id]", "keep: [spent]", StringComparison.Ordinal));
        var without = await none.RunAsync(yaml);
        var plain = await none.RunAsync(yaml.Replace(", llm_enhanced: true", "", StringComparison.Ordinal));

        Assert.Equal("read/0:schema_detection", (await runs.RecordAsync(run.Outcome)).Steps[0].Step);
        Assert.Contains("What spent is", await runs.BytesAsync(run.Version), StringComparison.Ordinal);
        Assert.Contains("What spent is", await runs.BytesAsync(again.Version), StringComparison.Ordinal);
        Assert.All(models.Asked.Values, count => Assert.Equal(1, count));
        Assert.Contains("No language model was asked: none is configured.", await none.BytesAsync(without.Version), StringComparison.Ordinal);
        Assert.Equal(await none.RowsAsync(plain.Version), await none.RowsAsync(without.Version));
        Assert.DoesNotContain("schema_detection", await none.BytesAsync(plain.Version), StringComparison.Ordinal);
        Assert.DoesNotContain("llm_enhanced", await none.BytesAsync(plain.Version), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_user_declares_wins_over_a_model()
    {
        await using var runs = new TestRuns { Models = Models() };
        runs.Write("data.csv", customers);

        var run = await runs.RunAsync(TestRuns.Source + "  - { id: what, type: schema_detection, config: { model: default, columns: [{ name: spent, description: Euros of all years }] } }\n");

        var bytes = await runs.BytesAsync(run.Version);
        Assert.Contains("Euros of all years", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("What spent is", bytes, StringComparison.Ordinal);
    }
}
