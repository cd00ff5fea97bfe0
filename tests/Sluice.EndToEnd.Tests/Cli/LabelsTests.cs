using Sluice.Labels.Review;
using Sluice.Storage;

namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice labels</c>.</summary>
public sealed class LabelsTests : IDisposable
{
    const string Queue = "review-0123456789abcdef0123";
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Shows_a_review_and_exports_its_labels()
    {
        await ReviewedAsync();

        var text = await SluiceProcess.RunAsync(folder.Path, "labels", "show", Queue, "--store", "store");
        var json = await SluiceProcess.RunAsync(folder.Path, "labels", "show", Queue, "--store", "store", "--json");
        var exported = await SluiceProcess.RunAsync(folder.Path, "labels", "export", Queue, "--store", "store", "-o", "labels.jsonl");

        Assert.Equal((0, ""), (text.ExitCode, text.Errors));
        Assert.StartsWith("Review of flowers v-1: 1 of 1 rows done, completed.", text.Output, StringComparison.Ordinal);
        Assert.Matches("│ anna +│ 1 +│ 100% +│", text.Output);
        Assert.Contains("Cost so far: 0.20 USD, 0.20 a label; gold questions 0.00.", text.Output, StringComparison.Ordinal);
        Assert.Contains("  anna: 0.10 for 1 answers in 0.0 minutes, 1 without a time", text.Output, StringComparison.Ordinal);
        Assert.Equal((1, 1), ((int)json.Json["by"]!["agreed"]!, (int)json.Json["done"]!));
        Assert.Equal((0, "1 labels → labels.jsonl"), (exported.ExitCode, exported.Output.Trim()));
        Assert.StartsWith("{\"key\":{\"id\":\"7\"},\"label\":\"rose\",\"by\":[\"anna\",\"bert\"],\"at\":", File.ReadAllText(folder["labels.jsonl"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_a_wrong_command_line()
    {
        await ReviewedAsync();

        var result = await SluiceProcess.RunAsync(folder.Path, "labels", "show", "review-none", "--store", "store");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("There is no review queue 'review-none' in this store.", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Masks_of_a_review_that_has_none_are_not_exported()
    {
        await ReviewedAsync();

        var result = await SluiceProcess.RunAsync(folder.Path, "labels", "export", Queue, "--store", "store", "--format", "coco", "-o", "masks.json");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("asks for labels alone, so it has no masks. Leave --format out.", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["masks.json"]));
    }

    async Task ReviewedAsync()
    {
        await using var store = new FolderStore(folder["store/data"]);
        await using var ledger = new SqliteLedger(folder["store/ledger.db"]);
        var reviews = new ReviewStore(store, ledger, TimeProvider.System);
        var plan = new ReviewPlan { Queue = Queue, Dataset = "flowers", Version = "v-1", KeyColumns = ["id"], LabelColumn = "species", Reviewers = ["anna", "bert"], Quorum = 2, Prices = new() { PerAnswer = 0.1m } };
        await reviews.CreateAsync(plan, [new ReviewedRow(["7"], "tulip", new Dictionary<string, string?>())], CancellationToken.None);
        var turn = await reviews.TurnAsync(new ReviewTurn(Queue, 0, DateTime.UtcNow, []), CancellationToken.None);
        Assert.Equal(AnswerStatus.Accepted, await reviews.AnswerAsync(Queue, 0, "anna", "rose", CancellationToken.None));
        Assert.Equal(AnswerStatus.Accepted, await reviews.AnswerAsync(Queue, 0, "bert", "rose", CancellationToken.None));
        Assert.Equal("agreed", (await reviews.TurnAsync(turn with { Now = DateTime.UtcNow }, CancellationToken.None)).Outcome!.How);
    }
}
