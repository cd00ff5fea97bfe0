using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Sluice.Embedding;

/// <summary>
/// SentencePiece's compiled table of letters (<c>precompiled_charsmap</c>): a double-array trie from UTF-8 to a place in a list of texts. A group of letters that are
/// seen as one is looked up whole when it is short, and else letter by letter, as Hugging Face's tokenizers do.
/// </summary>
sealed class PrecompiledLetters
{
    const int LongestGroup = 6;
    readonly uint[] units;
    readonly byte[] texts;

    public PrecompiledLetters(byte[] table, string name)
    {
        var size = table.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(table) : uint.MaxValue;
        if (size > table.Length - 4 || size % 4 != 0)
        {
            throw new DataException($"The precompiled_charsmap in '{name}' is damaged: found {table.Length} bytes that begin with {size}; expected a table's size. Fetch the file again.");
        }

        units = new uint[size / 4];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(table.AsSpan(4 + (4 * i)));
        }

        texts = table[(4 + (int)size)..];
    }

    public string Normalise(string text)
    {
        var result = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var group = rest[..StringInfo.GetNextTextElementLength(rest)];
            rest = rest[group.Length..];
            if (Encoding.UTF8.GetByteCount(group) < LongestGroup && Find(group) is { } whole)
            {
                result.Append(whole);
                continue;
            }

            while (!group.IsEmpty)
            {
                Letters.At(group, out var length);
                result.Append(Find(group[..length]) ?? group[..length].ToString());
                group = group[length..];
            }
        }

        return result.ToString();
    }

    // The shortest entry that begins the letters, which is what the reference takes.
    string? Find(ReadOnlySpan<char> letters)
    {
        Span<byte> bytes = stackalloc byte[64];
        if (letters.Length > 20 || !Encoding.UTF8.TryGetBytes(letters, bytes, out var length) || units.Length == 0)
        {
            return null;
        }

        var node = Offset(units[0]);
        foreach (var part in bytes[..length])
        {
            node ^= part;
            if (part == 0 || node >= units.Length || Label(units[node]) != part)
            {
                return null;
            }

            var hasLeaf = (units[node] >> 8 & 1) == 1;
            node ^= Offset(units[node]);
            if (hasLeaf && node < units.Length)
            {
                var at = (int)(units[node] & 0x7FFFFFFF);
                var end = at < texts.Length ? Array.IndexOf(texts, (byte)0, at) : -1;
                return end < 0 ? null : Encoding.UTF8.GetString(texts, at, end - at);
            }
        }

        return null;
    }

    static uint Offset(uint unit) => unit >> 10 << (int)((unit & (1 << 9)) >> 6);

    static uint Label(uint unit) => unit & (0x80000000 | 0xFF);
}
