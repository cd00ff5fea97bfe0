using Sluice.SchemaDetection;
using Sluice.Storage;
using Sluice.Tests.Runs;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.SchemaDetection;

/// <summary>Schemas are kept in memory and, where there is one, on a Redis server.</summary>
public sealed class SchemaCacheTests
{
    static readonly TimeSpan expiry = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_schema_is_shared_over_the_server_and_made_again_only_when_asked()
    {
        await using var runs = await RunsAsync();
        await using var server = new TinyRedis(password: "key");
        await using var redis = new RedisCache(RedisAddress.Parse($"127.0.0.1:{server.Port},password=key"), TimeProvider.System, why => Assert.Fail(why));
        var (entry, _) = await runs.Catalogue.ShowAsync("t", "latest", default);
        var (first, other) = (new SchemaCache(runs.Catalogue, redis, expiry), new SchemaCache(runs.Catalogue, redis, expiry));

        VersionSchema[] found =
        [
            await first.OfAsync(entry, refresh: false, default), await first.OfAsync(entry, refresh: false, default), await other.OfAsync(entry, refresh: false, default),
            await other.OfAsync(entry, refresh: false, default), await other.OfAsync(entry, refresh: true, default),
        ];

        Assert.Equal(["rows", "memory", "redis", "memory", "rows"], found.Select(f => f.From));
        Assert.Single(found.Select(f => DetectedSchema.Json(f.Schema)).Distinct());
        Assert.Equal(2, server.Commands.Count(c => c.StartsWith("SET sluice:schema:", StringComparison.Ordinal) && c.EndsWith(" PX 3600000", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_cannot_be_read_is_not_there()
    {
        await using var runs = await RunsAsync();
        await using var server = new TinyRedis { Answer = "$9\r\n{\"x\": 12}\r\n" };
        await using var redis = new RedisCache(RedisAddress.Parse($"127.0.0.1:{server.Port}"), TimeProvider.System, why => Assert.Fail(why));
        var (entry, _) = await runs.Catalogue.ShowAsync("t", "latest", default);

        Assert.Equal("rows", (await new SchemaCache(runs.Catalogue, redis, expiry).OfAsync(entry, refresh: false, default)).From);
    }

    [Fact]
    public async Task A_server_that_is_away_is_in_nobodys_way()
    {
        await using var runs = await RunsAsync();
        var server = new TinyRedis();
        await server.DisposeAsync();
        var away = new List<string>();
        await using var redis = new RedisCache(RedisAddress.Parse($"127.0.0.1:{server.Port}"), TimeProvider.System, away.Add);
        var (entry, _) = await runs.Catalogue.ShowAsync("t", "latest", default);
        var cache = new SchemaCache(runs.Catalogue, redis, expiry);

        Assert.Equal(["rows", "memory"], [(await cache.OfAsync(entry, refresh: false, default)).From, (await cache.OfAsync(entry, refresh: false, default)).From]);
        Assert.Single(away);
    }

    static async Task<TestRuns> RunsAsync()
    {
        var runs = new TestRuns();
        runs.Write("data.csv", "id,mail\n1,ann@example.org\n2,bob@example.org\n");
        await runs.RunAsync(TestRuns.Source);
        return runs;
    }
}
