using Microsoft.DurableTask.Client;
using Sluice.Embedded.Durable;
using Sluice.Embedded.Tests.Contracts;

namespace Sluice.Embedded.Tests.Durable;

/// <summary>The embedded store itself: one engine at a time, stores that cannot be used, writes that fail.</summary>
public sealed class StoreTests
{
    [Fact]
    public async Task A_second_engine_on_the_store_is_refused_until_the_first_is_gone()
    {
        await using var hub = await new Harness().Orchestrator("Now", _ => Task.FromResult<object?>(1)).StartAsync();
        var first = hub.Engine;

        var refused = await Assert.ThrowsAsync<EngineStoreException>(hub.StartAsync);
        await first.StopAsync(CancellationToken.None);
        await hub.StartAsync();
        var end = await hub.RunAsync("Now");

        Assert.Contains($"The durable store '{hub.Folder}' is in use", refused.Message, StringComparison.Ordinal);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_refused()
    {
        await using var hub = await new Harness().StartAsync();
        await hub.StopAsync();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(hub.Folder, "durable.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(hub.StartAsync);

        Assert.Contains("has schema version '99', expected 1 or less", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_client_of_an_engine_that_is_not_started_says_so()
    {
        var engine = new DurableEngine(
            new() { Path = "unused" }, new DelegateExecutor(), Microsoft.DurableTask.Converters.JsonDataConverter.Default, TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);

        var refused = Assert.Throws<InvalidOperationException>(() => engine.Find("x"));

        Assert.Contains("The durable engine is not started.", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claim")]
    [InlineData("complete")]
    [InlineData("turn")]
    public async Task A_write_that_fails_for_a_while_is_repeated_and_no_work_is_done_twice(string write)
    {
        var clock = new TestClock();
        var (failures, runs) = (0, 0);
        var faults = new TestFaults
        {
            Watch = (point, _) =>
            {
                if (point == write + ".written" && Interlocked.Increment(ref failures) <= 3)
                {
                    throw new IOException("disk full");
                }
            },
        };
        await using var hub = await new Harness(clock, faults)
            .Activity("Work", _ => Interlocked.Increment(ref runs))
            .Orchestrator("Run", async context => await context.CallActivityAsync<int>("Work"))
            .StartAsync();

        var id = await hub.ScheduleAsync("Run");
        await Eventually.IsTrue(
            async () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return (await hub.Client.GetInstanceAsync(id))!.IsCompleted;
            },
            "the end");

        Assert.Equal(1, (await hub.EndAsync(id)).ReadOutputAs<int>());
        Assert.True(failures > 3);
    }

    [Fact]
    public async Task A_file_that_is_no_store_is_refused()
    {
        await using var hub = new Harness();
        await File.WriteAllTextAsync(Path.Combine(hub.Folder, "durable.db"), new string('x', 5000));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(hub.StartAsync);

        Assert.Contains("cannot be opened: found 'SQLite Error 26: 'file is not a database'.'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(5000, new FileInfo(Path.Combine(hub.Folder, "durable.db")).Length);
    }
}
