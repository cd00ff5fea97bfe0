using Sluice.Storage;

namespace Sluice.Tests.Storage;

/// <summary>What every ledger promises. A ledger's own test class opens it and adds only what is special.</summary>
public abstract class LedgerContract : IAsyncLifetime
{
    const string KeyRule = "Expected 1 to 512 printable ASCII characters without / \\ # ? and %. Change the name that the key is made from.";

    protected Ledger Ledger { get; private set; } = null!;

    /// <summary>More rows than the ledger reads at once.</summary>
    protected virtual int ManyRows => 1100;

    public async Task InitializeAsync() => Ledger = await OpenAsync();

    public async Task DisposeAsync() => await Ledger.DisposeAsync();

    /// <summary>Opens a ledger that is empty when the test begins.</summary>
    protected abstract Task<Ledger> OpenAsync();

    [Fact]
    public async Task An_inserted_row_is_read_back()
    {
        var inserted = await Ledger.InsertAsync("datasets", "movies", """{"version":1}""", default);

        Assert.Equal(("datasets", "movies", """{"version":1}"""), (inserted!.Partition, inserted.Row, inserted.Json));
        Assert.Equal(inserted, await Ledger.GetAsync("datasets", "movies", default));
        Assert.Null(await Ledger.GetAsync("datasets", "other", default));
        Assert.Null(await Ledger.GetAsync("other", "movies", default));
    }

    [Fact]
    public async Task A_second_insert_is_refused_and_the_first_row_stays()
    {
        var first = await Ledger.InsertAsync("p", "r", "1", default);

        Assert.Null(await Ledger.InsertAsync("p", "r", "2", default));

        Assert.Equal(first, await Ledger.GetAsync("p", "r", default));
    }

    [Fact]
    public async Task A_row_is_replaced_only_as_it_was_read()
    {
        var first = await Ledger.InsertAsync("p", "r", "1", default);
        var second = await Ledger.ReplaceAsync(first!, "2", default);

        Assert.Null(await Ledger.ReplaceAsync(first!, "x", default));
        Assert.Equal(second, await Ledger.GetAsync("p", "r", default));
        var third = await Ledger.ReplaceAsync(second!, "3", default);

        Assert.Equal("3", third!.Json);
        Assert.Equal(third, await Ledger.GetAsync("p", "r", default));
    }

    [Fact]
    public async Task A_row_is_deleted_only_as_it_was_read()
    {
        var first = await Ledger.InsertAsync("p", "r", "1", default);
        var second = await Ledger.ReplaceAsync(first!, "2", default);

        Assert.False(await Ledger.DeleteAsync(first!, default));
        Assert.NotNull(await Ledger.GetAsync("p", "r", default));
        Assert.True(await Ledger.DeleteAsync(second!, default));
        Assert.False(await Ledger.DeleteAsync(second!, default));
        Assert.Null(await Ledger.GetAsync("p", "r", default));
    }

    [Fact]
    public async Task A_replacement_of_a_deleted_row_is_refused_also_after_a_new_insert()
    {
        var old = await Ledger.InsertAsync("p", "r", "1", default);
        await Ledger.DeleteAsync(old!, default);

        Assert.Null(await Ledger.ReplaceAsync(old!, "x", default));
        var anew = await Ledger.InsertAsync("p", "r", "1", default);

        Assert.NotEqual(old!.ETag, anew!.ETag);
        Assert.Null(await Ledger.ReplaceAsync(old, "x", default));
        Assert.False(await Ledger.DeleteAsync(old, default));
        Assert.Equal(anew, await Ledger.GetAsync("p", "r", default));
    }

    [Fact]
    public async Task Listing_is_whole_and_in_ordinal_order_over_many_pages()
    {
        const int seed = 5;
        var random = new Random(seed);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (keys.Count < ManyRows)
        {
            keys.Add($"{(char)('!' + random.Next(2))}{"aAzZ09 _-.~"[random.Next(11)]}{random.Next(100_000)}");
        }

        await Task.WhenAll(keys.Chunk((keys.Count / 8) + 1).Select(async chunk =>
        {
            foreach (var key in chunk)
            {
                Assert.NotNull(await Ledger.InsertAsync("many", key, $"\"{key}\"", default));
            }
        }));
        await Ledger.InsertAsync("manx", "other", "1", default);

        var rows = await Ledger.ListAsync("many", null, default).ToListAsync();

        Assert.True(
            keys.Order(StringComparer.Ordinal).SequenceEqual(rows.Select(row => row.Row), StringComparer.Ordinal), $"Keys made with seed {seed} " +
                "came otherwise.");
        Assert.All(rows, row => Assert.Equal($"\"{row.Row}\"", row.Json));
    }

    [Theory]
    [InlineData(null, "V1,a,aa,ab,ab~,ab~~,ac,b'c,b''c,v:1")]
    [InlineData("", "V1,a,aa,ab,ab~,ab~~,ac,b'c,b''c,v:1")]
    [InlineData("a", "a,aa,ab,ab~,ab~~,ac")]
    [InlineData("ab", "ab,ab~,ab~~")]
    [InlineData("ab~", "ab~,ab~~")]
    [InlineData("ab~~", "ab~~")]
    [InlineData("ab~~~", "")]
    [InlineData("b'", "b'c,b''c")]
    [InlineData("v", "v:1")]
    [InlineData("A", "")]
    [Trait("Contract", "96")]
    public async Task A_prefix_may_end_anywhere(string? prefix, string expected)
    {
        foreach (var key in "a aa ab ab~ ab~~ ac b'c b''c V1 v:1".Split(' '))
        {
            Assert.NotNull(await Ledger.InsertAsync("it's", key, "{}", default));
        }

        var rows = await Ledger.ListAsync("it's", prefix, default).ToListAsync();

        Assert.Equal(
            expected.Split(',', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), rows.Select(row => row.Row));
        Assert.Empty(await Ledger.ListAsync("its", prefix, default).ToListAsync());
    }

    [Fact]
    public async Task A_listed_row_can_be_replaced()
    {
        await Ledger.InsertAsync("p", "r", "1", default);
        var listed = await Ledger.ListAsync("p", null, default).SingleAsync();

        Assert.Equal(await Ledger.GetAsync("p", "r", default), listed);
        Assert.NotNull(await Ledger.ReplaceAsync(listed, "2", default));
    }

    [Fact]
    public async Task Of_eight_concurrent_inserts_exactly_one_wins()
    {
        for (var round = 0; round < 10; round++)
        {
            var key = $"r{round}";

            var won = await Race.RunAsync(8, async writer => await Ledger.InsertAsync("p", key, $"{writer}", default) is not null);

            Assert.Equal($"{Assert.Single(won)}", (await Ledger.GetAsync("p", key, default))!.Json);
        }
    }

    [Fact]
    [Trait("Contract", "92")]
    public async Task Concurrent_increments_lose_none()
    {
        await Ledger.InsertAsync("p", "counter", "0", default);

        await Race.RunAsync(4, async _ =>
        {
            for (var done = 0; done < 10;)
            {
                var row = await Ledger.GetAsync("p", "counter", default);
                done += await Ledger.ReplaceAsync(row!, $"{int.Parse(row!.Json) + 1}", default) is not null ? 1 : 0;
            }

            return true;
        });

        Assert.Equal("40", (await Ledger.GetAsync("p", "counter", default))!.Json);
    }

    [Theory]
    [InlineData("x", 60 * 1024)]
    [InlineData("\u20ac", 20 * 1024)]
    [InlineData("\U0001F3AC", 15 * 1024)]
    [InlineData("a\U0001F3AC", 12 * 1024)]
    [Trait("Contract", "94")]
    public async Task Refuses_only_above_the_limit(string unit, int count)
    {
        var largest = string.Concat(Enumerable.Repeat(unit, count));

        var inserted = await Ledger.InsertAsync("p", "r", largest, default);
        var tooLarge = await Assert.ThrowsAsync<DataException>(() => Ledger.ReplaceAsync(inserted!, largest + "x", default));
        await Assert.ThrowsAsync<DataException>(() => Ledger.InsertAsync("p", "other", largest + "x", default));

        Assert.Equal(
            "The ledger row \"p\" / \"r\" has 61441 bytes of JSON; expected at most 61440. Keep the large part as an object and its path in the " +
            "row.", tooLarge.Message);
        Assert.Equal(largest, (await Ledger.GetAsync("p", "r", default))!.Json);
        Assert.Equal("short", (await Ledger.ReplaceAsync(inserted!, "short", default))!.Json);
        Assert.Equal("short", (await Ledger.GetAsync("p", "r", default))!.Json);
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"text":"quotes \" and \\ and 'single' \u0000 \n é € 🎬","null":null}""")]
    [InlineData("line\nbreak\ttab \u0001 \u007f \ufffe")]
    public async Task Any_text_comes_back_as_it_was(string json)
    {
        await Ledger.InsertAsync("p", "r", json, default);

        Assert.Equal(json, (await Ledger.GetAsync("p", "r", default))!.Json);
        Assert.Equal(json, (await Ledger.ListAsync("p", "r", default).SingleAsync()).Json);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_refused()
    {
        var error = await Assert.ThrowsAsync<DataException>(() => Ledger.InsertAsync("p", "r", "ab\ud83c", default));

        Assert.Equal(
            "The ledger row \"p\" / \"r\" holds half a surrogate pair at character 2. Expected well-formed text. Check how its text was " +
            "cut.", error.Message);
    }

    [Theory]
    [InlineData("", "has 0 characters.")]
    [InlineData("a/b", "\"a/b\" has the character \"/\".")]
    [InlineData("a\\b", "\"a\\b\" has the character \"\\\".")]
    [InlineData("a#b", "\"a#b\" has the character \"#\".")]
    [InlineData("a?b", "\"a?b\" has the character \"?\".")]
    [InlineData("a%b", "\"a%b\" has the character \"%\".")]
    [InlineData("a\nb", "\"aU+000Ab\" has the character \"U+000A\".")]
    [InlineData("é", "\"é\" has the character \"é\".")]
    public async Task A_key_that_some_ledger_cannot_hold_is_refused(string key, string reason)
    {
        var partition = await Assert.ThrowsAsync<DataException>(() => Ledger.GetAsync(key, "r", default));
        var row = await Assert.ThrowsAsync<DataException>(() => Ledger.InsertAsync("p", key, "{}", default));

        Assert.Equal($"The ledger's partition key {reason} {KeyRule}", partition.Message);
        Assert.Equal($"The ledger's row key {reason} {KeyRule}", row.Message);
        await Assert.ThrowsAsync<DataException>(() => Ledger.ReplaceAsync(new LedgerRow("p", key, "{}", "1"), "{}", default));
        await Assert.ThrowsAsync<DataException>(() => Ledger.DeleteAsync(new LedgerRow("p", key, "{}", "1"), default));
        await Assert.ThrowsAsync<DataException>(() => Ledger.ListAsync(key, null, default).ToListAsync().AsTask());
        if (key.Length > 0)
        {
            await Assert.ThrowsAsync<DataException>(() => Ledger.ListAsync("p", key, default).ToListAsync().AsTask());
        }
    }

    [Fact]
    public async Task The_longest_key_works_and_one_more_is_refused()
    {
        var longest = new string('k', Ledger.MaxKeyLength);

        Assert.NotNull(await Ledger.InsertAsync(longest, longest, "{}", default));
        var error = await Assert.ThrowsAsync<DataException>(() => Ledger.InsertAsync("p", longest + "k", "{}", default));

        Assert.NotNull(await Ledger.GetAsync(longest, longest, default));
        Assert.Equal($"The ledger's row key has 513 characters. {KeyRule}", error.Message);
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        var row = await Ledger.InsertAsync("p", "r", "1", default);
        var gone = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Ledger.GetAsync("p", "r", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Ledger.InsertAsync("p", "s", "1", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Ledger.ReplaceAsync(row!, "2", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Ledger.DeleteAsync(row!, gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Ledger.ListAsync("p", null, gone).ToListAsync(gone).AsTask());

        Assert.Equal(row, await Ledger.ListAsync("p", null, default).SingleAsync());
    }
}
