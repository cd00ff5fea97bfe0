using Sluice.Llm;
using Sluice.Llm.Loopback;

namespace Sluice.Functions.Tests.Llm;

/// <summary>A call that is being made while a unit beside it fails is charged, and so is written down, and its answers are kept.</summary>
public sealed class InFlightTests : IAsyncLifetime, IAsyncDisposable
{
    LoopbackModels server = null!;

    public async Task InitializeAsync() => server = await LoopbackModels.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    [Fact]
    public async Task What_was_charged_is_recorded_and_not_asked_again()
    {
        var (inFlight, failed) = (new TaskCompletionSource(), new TaskCompletionSource());
        var isBroken = true;
        server.AnswerAsync = async (call, cancellation) =>
        {
            if (isBroken && call.Prompt.Contains("\"word 0\"", StringComparison.Ordinal))
            {
                await inFlight.Task.WaitAsync(cancellation);
                failed.TrySetResult();
                return new LoopbackReply { Status = 401, ErrorMessage = "The key is wrong." };
            }

            if (isBroken)
            {
                inFlight.TrySetResult();
                await failed.Task.WaitAsync(cancellation);
            }

            return Answered(call);
        };
        await using var runs = new BatchRuns(server, "openai") { BatchApi = false, Parallelism = 2 };

        var error = await Assert.ThrowsAsync<PipelineException>(() => runs.RunAsync("first"));

        Assert.Contains("cannot be asked", error.Message, StringComparison.Ordinal);
        var paid = server.PaidCalls.Count;
        var cost = await RunCost.FindAsync(runs.Store, "first", CancellationToken.None);
        Assert.True(paid > 0);
        Assert.Equal((paid, server.Bill), (cost!.Total.Calls, cost.Total.CostUsd));

        // The next run asks for the others alone.
        isBroken = false;
        var outcome = await runs.RunAsync("second");
        var rows = await runs.RowsAsync(outcome);
        Assert.Equal((40, 40), (rows.Count, rows.Count(row => row.EndsWith("|good", StringComparison.Ordinal))));
        var known = (await RunCost.FindAsync(runs.Store, "second", CancellationToken.None))!.KnownAnswers;
        Assert.Equal(server.PaidCalls.Take(paid).Sum(Rows), known);
        Assert.Equal(40, server.PaidCalls.Sum(Rows));
    }

    static int Rows(LoopbackCall call) => System.Text.Json.JsonDocument.Parse(call.Prompt).RootElement.GetProperty("items").GetArrayLength();

    static LoopbackReply Answered(LoopbackCall call) => new()
    {
        Text = $$"""{"results":[{{string.Join(',', Enumerable.Range(1, Rows(call)).Select(id => $$"""{"id":{{id}},"label":"good"}"""))}}]}""",
    };
}
