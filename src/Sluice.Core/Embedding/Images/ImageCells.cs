using System.Buffers;
using System.Buffers.Text;

namespace Sluice.Embedding;

/// <summary>Image files that stand in cells as base64, with or without <c>data:…;base64,</c> before them.</summary>
static class ImageCells
{
    /// <summary>Reasons why there are no bytes.</summary>
    public const string TooLarge = "image_too_large", Unreadable = "image_unreadable";

    /// <summary>The bytes of the file; null: why not is in <paramref name="problem"/>.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> cell, long maxBytes, out string problem)
    {
        var text = cell.StartsWith("data:"u8) && cell.IndexOf((byte)',') is var comma and >= 0 ? cell[(comma + 1)..] : cell;
        problem = TooLarge;
        if (text.Length / 4L * 3 > maxBytes)
        {
            return null;
        }

        problem = Unreadable;
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text, bytes, out _, out var written) == OperationStatus.Done ? bytes[..written] : null;
    }
}
