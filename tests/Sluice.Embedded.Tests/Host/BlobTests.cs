using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Embedded.Tests.Host;

/// <summary>What blob functions were given, in order.</summary>
sealed class Drops
{
    readonly Channel<string> seen = Channel.CreateUnbounded<string>();

    public Exception? Error { get; set; }

    public TaskCompletionSource? Hold { get; set; }

    public bool Any => seen.Reader.TryPeek(out _);

    public async Task SeeAsync(string what, CancellationToken cancellation = default)
    {
        seen.Writer.TryWrite(what);
        if (Hold is { } hold)
        {
            await hold.Task.WaitAsync(cancellation);
        }

        if (Error is { } error)
        {
            throw error;
        }
    }

    public async Task<string> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await seen.Reader.ReadAsync(limit.Token);
    }
}

public sealed class BlobTests : IDisposable
{
    readonly Drops drops = new();
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    [Trait("Contract", "87")]
    public async Task Calls_once_per_blob_and_binds_the_parts_of_its_path()
    {
        await using var app = await StartAsync<Texts>();
        await DropAsync("in/2026/films.csv.gz", "1,2");

        Assert.Equal("2026/films.csv|gz|1,2", await drops.NextAsync());
        await DoneAsync("Texts", 1);
        Assert.False(drops.Any);
    }

    [Fact]
    [Trait("Contract", "90")]
    public async Task Finds_blobs_that_came_while_the_host_was_down()
    {
        await DropAsync("in/early.txt", "early");

        await using var app = await StartAsync<Texts>();

        Assert.Equal("early|txt|early", await drops.NextAsync());
    }

    [Fact]
    [Trait("Contract", "87")]
    public async Task A_restart_calls_nothing_again()
    {
        await using (await StartAsync<Texts>())
        {
            await DropAsync("in/a.txt", "a");
            await drops.NextAsync();
            await DoneAsync("Texts", 1);
        }

        await using var again = await StartAsync<Texts>();
        await DropAsync("in/b.txt", "b");

        Assert.Equal("b|txt|b", await drops.NextAsync());
        await DoneAsync("Texts", 2);
        Assert.False(drops.Any);
    }

    [Fact]
    [Trait("Contract", "88")]
    public async Task An_overwritten_blob_is_a_new_one()
    {
        await using var app = await StartAsync<Texts>();
        await DropAsync("in/a.txt", "first");
        await drops.NextAsync();
        await DoneAsync("Texts", 1);

        await DropAsync("in/a.txt", "second");

        Assert.Equal("a|txt|second", await drops.NextAsync());
    }

    [Fact]
    public async Task A_blob_that_changes_during_its_call_is_called_again_afterwards()
    {
        drops.Hold = new TaskCompletionSource();
        await using var app = await StartAsync<Texts>();
        await DropAsync("in/a.txt", "first");
        await drops.NextAsync();
        await DropAsync("in/a.txt", "second");

        drops.Hold.SetResult();

        Assert.Equal("a|txt|second", await drops.NextAsync());
    }

    [Fact]
    public async Task Waits_until_a_writer_has_closed_the_file()
    {
        Directory.CreateDirectory(folder.File("store", "blobs", "incoming", "in"));
        await using var app = await StartAsync<Texts>();
        await using (var writer = new FileStream(folder.File("store", "blobs", "incoming", "in", "slow.txt"), FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            await writer.WriteAsync("half"u8.ToArray());
            await writer.FlushAsync();
            await DropAsync("in/other.txt", "other");
            Assert.Equal("other|txt|other", await drops.NextAsync());
            Assert.False(drops.Any);
            await writer.WriteAsync(" and half"u8.ToArray());
        }

        Assert.Equal("slow|txt|half and half", await drops.NextAsync());
    }

    [Fact]
    public async Task Overlooks_names_that_do_not_match_or_begin_with_a_dot()
    {
        await using var app = await StartAsync<Texts>();
        await DropAsync("out/a.txt", "elsewhere");
        await DropAsync("in/.a.txt.part", "unfinished");
        await DropAsync("in/b.txt", "b");

        Assert.Equal("b|txt|b", await drops.NextAsync());
        await DoneAsync("Texts", 1);
        Assert.False(drops.Any);
    }

    [Fact]
    [Trait("Contract", "89")]
    public async Task A_throwing_handler_is_tried_five_times_and_then_recorded_as_poison()
    {
        drops.Error = new InvalidOperationException("bad file");
        await using (await StartAsync<Texts>())
        {
            await DropAsync("in/bad.txt", "bad");
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal("bad|txt|bad", await drops.NextAsync());
            }

            await DoneAsync("Texts", 1);
        }

        drops.Error = null;
        await using var again = await StartAsync<Texts>();
        await DropAsync("in/good.txt", "good");
        var next = await drops.NextAsync();

        Assert.Equal("good|txt|good", next);
        var record = JsonDocument.Parse(await File.ReadAllBytesAsync(Assert.Single(Poison()))).RootElement;
        Assert.Equal("BlobTrigger", record.GetProperty("Type").GetString());
        Assert.Equal("Texts", record.GetProperty("FunctionId").GetString());
        Assert.Equal("incoming", record.GetProperty("ContainerName").GetString());
        Assert.Equal("in/bad.txt", record.GetProperty("BlobName").GetString());
        Assert.Equal(5, record.GetProperty("Attempts").GetInt32());
        Assert.Equal("bad file", record.GetProperty("ErrorMessage").GetString());
    }

    [Fact]
    public async Task Counts_attempts_across_the_end_of_the_process()
    {
        await DropAsync("in/killer.txt", "x");
        var file = new FileInfo(folder.File("store", "blobs", "incoming", "in", "killer.txt"));
        using (var receipts = new BlobReceipts(folder.File("store", "receipts", "Texts.jsonl")))
        {
            // What four starts leave behind that each ended in the middle of the call.
            receipts.Write(new BlobReceipt("in/killer.txt", file.Length, file.LastWriteTimeUtc.Ticks, ETag(file), BlobOutcome.Started, 4));
        }

        drops.Error = new InvalidOperationException("fifth");
        await using var app = await StartAsync<Texts>();
        await drops.NextAsync();
        await DoneAsync("Texts", 1);

        Assert.False(drops.Any);
        Assert.Single(Poison());
    }

    [Fact]
    public async Task A_stop_during_a_call_does_not_count_as_an_attempt()
    {
        drops.Hold = new TaskCompletionSource();
        await using (await StartAsync<Texts>())
        {
            await DropAsync("in/a.txt", "a");
            await drops.NextAsync();
        }

        drops.Hold = null;
        await using var again = await StartAsync<Texts>();

        Assert.Equal("a|txt|a", await drops.NextAsync());
        await DoneAsync("Texts", 1);
        Assert.Equal(1, Receipts("Texts").Last().Attempt);
    }

    [Fact]
    public async Task Tells_name_address_and_properties()
    {
        await using var app = await StartAsync<Facts>();
        await DropAsync("x.bin", "12345");

        var facts = await drops.NextAsync();

        var file = new FileInfo(folder.File("store", "blobs", "incoming", "x.bin"));
        Assert.Equal($"incoming/x.bin|{new Uri(file.FullName)}|{{}}|5|{ETag(file)}|4 bytes", facts.Replace("5 bytes", "4 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Binds_every_supported_type()
    {
        await using var app = await StartAsync<Kinds>();
        await DropAsync("k", "abc");

        string[] found = [await drops.NextAsync(), await drops.NextAsync(), await drops.NextAsync(), await drops.NextAsync()];

        Assert.Equal(["bytes 3", "data abc", "memory 3", "stream abc"], found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_torn_receipt_is_forgotten_and_the_rest_is_kept()
    {
        var path = folder.File("store", "receipts", "Texts.jsonl");
        using (var receipts = new BlobReceipts(path))
        {
            receipts.Write(new BlobReceipt("in/a.txt", 1, 2, "e", BlobOutcome.Done, 1));
        }

        await File.AppendAllTextAsync(path, """{"Name":"in/b.t""");

        using var read = new BlobReceipts(path);

        Assert.True(read.IsDone("in/a.txt", new FileState(1, new DateTime(2, DateTimeKind.Utc))));
        Assert.Single(await File.ReadAllLinesAsync(path));
    }

    Task<TestApp> StartAsync<T>() => TestApp.StartAsync(new AppSetup
    {
        Functions = [typeof(T)],
        Folder = folder,
        Settings = { ["Sluice:Http"] = "false", ["Sluice:BlobSettle"] = "00:00:00.020", ["Sluice:BlobRescan"] = "00:00:00.500" },
        Configure = builder => builder.Services.AddSingleton(drops),
    });

    async Task DropAsync(string name, string content)
    {
        var path = folder.File(["store", "blobs", "incoming", .. name.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, content);
    }

    Task DoneAsync(string function, int count) => Wait.UntilAsync($"{count} blobs are done", () =>
        Receipts(function).Where(r => r.Outcome != BlobOutcome.Started).DistinctBy(r => r.Name).Count() >= count);

    BlobReceipt[] Receipts(string function)
    {
        using var file = new FileStream(folder.File("store", "receipts", function + ".jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return [.. reader.ReadToEnd().Split('\n').SkipLast(1).Select(line => JsonSerializer.Deserialize<BlobReceipt>(line)!)];
    }

    string[] Poison() => Directory.GetFiles(folder.File("store", "webjobs-blobtrigger-poison"));

    static string ETag(FileInfo file)
    {
        var hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file.FullName)).AsSpan(0, 8));
        return $"\"0x{file.Length:X}-{file.LastWriteTimeUtc.Ticks:X}-{hash}\"";
    }

    public sealed class Texts(IServiceProvider services)
    {
        [Function("Texts")]
        public Task Run([BlobTrigger("incoming/in/{name}.{ext}")] string text, string name, string ext, CancellationToken cancellation) =>
            services.GetRequiredService<Drops>().SeeAsync($"{name}|{ext}|{text}", cancellation);
    }

    public sealed class Facts(IServiceProvider services)
    {
        [Function("Facts")]
        public Task Run([BlobTrigger("incoming/{name}", Source = BlobTriggerSource.EventGrid)] byte[] content, FunctionContext context)
        {
            var data = context.BindingContext.BindingData;
            var properties = JsonDocument.Parse((string)data["Properties"]!).RootElement;
            return services.GetRequiredService<Drops>().SeeAsync(
                $"{data["BlobTrigger"]}|{data["Uri"]}|{data["Metadata"]}|{properties.GetProperty("ContentLength")}|{properties.GetProperty("ETag")}|{content.Length} bytes");
        }
    }

    public sealed class Kinds(IServiceProvider services)
    {
        [Function("Bytes")]
        public Task Bytes([BlobTrigger("incoming/{name}")] byte[] content) => See($"bytes {content.Length}");

        [Function("Memory")]
        public Task Memory([BlobTrigger("incoming/{name}")] ReadOnlyMemory<byte> content) => See($"memory {content.Length}");

        [Function("Data")]
        public Task Data([BlobTrigger("incoming/{name}")] BinaryData content) => See($"data {content}");

        [Function("Open")]
        public async Task Open([BlobTrigger("incoming/{name}")] Stream content)
        {
            using var reader = new StreamReader(content, leaveOpen: true);
            await See($"stream {await reader.ReadToEndAsync()}");
        }

        Task See(string what) => services.GetRequiredService<Drops>().SeeAsync(what);
    }
}
