using System.Text;
using Sluice.Storage;

namespace Sluice.Tests.Storage;

/// <summary>A cache on a Redis server, which is never in the way.</summary>
public sealed class RedisCacheTests
{
    readonly List<string> away = [];

    RedisCache Cache(string address, TimeProvider? time = null, string? trusted = null) =>
        new(RedisAddress.Parse(address), time ?? TimeProvider.System, away.Add, trusted is null ? null : (_, certificate, _, _) => certificate?.GetCertHashString() == trusted);

    [Fact]
    public async Task Keeps_values_of_any_bytes_over_one_connection()
    {
        await using var server = new TinyRedis();
        await using var cache = Cache($"127.0.0.1:{server.Port}");
        byte[] value = [0, 13, 10, 255, .. new byte[100_000]];

        await cache.SetAsync("a key", value, TimeSpan.FromMinutes(1), default);

        Assert.Equal(value, await cache.GetAsync("a key", default));
        Assert.Null(await cache.GetAsync("no key", default));
        Assert.Equal(["SET a key PX 60000", "GET a key", "GET no key"], server.Commands);
        Assert.Equal(1, server.Connections);
        Assert.Empty(away);
    }

    [Fact]
    public async Task Says_who_it_is_and_which_database_it_means()
    {
        await using var server = new TinyRedis(password: "p,w");
        await using var uri = Cache($"redis://ann:p%2Cw@127.0.0.1:{server.Port}/3");

        await uri.SetAsync("k", [1], TimeSpan.FromSeconds(1), default);

        Assert.Equal(["AUTH ann p,w", "SELECT 3", "SET k PX 1000"], server.Commands);
    }

    [Fact]
    public async Task A_wrong_password_is_told_once_without_it_and_is_no_error()
    {
        await using var server = new TinyRedis(password: "right");
        await using var cache = Cache($"127.0.0.1:{server.Port},password=wrong-secret");

        Assert.Null(await cache.GetAsync("k", default));
        await cache.SetAsync("k", [1], TimeSpan.FromSeconds(1), default);

        Assert.Equal([$"127.0.0.1:{server.Port}: it refused with WRONGPASS."], away);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_server_that_is_away_is_asked_again_after_a_rest()
    {
        var server = new TinyRedis();
        var (port, clock) = (server.Port, new Clock());
        await server.DisposeAsync();
        await using var cache = Cache($"127.0.0.1:{port}", clock);

        Assert.Null(await cache.GetAsync("k", default));
        Assert.Null(await cache.GetAsync("k", default));
        clock.Now += TimeSpan.FromSeconds(31);
        Assert.Null(await cache.GetAsync("k", default));

        Assert.Single(away);
        Assert.StartsWith($"127.0.0.1:{port}: ", away[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "what it answered is not Redis' protocol.")]
    [InlineData("$99999999999\r\n", "what it answered is not Redis' protocol.")]
    [InlineData("$-7\r\n", "what it answered is not Redis' protocol.")]
    [InlineData("$x\r\n", "what it answered is not Redis' protocol.")]
    [InlineData("-LOADING Redis is loading\r\n", "it refused with LOADING.")]
    [InlineData("", "did not answer within 0.2 s.")]
    public async Task An_answer_that_is_none_is_no_value(string answer, string why)
    {
        await using var server = new TinyRedis { Answer = answer };
        await using var cache = Cache($"127.0.0.1:{server.Port},connectTimeout=200");

        Assert.Null(await cache.GetAsync("k", default));

        Assert.EndsWith(why, Assert.Single(away), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_tls_only_to_whom_it_trusts()
    {
        await using var server = new TinyRedis(tls: true);
        await using var trusting = Cache($"127.0.0.1:{server.Port},ssl=true", trusted: server.CertificateHash);
        await using var careful = Cache($"127.0.0.1:{server.Port},ssl=true");

        await trusting.SetAsync("k", "v"u8.ToArray(), TimeSpan.FromMinutes(1), default);

        Assert.Equal("v", Encoding.UTF8.GetString((await trusting.GetAsync("k", default))!));
        Assert.Empty(away);
        Assert.Null(await careful.GetAsync("k", default));
        Assert.Single(away);
    }

    [Fact]
    public async Task Who_asks_may_stop_waiting()
    {
        await using var server = new TinyRedis { Answer = "" };
        await using var cache = Cache($"127.0.0.1:{server.Port},connectTimeout=60000");
        using var stop = new CancellationTokenSource();

        var waiting = cache.GetAsync("k", stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Empty(away);
    }

    [Theory]
    [InlineData("sluice.redis.cache.windows.net:6380,password=abc=,ssl=True,abortConnect=False", "sluice.redis.cache.windows.net", 6380, true, "abc=", 0)]
    [InlineData("localhost", "localhost", 6379, false, null, 0)]
    [InlineData("localhost,ssl=true,defaultDatabase=2", "localhost", 6380, true, null, 2)]
    [InlineData("rediss://:key@cache.example.org", "cache.example.org", 6380, true, "key", 0)]
    [InlineData("redis://cache.example.org:7000/1", "cache.example.org", 7000, false, null, 1)]
    public void Reads_addresses_as_they_are_given(string text, string host, int port, bool tls, string? password, int database)
    {
        var address = RedisAddress.Parse(text);

        Assert.Equal((host, port, tls, password, database), (address.Host, address.Port, address.IsTls, address.Password, address.Database));
        Assert.Equal($"{host}:{port}", address.ToString());
    }

    [Theory]
    [InlineData("password=secret", "it does not begin with a host")]
    [InlineData("host,passwort=secret", "a part of it is not known")]
    [InlineData("host,password=a,secret", "a part of it is not known")]
    [InlineData("host:secret", "its port is no whole number")]
    [InlineData("host,ssl=secret", "ssl is neither true nor false")]
    [InlineData("https://secret@host", "it is no address")]
    [InlineData("redis://host/secret", "its database is no whole number")]
    public void A_wrong_address_is_refused_and_not_repeated(string text, string why)
    {
        var error = Assert.Throws<StoreException>(() => RedisAddress.Parse(text));

        Assert.StartsWith($"The address of Redis cannot be used: {why}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
