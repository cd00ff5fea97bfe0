using System.Buffers;
using System.Buffers.Text;
using System.Collections.Frozen;

namespace Sluice.Privacy;

/// <summary>
/// Images and biometric templates in cells, told by the first bytes of what is encoded there, or by the column's name and the form of the cell. What an image
/// shows is not looked at: it may hold a face.
/// </summary>
static class Biometrics
{
    public const string Image = "image", Photo = "face_photo", Template = "biometric_template";

    // A signature needs a few bytes; a template without one is longer than any digest in hexadecimal (SHA-512 has 128 digits).
    const int LeastEncoded = 40, LeastTemplate = 256, LeastNumbers = 16, HeadBytes = 16;

    static readonly SearchValues<byte> numberBytes = SearchValues.Create("0123456789.,+-eE \t\r\n"u8);
    static readonly SearchValues<byte> codeBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-"u8);

    static readonly FrozenSet<string> faces =
        new[] { "photo", "photos", "photograph", "portrait", "selfie", "headshot", "mugshot", "face", "facial", "avatar", "passbild", "foto" }.ToFrozenSet();

    static readonly FrozenSet<string> bodies =
        new[] { "fingerprint", "fingerprints", "voiceprint", "faceprint", "palmprint", "retina", "retinal", "iris", "minutiae", "biometric", "biometrics", "face", "voice" }.ToFrozenSet();

    public static bool SaysFace(IEnumerable<string> words) => words.Any(faces.Contains);

    public static bool SaysBody(IEnumerable<string> words) => words.Any(bodies.Contains);

    /// <summary>The kind that the whole cell is, with its confidence; null for every other cell.</summary>
    /// <param name="text">The cell.</param>
    /// <param name="column">Its column.</param>
    public static (string Entity, double Confidence)? Find(ReadOnlySpan<byte> text, ColumnContext column)
    {
        text = text.Trim(" \t\r\n"u8);
        if (text.Length >= LeastEncoded && Encoded(text) is { } kind)
        {
            // Alone, an image says nothing of a person: most are of things.
            return kind == Template ? (Template, 0.95) : column.IsOfFaces ? (Photo, 0.9) : (Image, 0.3);
        }

        return column.IsOfFaces && IsImageFile(text) ? (Photo, 0.7)
            : column.IsOfBodies && LooksLikeTemplate(text) ? (Template, 0.75)
            : null;
    }

    static string? Encoded(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("data:image/"u8))
        {
            return Image;
        }

        if (text.StartsWith("data:"u8) && text[..Math.Min(text.Length, 128)].IndexOf(";base64,"u8) is var comma and > 0)
        {
            text = text[(comma + ";base64,".Length)..];
        }

        Span<byte> head = stackalloc byte[HeadBytes];
        return KindOf(head[..Decode(text, head)]);
    }

    // Hexadecimal first: its digits are letters of base64 too.
    static int Decode(ReadOnlySpan<byte> text, Span<byte> head)
    {
        text = text.StartsWith("0x"u8) || text.StartsWith("\\x"u8) ? text[2..] : text;
        var digits = text[..Math.Min(text.Length, HeadBytes * 2)];
        if (digits.Length == HeadBytes * 2 && Convert.FromHexString(digits, head, out _, out var bytes) == OperationStatus.Done)
        {
            return bytes;
        }

        var letters = text[..Math.Min(text.Length, 20)];
        return Base64.DecodeFromUtf8(letters, head, out _, out bytes, isFinalBlock: false) is OperationStatus.InvalidData ? 0 : bytes;
    }

    // JPEG, PNG, TIFF of both byte orders, GIF.
    static readonly byte[][] images =
    [
        [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [.. "II*\0"u8], [.. "MM\0*"u8], [.. "GIF87a"u8], [.. "GIF89a"u8],
    ];

    static string? KindOf(ReadOnlySpan<byte> head) =>
        head.Length > 3 && head[0] == 0xFF && head[1] == 0xA0 && head[2] == 0xFF && head[3] is >= 0xA2 and <= 0xA8 ? Template // WSQ, FBI IAFIS-IC-0110
        : head.Length > 4 && head[4] is (byte)' ' or (byte)'0' // version of ISO/IEC 19794: ' 20', '030'
            && (head.StartsWith("FMR\0"u8) || head.StartsWith("FIR\0"u8) || head.StartsWith("FAC\0"u8) || head.StartsWith("IIR\0"u8)) ? Template
        : IsImage(head) ? Image
        : null;

    static bool IsImage(ReadOnlySpan<byte> head)
    {
        foreach (var start in images)
        {
            if (head.StartsWith(start))
            {
                return true;
            }
        }

        return head.Length >= 12
            && ((head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8))
                || (head[4..].StartsWith("ftyp"u8) && (head[8..].StartsWith("hei"u8) || head[8..].StartsWith("mif1"u8) || head[8..].StartsWith("avif"u8))));
    }

    static bool IsImageFile(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)'?', (byte)'#') is var cut and >= 0 ? text[..cut] : text;
        var dot = end.LastIndexOf((byte)'.');
        if (dot <= 0 || end.Length - dot is < 4 or > 5)
        {
            return false;
        }

        Span<char> buffer = stackalloc char[8];
        return Bytes.Lower(end[(dot + 1)..], buffer) is "jpg" or "jpeg" or "png" or "gif" or "webp" or "tif" or "tiff" or "heic" or "heif" or "avif" or "jp2";
    }

    static bool LooksLikeTemplate(ReadOnlySpan<byte> text)
    {
        if (text.Length > 0 && text[0] is (byte)'[' && text[^1] is (byte)']')
        {
            return text.Count((byte)',') + 1 >= LeastNumbers && text[1..^1].IndexOfAnyExcept(numberBytes) < 0;
        }

        return text.Length >= LeastTemplate && text.IndexOfAnyExcept(codeBytes) < 0;
    }
}
