using System.IO.Compression;
using System.Text;
using Sluice.Connectors;
using Sluice.Storage;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

/// <summary>Memory does not grow with the file: what is allocated in all is much less than what is read.</summary>
public sealed class BoundedReadingTests : IDisposable
{
    const int FileBytes = 48 << 20, AllocatedBytes = 8 << 20;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("a.csv", "id,name,price\n", "{0},name {0},{0}.5\n")]
    [InlineData("a.jsonl", "", "{{\"id\": {0}, \"name\": \"name {0}\"}}\n")]
    [InlineData("a.json", "[{\"id\": -1}\n", ",{{\"id\": {0}, \"name\": \"name {0}\"}}\n")]
    public void A_large_file_is_listed_piece_by_piece(string name, string first, string record)
    {
        var path = Write(name, first, CompositeFormat.Parse(record), name == "a.json" ? "]" : "", pack: false);
        TextFileSource source = name == "a.csv" ? new CsvSource(new CsvSource.Options { FilePath = name }) : new JsonSource(new JsonSource.Options { FilePath = name });

        var before = GC.GetAllocatedBytesForCurrentThread();
        var bytes = source.Cut(new InputFile(name, FileBytes, ""), path, true, new ShardCut(), default).Sum(shard => shard.Length);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(bytes, FileBytes - 1024, FileBytes + 1024);
        Assert.InRange(allocated, 0, AllocatedBytes);
    }

    [Fact]
    public void A_large_compressed_file_is_unpacked_piece_by_piece()
    {
        var path = Write("a.csv.gz", "id,name,price\n", CompositeFormat.Parse("{0},name {0},{0}.5\n"), "", pack: true);

        var before = GC.GetAllocatedBytesForCurrentThread();
        using var local = UnpackedFiles.Open(new LocalFile(path, null), "a.csv.gz", 200, default);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(new FileInfo(local.Path).Length, FileBytes, FileBytes + 1024);
        Assert.InRange(allocated, 0, AllocatedBytes);
    }

    string Write(string name, string first, CompositeFormat record, string last, bool pack)
    {
        var path = folder.File(name);
        using var file = new FileStream(path, FileMode.CreateNew);
        using Stream target = pack ? new GZipStream(file, CompressionLevel.Fastest) : file;
        using var text = new StreamWriter(target, new UTF8Encoding(false), 1 << 16);
        text.Write(first);
        long written = 0;
        for (var i = 0; written < FileBytes; i++)
        {
            var line = string.Format(null, record, i);
            text.Write(line);
            written += line.Length;
        }

        text.Write(last);
        return path;
    }
}
