using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Runs;
using Sluice.Tests.Llm;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Cleaning;

public sealed class SmartImputeTests
{
    const string Csv = "city,country,people,since\nParis,France,2,1900-01-01\nLyon,,1,\n,Japan,3,2000-05-06\nRome,Italy,,1950-01-01\n";

    static string Yaml(string step) => TestRuns.Source + step;

    static readonly string own = Yaml("  - { id: fill, type: handle_missing, config: { missing_strategy: smart_impute, columns: [country, people, since] } }\n");

    static ScriptedModels Models(string lyon) => new()
    {
        Row = data => new JsonObject { ["values"] = data.GetProperty("city").GetString() == "Lyon" ? lyon : "{}" },
    };

    static async Task<(List<string> Rows, RunRecord Record)> RunAsync(LanguageModels? models, string yaml)
    {
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", Csv);
        var run = await runs.RunAsync(yaml, batchBytes: 1 << 20);
        return (await runs.RowsAsync(run.Version), await runs.RecordAsync(run.Outcome));
    }

    [Fact]
    public async Task Missing_cells_get_what_the_model_says_and_the_rest_as_by_auto()
    {
        var models = Models("{\"country\":\"France\",\"since\":\"1960-02-03\",\"city\":\"not asked for\"}");

        var (rows, record) = await RunAsync(models, own);

        Assert.Equal(["Paris|France|2|1900-01-01", "Lyon|France|1|1960-02-03", "|Japan|3|2000-05-06", "Rome|Italy|2|1950-01-01"], rows);
        Assert.Equal(2, models.Asked.Count);
        Assert.Equal(1, record.Steps[0].Changed["smart_impute:country"]);
        Assert.Equal(1, record.Steps[1].Changed["handle_missing:people"]);
    }

    [Fact]
    public async Task A_value_of_another_type_is_evidence_and_is_not_taken()
    {
        var (rows, record) = await RunAsync(Models("{\"since\":\"long ago\"}"), own);

        Assert.DoesNotContain("long ago", string.Join('\n', rows), StringComparison.Ordinal);
        Assert.Equal(1, record.Steps[0].Failures["llm_invalid_answer:since"]);
        Assert.Equal("'long ago' is no date.", record.Evidence.SelectMany(e => e.Rules).Single().Detail);
    }

    [Theory]
    [InlineData("  - { id: fill, type: handle_missing, config: { missing_strategy: smart_impute } }\n")]
    [InlineData("  - { id: fill, type: data_cleaning, config: { operations: [handle_missing], missing_strategy: smart_impute } }\n")]
    public async Task Without_a_model_it_is_as_auto_and_says_so(string step)
    {
        var (rows, record) = await RunAsync(null, Yaml(step));

        var (auto, _) = await RunAsync(null, Yaml(step.Replace("smart_impute", "auto", StringComparison.Ordinal)));
        Assert.Equal(auto, rows);
        Assert.Equal(3, record.Steps[0].Failures["llm_not_asked"]);
        Assert.Null(record.Cost);
    }
}
