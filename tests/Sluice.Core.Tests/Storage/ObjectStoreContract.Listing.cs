namespace Sluice.Tests.Storage;

/// <content>Listing, races, cancellation and paths.</content>
public abstract partial class ObjectStoreContract
{
    /// <summary>More names than the store lists at once.</summary>
    protected virtual int ManyNames => 300;

    [Fact]
    [Trait("Contract", "100")]
    public async Task Listing_is_whole_and_in_ordinal_order_over_many_pages()
    {
        const int seed = 11;
        var random = new Random(seed);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (names.Count < ManyNames)
        {
            names.Add($"{(char)('a' + random.Next(3))}{"-.=@+_/X0"[random.Next(9)]}{random.Next(100_000)}/{random.Next(1000):x}");
        }

        await Task.WhenAll(names.Chunk(names.Count / 8).Select(async chunk =>
        {
            foreach (var name in chunk)
            {
                await Store.CreateAsync(name, Bytes(name), default);
            }
        }));

        var listed = await ListAsync("");

        Assert.True(
            names.Order(StringComparer.Ordinal).SequenceEqual(listed.Select(found => found.Path), StringComparer.Ordinal), $"Names made with seed " +
                $"{seed} came otherwise.");
        Assert.All(listed, found => Assert.Equal(found.Path.Length, found.Bytes));
        Assert.Equal(names.Count(name => name.StartsWith("b-", StringComparison.Ordinal)), (await ListAsync("b-")).Count);
    }

    [Theory]
    [InlineData("", "a-b/c,a.b,a/b,a/b.c,a/bc/d,a/c,ab,b/a")]
    [InlineData("a", "a-b/c,a.b,a/b,a/b.c,a/bc/d,a/c,ab")]
    [InlineData("a/", "a/b,a/b.c,a/bc/d,a/c")]
    [InlineData("a/b", "a/b,a/b.c,a/bc/d")]
    [InlineData("a/b.", "a/b.c")]
    [InlineData("a/b/", "")]
    [InlineData("a/bc/", "a/bc/d")]
    [InlineData("a/bc/d", "a/bc/d")]
    [InlineData("a/bc/d/", "")]
    [InlineData("A", "")]
    [InlineData("b", "b/a")]
    [InlineData("z/y/x", "")]
    public async Task A_prefix_may_end_anywhere(string prefix, string expected)
    {
        // A path that is the folder of others ("a") is not an object.
        var names = "a/b a/b.c a/bc/d a/c ab a.b a-b/c b/a".Split(' ');
        foreach (var name in names)
        {
            await Store.CreateAsync(name, Bytes("x"), default);
        }

        Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), (await ListAsync(prefix)).Select(found => found.Path));
    }

    [Fact]
    public async Task A_listing_shows_what_stat_shows()
    {
        await Store.CreateAsync("a/b", Bytes("content"), default);

        Assert.Equal(await Store.StatAsync("a/b", default), Assert.Single(await ListAsync("")));
    }

    [Fact]
    public async Task Of_eight_concurrent_writers_exactly_one_wins()
    {
        for (var round = 0; round < 10; round++)
        {
            var path = $"race/{round}/x";

            var won = await Race.RunAsync(8, writer => writer % 2 == 0
                ? Store.CreateAsync(path, Bytes($"writer {writer}"), default)
                : Store.PublishAsync(path, Scratch($"writer {writer}"), default));

            Assert.Equal($"writer {Assert.Single(won)}", await TextAsync(path));
        }
    }

    [Fact]
    public async Task Of_eight_concurrent_replacements_exactly_one_wins()
    {
        await Store.CreateAsync("a", Bytes("first"), default);
        for (var round = 0; round < 5; round++)
        {
            var etag = await EtagAsync("a");

            var won = await Race.RunAsync(8, writer => Store.ReplaceAsync("a", Bytes($"writer {writer}"), etag, default));

            Assert.Equal($"writer {Assert.Single(won)}", await TextAsync("a"));
        }
    }

    [Fact]
    public async Task Concurrent_increments_lose_none()
    {
        await Store.CreateAsync("counter", Bytes("0"), default);

        await Race.RunAsync(4, async _ =>
        {
            for (var done = 0; done < 10;)
            {
                var before = await Store.StatAsync("counter", default);
                var value = int.Parse(await TextAsync("counter"));
                done += await Store.ReplaceAsync("counter", Bytes($"{value + 1}"), before!.ETag, default) ? 1 : 0;
            }

            return true;
        });

        Assert.Equal("40", await TextAsync("counter"));
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        await Store.CreateAsync("kept", Bytes("x"), default);
        var file = Scratch("y");
        var gone = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.CreateAsync("a", Bytes("x"), gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PublishAsync("a", file, gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ReplaceAsync("a", Bytes("x"), null, gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.DeleteAsync("kept", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.StatAsync("kept", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.OpenReadAsync("kept", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.LocalAsync("kept", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ReadAsync("kept", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ListAsync("", gone).GetAsyncEnumerator(gone).MoveNextAsync().AsTask());

        Assert.True(File.Exists(file));
        Assert.Equal("kept", Assert.Single(await ListAsync("")).Path);
    }

    [Fact]
    public async Task A_listing_can_be_cancelled_in_the_middle()
    {
        await Store.CreateAsync("a", Bytes("x"), default);
        await Store.CreateAsync("b", Bytes("x"), default);
        using var source = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Store.ListAsync("", source.Token))
            {
                await source.CancelAsync();
            }
        });
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\..\\x")]
    [InlineData("")]
    public async Task A_path_that_leads_outside_is_refused_by_every_member(string path)
    {
        var file = Scratch("x");

        foreach (var call in new Func<Task>[]
        {
            () => Store.CreateAsync(path, Bytes("x"), default), () => Store.PublishAsync(path, file, default),
            () => Store.ReplaceAsync(path, Bytes("x"), null, default), () => Store.ReplaceAsync(path, Bytes("x"), "1", default),
            () => Store.DeleteAsync(path, default), () => Store.StatAsync(path, default), () => Store.OpenReadAsync(path, default),
            () => Store.LocalAsync(path, default), () => Store.ReadAsync(path, default),
        })
        {
            var error = await Assert.ThrowsAsync<DataException>(call);
            Assert.StartsWith($"The store path \"{path}\" is not valid: ", error.Message, StringComparison.Ordinal);
        }

        if (path.Length > 0)
        {
            var error = await Assert.ThrowsAsync<DataException>(() => ListAsync(path));
            Assert.StartsWith($"The store prefix \"{path}\" is not valid: ", error.Message, StringComparison.Ordinal);
        }
    }
}
