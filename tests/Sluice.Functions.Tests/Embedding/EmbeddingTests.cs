using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Embedding;
using Sluice.Functions.Activities;
using Sluice.Functions.Embedding;
using Sluice.Functions.Tests.App;
using Sluice.Tests.Storage;

namespace Sluice.Functions.Tests.Embedding;

/// <summary>The whole way over HTTP, with the job as a process of its own.</summary>
public sealed class EmbeddingTests
{
    const string Yaml = """
        name: t
        dataset: t
        steps:
          - { id: read, type: csv, config: { file_path: data.csv } }

        """;

    [Fact]
    public async Task A_versions_text_is_embedded_by_a_process_of_its_own()
    {
        await using var app = await TestApp.StartAsync();
        await CommitAsync(app);

        var outcome = await EmbedAsync(app, "column=text&model=hashing-64");

        Assert.Equal((3, 64), (outcome.GetProperty("rows").GetInt64(), outcome.GetProperty("dimensions").GetInt32()));
        Assert.Equal(JsonValueKind.Null, outcome.GetProperty("fallbackReason").ValueKind);
        var receipt = await ReceiptAsync(app, outcome);
        var (vectors, rows, _) = NpyFile.Read(await app.Store.OpenReadAsync(receipt.Files[0].Path, CancellationToken.None));
        Assert.Equal(3, rows);
        Assert.Contains(vectors, x => x != 0);
    }

    [Fact]
    [Trait("Contract", "101")]
    public async Task Without_the_jobs_program_the_app_embeds_the_same_bytes()
    {
        await using var app = await TestApp.StartAsync(settings: ("Embedding:Program", "/nowhere/Sluice.EmbedJob.dll"));
        await CommitAsync(app);
        await using var other = await TestApp.StartAsync();
        await CommitAsync(other);

        var here = await EmbedAsync(app, "column=text");
        var there = await EmbedAsync(other, "column=text");

        Assert.Contains("'/nowhere/Sluice.EmbedJob.dll' does not exist", here.GetProperty("fallbackReason").GetString(), StringComparison.Ordinal);
        Assert.Equivalent(await ReceiptAsync(other, there), await ReceiptAsync(app, here), strict: true);
    }

    [Theory]
    [InlineData("nothing", "column=text", HttpStatusCode.NotFound, "Dataset 'nothing' does not exist")]
    [InlineData("t", "", HttpStatusCode.BadRequest, "No column is named")]
    [InlineData("t", "column=text&version=v-77", HttpStatusCode.NotFound, "Version 'v-77'")]
    [InlineData("t", "column=text&model=bert", HttpStatusCode.BadRequest, "The model 'bert' may not be used here.")]
    public async Task What_is_not_there_is_refused(string dataset, string query, HttpStatusCode status, string error)
    {
        await using var app = await TestApp.StartAsync();
        await CommitAsync(app);

        var response = await app.PostAsync($"/api/v1/datasets/{dataset}/embeddings?{query}");

        Assert.Equal(status, response.StatusCode);
        Assert.Contains(error, (await TestApp.JsonAsync(response)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("column=missing", "'missing'")]
    [InlineData("column=text&model=hashing-7", "The model 'hashing-7' is not known")]
    public async Task What_cannot_be_embedded_fails_with_its_reason(string query, string error)
    {
        await using var app = await TestApp.StartAsync();
        await CommitAsync(app);

        var run = await StartAsync(app, query);

        Assert.Equal("Failed", run.GetProperty("status").GetString());
        Assert.Contains(error, run.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    /// <summary>What an app says of a folder must not tell whether it exists, to whoever may send it a pipeline or ask for vectors.</summary>
    [Fact]
    public async Task A_models_folder_that_the_owner_did_not_list_is_refused_alike_whether_it_exists_or_not()
    {
        await using var app = await TestApp.StartAsync();
        await CommitAsync(app);
        var there = Directory.CreateDirectory(Path.Combine(app.Folder, "there")).FullName;
        var errors = new HashSet<string>();
        foreach (var folder in new[] { there, Path.Combine(app.Folder, "gone") })
        {
            var registered = await app.PostAsync(
                "/api/v1/pipelines", Yaml + $"  - {{ id: vectors, type: embed, config: {{ column: text, model: '{folder}' }} }}\n");
            var asked = await app.PostAsync($"/api/v1/datasets/t/embeddings?column=text&model={Uri.EscapeDataString(folder)}");

            Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (registered.StatusCode, asked.StatusCode));
            errors.Add((await registered.Content.ReadAsStringAsync()).Replace(folder, "X", StringComparison.Ordinal));
            errors.Add((await asked.Content.ReadAsStringAsync()).Replace(folder, "X", StringComparison.Ordinal));
        }

        // One text for each of the two ways, not one for each folder.
        Assert.Equal(2, errors.Count);
        Assert.All(errors, e => Assert.Contains("may not be used here", e, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_models_folder_beneath_a_listed_one_may_be_named()
    {
        using var models = new TemporaryFolder();
        await using var app = await TestApp.StartAsync(settings: ("Embedding:ModelFolders", models.Path));
        await CommitAsync(app);

        var run = await StartAsync(app, $"column=text&model={Uri.EscapeDataString(models.Path)}");

        Assert.Contains("has no model.onnx", run.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Contract", "101")]
    public async Task A_start_that_is_delivered_twice_starts_one_job()
    {
        await using var app = await TestApp.StartAsync();
        var job = new CountingJob();
        var start = new StartEmbedJob(job, app.Store);

        var first = await start.RunAsync(new EmbedStart("embed-1", "key"), CancellationToken.None);
        var second = await start.RunAsync(new EmbedStart("embed-1", "key"), CancellationToken.None);

        Assert.Equal((first, 1), (second, job.Started));
    }

    [Fact]
    public async Task Of_two_starts_at_once_the_later_is_stopped()
    {
        await using var app = await TestApp.StartAsync();
        var job = new CountingJob { Together = new Barrier(2) };
        var start = new StartEmbedJob(job, app.Store);

        var names = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => start.RunAsync(new EmbedStart("embed-1", "key"), CancellationToken.None))));

        Assert.Equal(names[0], names[1]);
        Assert.NotEqual(names[0], Assert.Single(job.Stopped));
    }

    [Fact]
    public async Task A_process_is_found_by_its_name_and_stopped()
    {
        using var folder = new Sluice.Tests.Storage.TemporaryFolder();
        var job = new ChildProcessJob(ChildProcessJob.DefaultProgram(), folder.Path);
        var execution = await job.StartAsync("run", "no-such-manifest", CancellationToken.None);

        await job.StopAsync(execution, CancellationToken.None);

        Assert.Equal(EmbedJobState.Ended, await job.StateAsync(execution, CancellationToken.None));
        Assert.Equal(EmbedJobState.Ended, await job.StateAsync($"{Environment.ProcessId}-1", CancellationToken.None));
    }

    static async Task CommitAsync(TestApp app)
    {
        app.Drop("t", "data.csv", "id,text\n1,a dog barks\n2,a cat sleeps\n3,stocks fell\n");
        await app.PostAsync("/api/v1/pipelines", Yaml);
        var run = (await TestApp.JsonAsync(await app.PostAsync("/api/v1/pipelines/t/execute"))).GetProperty("run").GetString()!;
        await app.EndAsync(run);
    }

    static async Task<JsonElement> EmbedAsync(TestApp app, string query)
    {
        var run = await StartAsync(app, query);
        Assert.True(run.GetProperty("status").GetString() == "Completed", run.ToString());
        return run.GetProperty("outcome");
    }

    static async Task<JsonElement> StartAsync(TestApp app, string query)
    {
        var accepted = await app.PostAsync($"/api/v1/datasets/t/embeddings?{query}");
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var answer = await TestApp.JsonAsync(accepted);
        await app.EndAsync(answer.GetProperty("run").GetString()!);
        return await app.GetJsonAsync(answer.GetProperty("status").GetString()!);
    }

    static async Task<EmbeddingReceipt> ReceiptAsync(TestApp app, JsonElement outcome)
    {
        var key = outcome.GetProperty("receipt").GetString()!.Split('/')[2];
        return (await app.Services.GetRequiredService<EmbeddingWork>().ReceiptAsync(key, CancellationToken.None))!;
    }

    sealed class CountingJob : EmbedJob
    {
        int started;

        public int Started => started;

        public List<string> Stopped { get; } = [];

        public Barrier? Together { get; init; }

        public override Task<string> StartAsync(string run, string manifest, CancellationToken cancellation)
        {
            var name = $"execution-{Interlocked.Increment(ref started)}";
            Together?.SignalAndWait(cancellation);
            return Task.FromResult(name);
        }

        public override Task<EmbedJobState> StateAsync(string execution, CancellationToken cancellation) => Task.FromResult(EmbedJobState.Running);

        public override Task StopAsync(string execution, CancellationToken cancellation)
        {
            lock (Stopped)
            {
                Stopped.Add(execution);
            }

            return Task.CompletedTask;
        }
    }
}
