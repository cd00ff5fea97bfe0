using System.Text.Json;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Core.Tests.Batches;

namespace Sluice.Core.Tests.Connectors;

public sealed class JsonLinesSinkTests : SinkContract
{
    protected override string Extension => ".jsonl";

    protected override Sink Make(string filePath, bool overwrite = true, string? splitBy = null) =>
        new JsonLinesSink(new JsonLinesSink.Options { FilePath = filePath, Overwrite = overwrite, SplitBy = splitBy });

    [Fact]
    public async Task Every_line_is_one_object_with_every_column()
    {
        var schema = new Schema([new("te\"xt", ColumnType.Text), new("n", ColumnType.Float64), new("d", ColumnType.Date), new("b", ColumnType.Boolean)]);
        var batch = new Batch(
            schema,
            [
                TextColumn.Of("a\"\\\n\r\t\u0001/ž🚀", null, ""),
                new ValueColumn<double>(ColumnType.Float64, [1, 0.1, 0], [3]),
                new ValueColumn<int>(ColumnType.Date, [0, 1, 2]),
                new ValueColumn<bool>(ColumnType.Boolean, [true, false, true]),
            ],
            3);

        Assert.Equal(
            "{\"te\\\"xt\":\"a\\\"\\\\\\n\\r\\t\\u0001/ž🚀\",\"n\":1.0,\"d\":\"1970-01-01\",\"b\":true}\n"
            + "{\"te\\\"xt\":null,\"n\":0.1,\"d\":\"1970-01-02\",\"b\":false}\n"
            + "{\"te\\\"xt\":\"\",\"n\":null,\"d\":\"1970-01-03\",\"b\":true}\n",
            await TextOf(Make("a.jsonl"), batch));
    }

    [Fact]
    public async Task Every_value_comes_back_from_the_text()
    {
        const int Seed = 31;
        var batch = RandomBatches.Of(2000, Seed);

        var lines = (await TextOf(Make("a.jsonl"), batch)).Split('\n');

        Assert.Equal("", lines[^1]);
        for (var row = 0; row < batch.Rows; row++)
        {
            using var line = JsonDocument.Parse(lines[row]);
            Assert.Equal(batch.Schema.Select(field => field.Name), line.RootElement.EnumerateObject().Select(property => property.Name));
            Assert.Equal(batch["text"].IsNull(row) ? null : batch["text"].Display(row), line.RootElement.GetProperty("text").GetString());
            var price = line.RootElement.GetProperty("price");
            if (price.ValueKind == JsonValueKind.Number)
            {
                Assert.Equal(BitConverter.DoubleToInt64Bits(batch.Float64("price")[row]), BitConverter.DoubleToInt64Bits(price.GetDouble()));
            }

            Assert.Equal(batch.Int64("id")[row], line.RootElement.GetProperty("id").GetInt64());
        }
    }

    [Theory]
    [InlineData("{ \"a\" : [ 1.50 , \"x\\u00e9\\n\" , { } , null ] ,\n \"b\":1e400 }", "{\"a\":[1.50,\"x\\u00e9\\n\",{},null],\"b\":1e400}")]
    [InlineData("[]", "[]")]
    [InlineData("[1,[2,[3]],\"\"]", "[1,[2,[3]],\"\"]")]
    [InlineData("\"text\"", "\"text\"")]
    [InlineData(" true ", "true")]
    [InlineData("{broken", "\"{broken\"")]
    [InlineData("", "\"\"")]
    [InlineData("1 2", "\"1 2\"")]
    public async Task Nested_json_is_embedded_on_one_line(string json, string expected)
    {
        var batch = new Batch(new Schema([new("j", ColumnType.Text, true, "json")]), [TextColumn.Of(json)], 1);

        Assert.Equal($"{{\"j\":{expected}}}\n", await TextOf(Make("a.jsonl"), batch));
    }

    [Fact]
    public async Task Nested_json_stays_text_when_asked_for_or_not_known_as_json()
    {
        var batch = new Batch(new Schema([new("j", ColumnType.Text, true, "json"), new("t", ColumnType.Text)]), [TextColumn.Of("[1]"), TextColumn.Of("[1]")], 1);

        Assert.Equal("{\"j\":[1],\"t\":\"[1]\"}\n", await TextOf(Make("a.jsonl"), batch));
        Assert.Equal("{\"j\":\"[1]\",\"t\":\"[1]\"}\n", await TextOf(new JsonLinesSink(new() { FilePath = "b.jsonl", EmbedJson = false }), batch));
    }

    [Fact]
    public async Task Numbers_that_json_does_not_have_are_text_or_null()
    {
        var batch = new Batch(
            new Schema([new("n", ColumnType.Float64)]), [new ValueColumn<double>(ColumnType.Float64, [double.NaN, double.PositiveInfinity, double.NegativeInfinity])], 3);

        Assert.Equal("{\"n\":\"NaN\"}\n{\"n\":\"Infinity\"}\n{\"n\":\"-Infinity\"}\n", await TextOf(Make("a.jsonl"), batch));
        Assert.Equal("{\"n\":null}\n{\"n\":null}\n{\"n\":null}\n", await TextOf(new JsonLinesSink(new() { FilePath = "b.jsonl", NonFinite = NonFinite.Null }), batch));
    }
}
