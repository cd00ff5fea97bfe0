using System.Text;
using Sluice.Embedding;

namespace Sluice.Core.Tests.Embedding;

public sealed class NpyFileTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(3, 2)]
    [InlineData(1, 4096)]
    public void What_is_written_is_read(int rows, int dimensions)
    {
        var vectors = Enumerable.Range(0, rows * dimensions).Select(i => i / 3f).ToArray();

        var read = NpyFile.Read(new MemoryStream(Write(vectors, rows, dimensions)));

        Assert.Equal(vectors, read.Vectors);
        Assert.Equal((rows, dimensions), (read.Rows, read.Dimensions));
    }

    [Fact]
    public void The_header_is_as_the_format_says()
    {
        var bytes = Write([1f, 2f], 1, 2);

        Assert.Equal(128 + 8, bytes.Length);
        Assert.Equal("\u0093NUMPY\u0001\0", Encoding.Latin1.GetString(bytes[..8]));
        Assert.Equal("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", Encoding.ASCII.GetString(bytes[10..^8]).TrimEnd());
        Assert.Equal((byte)'\n', bytes[^9]);
    }

    [Theory]
    [InlineData(5, "does not begin as one")]
    [InlineData(40, "header is cut")]
    [InlineData(134, "length is not that of 1 × 2 numbers")]
    public void A_cut_file_is_refused(int length, string expected)
    {
        var bytes = Write([1f, 2f], 1, 2);

        var e = Assert.Throws<DataException>(() => NpyFile.Read(new MemoryStream(bytes[..Math.Min(length, bytes.Length - 1)])));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    static byte[] Write(float[] vectors, int rows, int dimensions)
    {
        var stream = new MemoryStream();
        NpyFile.WriteHeader(stream, rows, dimensions);
        NpyFile.WriteRows(stream, vectors);
        return stream.ToArray();
    }
}
