using System.IO.Compression;
using System.Text;
using Sluice.Connectors;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Connectors;

/// <summary>Compressed files, known by what they begin with.</summary>
public sealed class PackedSourceTests : IDisposable
{
    /// <summary>The frames that <c>zstd</c> 1.5.4 wrote for "id,name\n1,x\n2,y\n" and "3,z\n", one after the other.</summary>
    const string TwoFrames = "KLUv/QRYgQAAaWQsbmFtZQoxLHgKMix5CoqlvO0otS/9BFghAAAzLHoKRN59AA==";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("a.csv.gz")]
    [InlineData("a.csv")]
    public async Task Gzip_is_unpacked_whatever_the_file_is_called(string name)
    {
        var text = "id,name\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i},name {i}\n"));
        folder.Put(name, Gzip(text));
        folder.Put("plain.csv", text);

        var found = await Csv(name).ReadAllAsync(folder.Inputs(), SourceReading.Cut(4096));
        var plain = await Csv("plain.csv").ReadAllAsync(folder.Inputs(), SourceReading.Cut(4096));

        Assert.Equal(plain.Rows, found.Rows);
        Assert.Equal(plain.Shards.Select(s => s.Sha256), found.Shards.Select(s => s.Sha256));
    }

    [Fact]
    public async Task JSON_lines_and_text_are_unpacked_too()
    {
        folder.Put("a.jsonl.gz", Gzip("{\"a\": 1}\n{\"a\": 2}\n"));
        folder.Put("a.txt.gz", Gzip("one\ntwo\n"));

        Assert.Equal(["1", "2"], (await new JsonSource(new JsonSource.Options { FilePath = "a.jsonl.gz" }).ReadAllAsync(folder.Inputs())).Rows);
        Assert.Equal(2, (await new TextSource(new TextSource.Options { FilePath = "a.txt.gz", Unit = TextUnit.Line }).ReadAllAsync(folder.Inputs())).Batch.Rows);
    }

    [Fact]
    public async Task Files_of_a_folder_may_be_compressed_or_not()
    {
        folder.Put("in/a.csv.gz", [.. Gzip("id,name\n1,x\n"), .. Gzip("2,y\n")]);
        folder.Put("in/b.csv", "id,name\n3,z\n");

        Assert.Equal(["1|x", "2|y", "3|z"], (await Csv("in").ReadAllAsync(folder.Inputs())).Rows);
    }

    [Fact]
    public async Task A_damaged_or_cut_off_file_is_one_clear_error()
    {
        var whole = Gzip("id,name\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i},{i * 7919 % 1000}\n")));
        folder.Put("cut.csv.gz", whole[..(whole.Length / 2)]);
        folder.Put("bad.csv.gz", [.. whole[..200], .. new byte[100], .. whole[300..]]);

        foreach (var name in new[] { "cut.csv.gz", "bad.csv.gz" })
        {
            var refused = await Assert.ThrowsAsync<SourceException>(() => Csv(name).ListAsync(folder.Inputs()));
            Assert.StartsWith($"The file \"{name}\" is compressed (Gzip) and cannot be unpacked: ", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_grows_too_much_is_refused()
    {
        folder.Put("bomb.csv.gz", Gzip("id,name\n" + new string('\n', 70 << 20)));

        var refused = await Assert.ThrowsAsync<SourceException>(() => Csv("bomb.csv.gz").ListAsync(folder.Inputs()));
        var allowed = new CsvSource(new CsvSource.Options { FilePath = "bomb.csv.gz", MaxUnpackRatio = 2000 });

        Assert.Contains("unpacks to more than 67,108,864, the limit where max_unpack_ratio is 200", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await allowed.ListAsync(folder.Inputs())).Sum(s => s.Records));
    }

    [Fact]
    public async Task Zstandard_is_unpacked_frame_by_frame()
    {
        var frames = Convert.FromBase64String(TwoFrames);
        folder.Put("a.csv.zst", frames);
        folder.Put("cut.csv.zst", frames[..^3]);
        folder.Put("bad.csv.zst", [.. frames[..4], 0xFF, .. frames[5..]]);

        Assert.Equal(["1|x", "2|y", "3|z"], (await Csv("a.csv.zst").ReadAllAsync(folder.Inputs())).Rows);
        foreach (var name in new[] { "cut.csv.zst", "bad.csv.zst" })
        {
            var refused = await Assert.ThrowsAsync<SourceException>(() => Csv(name).ListAsync(folder.Inputs()));
            Assert.StartsWith($"The file \"{name}\" is compressed (Zstandard) and cannot be unpacked: the Zstandard data ", refused.Message, StringComparison.Ordinal);
        }
    }

    static CsvSource Csv(string path) => new(new CsvSource.Options { FilePath = path });

    static byte[] Gzip(string text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
