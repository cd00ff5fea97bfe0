using System.Globalization;
using System.Net;
using System.Text.Json;
using Sluice.Core.Tests.Labels.Masks;
using Sluice.Functions.Tests.App;
using Sluice.Labels;
using Sluice.Labels.Masks;
using Sluice.Tests.Storage;

namespace Sluice.Functions.Tests.Reviews;

/// <summary>Masks drawn by reviewers over HTTP: what is found where they click, what is recorded, and what becomes of it.</summary>
public sealed class ReviewMaskTests
{
    const int Width = 120, Height = 80;

    [Fact]
    public async Task A_click_gives_a_mask_and_an_answer_with_it_is_a_label_with_all_that_it_came_from()
    {
        await using var app = await CommittedAsync();
        var queue = await CreateAsync(app, """{"reviewers":["anna"],"limit":2}""");
        foreach (var turn in new[] { 0, 1 })
        {
            var next = await ReviewsTests.NextAsync(app, queue, "anna");
            var (item, image) = (next.GetProperty("item").GetInt32(), next.GetProperty("row").GetProperty("image"));
            Assert.Equal((Width, Height, false), (image.GetProperty("width").GetInt32(), image.GetProperty("height").GetInt32(), next.GetProperty("mask").GetProperty("isModel").GetBoolean()));
            var png = await app.Http.GetAsync($"/api/v1/reviews/{queue}/items/{item}/image");
            Assert.Equal(("image/png", "nosniff"), (png.Content.Headers.ContentType!.MediaType, png.Headers.GetValues("X-Content-Type-Options").Single()));

            var found = await TestApp.JsonAsync(await MaskAsync(app, queue, item, """{"x":60,"y":40}"""));
            Assert.Equal(("regions-1", 1), (found.GetProperty("model").GetString(), found.GetProperty("polygons").GetArrayLength()));
            Assert.Equal(HttpStatusCode.OK, (await AnswerAsync(app, queue, item, "anna", turn == 0 ? """[{"x":60,"y":40},{"x":1,"y":1,"inside":false}]""" : "[]")).StatusCode);
        }

        await ReviewsTests.DoneAsync(app, queue);
        var labels = LabelOverlay.Parse(await app.Http.GetByteArrayAsync($"/api/v1/reviews/{queue}/results"), "results").Labels;
        var marked = labels.Single(l => l.Evidence!.Value.TryGetProperty("mask", out _)).Evidence!.Value.GetProperty("mask");
        var mask = marked.GetProperty("mask").Deserialize<RunLengths>(Steps.StepJson.Options)!.ToMask();
        Assert.Equal((2, 2), (labels.Count, marked.GetProperty("clicks").GetArrayLength()));
        Assert.InRange(mask.Overlap(Scene.Of(Width, Height, InDisc)), 0.98, 1);
        Assert.Contains(marked.GetProperty("image").GetString(), Enumerable.Range(0, 3).Select(i => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Image(i)))));

        var coco = await app.GetJsonAsync($"/api/v1/reviews/{queue}/results?format=coco");
        var annotation = coco.GetProperty("annotations").EnumerateArray().Single();
        Assert.Equal(mask.Area, annotation.GetProperty("area").GetInt32());
        Assert.Equal(mask.Box(), annotation.GetProperty("bbox").Deserialize<int[]>());
        Assert.Equal(marked.GetProperty("mask").GetProperty("counts").GetString(), annotation.GetProperty("segmentation").GetProperty("counts").GetString());
        Assert.Equal((2, "disc"), (coco.GetProperty("images").GetArrayLength(), coco.GetProperty("categories")[annotation.GetProperty("category_id").GetInt32() - 1].GetProperty("name").GetString()));
        Assert.Matches("^[0-2]\\.png$", coco.GetProperty("images")[0].GetProperty("file_name").GetString());
    }

    [Fact]
    public async Task The_same_clicks_are_the_same_answer_also_after_a_restart_and_other_clicks_are_another()
    {
        using var folder = new TemporaryFolder();
        string queue;
        int item;
        const string clicks = """[{"x":60,"y":40}]""";
        await using (var app = await CommittedAsync(folder.Path))
        {
            queue = await CreateAsync(app, """{"reviewers":["anna"],"limit":1}""");
            item = (await ReviewsTests.NextAsync(app, queue, "anna")).GetProperty("item").GetInt32();
            Assert.Equal("accepted", await StatusAsync(await AnswerAsync(app, queue, item, "anna", clicks)));

            // The file is gone, and the queue has its own copy.
            Directory.Delete(Path.Combine(app.Incoming("t"), "images"), recursive: true);
        }

        await using (var app = await TestApp.StartAsync(folder.Path))
        {
            Assert.Equal("repeated", await StatusAsync(await AnswerAsync(app, queue, item, "anna", clicks)));
            Assert.Equal(HttpStatusCode.Conflict, (await AnswerAsync(app, queue, item, "anna", """[{"x":2,"y":2}]""")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync($"/api/v1/reviews/{queue}/items/{item}/image")).StatusCode);
            await ReviewsTests.DoneAsync(app, queue);
        }
    }

    [Fact]
    public async Task Of_several_reviewers_masks_the_one_that_is_most_like_the_others_is_taken()
    {
        await using var app = await CommittedAsync();
        var queue = await CreateAsync(app, """{"reviewers":["anna","bert","cleo"],"quorum":3,"limit":1}""");
        foreach (var (reviewer, click) in new[] { ("anna", """[{"x":2,"y":2}]"""), ("bert", """[{"x":60,"y":40}]"""), ("cleo", """[{"x":66,"y":44}]""") })
        {
            var item = (await ReviewsTests.NextAsync(app, queue, reviewer)).GetProperty("item").GetInt32();
            Assert.Equal(HttpStatusCode.OK, (await AnswerAsync(app, queue, item, reviewer, click)).StatusCode);
        }

        await ReviewsTests.DoneAsync(app, queue);
        var annotation = (await app.GetJsonAsync($"/api/v1/reviews/{queue}/results?format=coco")).GetProperty("annotations")[0];
        Assert.Equal((60, 0.5), (annotation.GetProperty("clicks")[0].GetProperty("x").GetInt32(), annotation.GetProperty("overlap").GetDouble()));
    }

    [Fact]
    public async Task A_model_in_a_folder_answers_where_the_owner_of_the_app_allows_it()
    {
        using var model = new TemporaryFolder();
        TinySegmenter.Lay(model.Path);
        await using var app = await CommittedAsync(settings: [("Embedding:ModelFolders", model.Path)]);
        var queue = await CreateAsync(app, """{"reviewers":["anna"],"limit":1}""", $$"""{"image_column":"file","folder":"images","model":{{JsonSerializer.Serialize(model.Path)}}}""");

        var next = await ReviewsTests.NextAsync(app, queue, "anna");
        var found = await TestApp.JsonAsync(await MaskAsync(app, queue, next.GetProperty("item").GetInt32(), """{"x":60,"y":9}"""));

        Assert.True(next.GetProperty("mask").GetProperty("isModel").GetBoolean());
        Assert.Equal(Width * 10, found.GetProperty("area").GetInt32());
        Assert.StartsWith("sam-1-", found.GetProperty("model").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_may_stand_in_the_cells()
    {
        await using var app = await CommittedAsync();
        var queue = await CreateAsync(app, """{"reviewers":["anna"],"limit":1}""", """{"image_column":"bytes","encoding":"base64"}""");

        var row = (await ReviewsTests.NextAsync(app, queue, "anna")).GetProperty("row");

        Assert.Equal(Width, row.GetProperty("image").GetProperty("width").GetInt32());
        Assert.False(row.GetProperty("row").TryGetProperty("bytes", out _));
    }

    [Theory]
    [InlineData("""{"image_column":"","folder":"images"}""", "mask.image_column is empty")]
    [InlineData("""{"image_column":"file"}""", "mask.folder says where")]
    [InlineData("""{"image_column":"kind","folder":"images"}""", "are both 'kind'")]
    [InlineData("""{"image_column":"nowhere","folder":"images"}""", "'nowhere' does not exist")]
    [InlineData("""{"image_column":"file","folder":"elsewhere"}""", "no image that can be marked")]
    [InlineData("""{"image_column":"file","folder":"../../.."}""", "no image that can be marked")]
    [InlineData("""{"image_column":"id","folder":"images"}""", "expected Text")]
    [InlineData("""{"image_column":"file","encoding":"base64"}""", "is no base64")]
    [InlineData("""{"image_column":"file","folder":"images","model":"/nowhere"}""", "may not be used here")]
    public async Task What_cannot_be_marked_is_refused_when_the_queue_is_made(string mask, string error)
    {
        await using var app = await CommittedAsync();

        var response = await app.PostAsync("/api/v1/reviews", Body("""{"reviewers":["anna"],"limit":1}""", mask));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(error, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.ToString().Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clicks_that_make_no_mask_are_refused_and_nothing_is_recorded()
    {
        await using var app = await CommittedAsync();
        var queue = await CreateAsync(app, """{"reviewers":["anna"],"limit":1}""");
        var item = (await ReviewsTests.NextAsync(app, queue, "anna")).GetProperty("item").GetInt32();

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), ((await MaskAsync(app, queue, item, """{"x":500,"y":1}""")).StatusCode, (await MaskAsync(app, queue, item, "null")).StatusCode));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), ((await MaskAsync(app, queue, 7, """{"x":1,"y":1}""")).StatusCode, (await MaskAsync(app, "other", item, """{"x":1,"y":1}""")).StatusCode));
        var missing = await app.PostAsync($"/api/v1/reviews/{queue}/answers", JsonSerializer.Serialize(new { item, reviewer = "anna", label = "disc" }));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (missing.StatusCode, (await AnswerAsync(app, queue, item, "anna", """[{"x":1,"y":1,"inside":false}]""")).StatusCode));
        Assert.Contains("Send the 'clicks'", (await TestApp.JsonAsync(missing)).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("accepted", await StatusAsync(await AnswerAsync(app, queue, item, "anna", """[{"x":60,"y":40}]""")));
    }

    static bool InDisc(int x, int y) => Scene.IsInDisc(x, y, 60, 40, 25);

    static byte[] Image(int kind) => Scene.Png(Width, Height, (x, y) => InDisc(x, y) ? (200, 60, 60) : (60, 120, 60 + kind));

    internal static async Task<TestApp> CommittedAsync(string? folder = null, (string Name, string Value)[]? settings = null)
    {
        var rows = Enumerable.Range(0, 3).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{i}.png,,{Convert.ToBase64String(Image(i))}\n"));
        var app = await ReviewsTests.CommittedAsync(folder, "id,file,kind,bytes\n" + string.Concat(rows), settings);
        var images = Directory.CreateDirectory(Path.Combine(app.Incoming("t"), "images")).FullName;
        for (var i = 0; i < 3; i++)
        {
            await File.WriteAllBytesAsync(Path.Combine(images, $"{i}.png"), Image(i));
        }

        return app;
    }

    static Task<string> CreateAsync(TestApp app, string body, string mask = """{"image_column":"file","folder":"images"}""") => ReviewsTests.CreateAsync(app, Merged(body, mask));

    static string Body(string body, string mask) => ReviewsTests.Body(Merged(body, mask));

    static string Merged(string body, string mask) => body[..^1] + $$""","choose":"all","labels":["disc"],"feature_columns":[],"mask":{{mask}}}""";

    static Task<HttpResponseMessage> MaskAsync(TestApp app, string queue, int item, string click) => app.PostAsync($"/api/v1/reviews/{queue}/items/{item}/mask", $$"""{"clicks":[{{click}}]}""");

    static Task<HttpResponseMessage> AnswerAsync(TestApp app, string queue, int item, string reviewer, string clicks) =>
        app.PostAsync($"/api/v1/reviews/{queue}/answers", $$"""{"item":{{item}},"reviewer":"{{reviewer}}","label":"disc","clicks":{{clicks}}}""");

    static async Task<string?> StatusAsync(HttpResponseMessage response) => (await TestApp.JsonAsync(response)).GetProperty("status").GetString();
}
