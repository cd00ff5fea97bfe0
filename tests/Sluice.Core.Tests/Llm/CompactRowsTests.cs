using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Llm;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>Calls that say the names of columns once.</summary>
public sealed class CompactRowsTests
{
    static AskedRow Row(int number, string json) => new(number, new RowKey(1, (ulong)number), Encoding.UTF8.GetBytes(json));

    [Fact]
    public void The_rows_can_be_had_back_to_the_character()
    {
        var random = new Random(4);
        string[] texts = ["plain", "with \"quotes\" and \\", "[1, 2]", "{\"a\":1}", "", "naïve 漢字 😀", "line\nbreak"];
        for (var repeat = 0; repeat < 200; repeat++)
        {
            string[] names = [.. texts.OrderBy(_ => random.Next()).Take(1 + random.Next(4))];
            var rows = Enumerable.Range(0, 1 + random.Next(20)).Select(i => Row(i, new JsonObject(names.Select(name => KeyValuePair.Create(name, random.Next(4) switch
            {
                0 => null,
                1 => JsonValue.Create(random.NextDouble()),
                2 => JsonValue.Create(random.Next(2) == 0),
                _ => (JsonNode?)JsonValue.Create(texts[random.Next(texts.Length)]),
            }))).ToJsonString())).ToArray();

            using var prompt = JsonDocument.Parse(CallText.Prompt(rows, compact: true));

            var columns = prompt.RootElement.GetProperty("columns").EnumerateArray().Select(c => JsonSerializer.Serialize(c.GetString())).ToArray();
            var back = prompt.RootElement.GetProperty("items").EnumerateArray().Select(item =>
                "{" + string.Join(',', item.GetProperty("data").EnumerateArray().Select((value, i) => $"{columns[i]}:{value.GetRawText()}")) + "}");
            Assert.Equal(rows.Select(r => Encoding.UTF8.GetString(r.Json.Span)), back);
        }
    }

    [Fact]
    public void Names_are_paid_once()
    {
        var rows = Enumerable.Range(0, 100).Select(i => Row(i, $$"""{"first_name":"Ann","family_name":"Lee","order_number":{{i}},"comment":"came late"}""")).ToArray();

        var (usual, compact) = (CallText.Prompt(rows).Length, CallText.Prompt(rows, compact: true).Length);

        Assert.InRange((double)compact / usual, 0.4, 0.6);
    }

    [Fact]
    public async Task A_run_that_sends_compact_rows_gets_the_same_answers_and_says_how_to_read_them()
    {
        var models = new ScriptedModels
        {
            Row = data => new JsonObject { ["label"] = data[1].GetString()!.Length % 2 == 0 ? "good" : "bad" },
        };
        await using var runs = new TestRuns { Models = models };
        runs.Write("data.csv", "id,text\n1,parcel\n2,parcels\n3,lamp\n");

        var run = await runs.RunAsync(TestRuns.Source + "  - { id: m, type: llm_process, config: { type: classify, prompt: p, labels: [good, bad], compact: true } }\n", batchBytes: 1 << 20);

        Assert.Equal(["1|parcel|good", "2|parcels|bad", "3|lamp|good"], await runs.RowsAsync(run.Version));
        Assert.All(models.Calls, c => Assert.Contains("\"columns\" names the values of each \"data\", in their order.", c.System, StringComparison.Ordinal));
        Assert.Equal("""{"columns":["id","text"],"items":[{"id":1,"data":[1,"parcel"]},{"id":2,"data":[2,"parcels"]},{"id":3,"data":[3,"lamp"]}]}""", models.Calls.Single().Prompt);
    }
}
