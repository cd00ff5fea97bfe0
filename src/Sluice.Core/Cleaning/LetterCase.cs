using System.Buffers;
using System.Text;

namespace Sluice.Cleaning;

/// <summary>How text is capitalised. Mappings are Unicode's simple ones, the same in every language.</summary>
public enum LetterCase
{
    /// <summary>all small letters</summary>
    Lower,

    /// <summary>ALL CAPITALS</summary>
    Upper,

    /// <summary>First Letter Of Each Word, the others small</summary>
    Title,

    /// <summary>First letter of each sentence, the others small</summary>
    Sentence,
}

/// <summary>Maps the case of UTF-8 text: ASCII in place, the rest rune by rune. Bytes that are not UTF-8 stay as they are.</summary>
readonly struct CaseMap(LetterCase letterCase) : ITextMap
{
    public ReadOnlySpan<byte> Map(ReadOnlySpan<byte> value, ref byte[] scratch)
    {
        // A rune's other case needs at most one byte more per two (U+023A, two bytes, is three in lower case).
        TextMap.Reserve(ref scratch, (value.Length * 2) + 4);
        if (letterCase is LetterCase.Lower or LetterCase.Upper)
        {
            var status = letterCase == LetterCase.Lower
                ? Ascii.ToLower(value, scratch, out var written)
                : Ascii.ToUpper(value, scratch, out written);
            return status == OperationStatus.Done ? scratch.AsSpan(0, written) : Whole(value, scratch);
        }

        return Ascii.IsValid(value) ? AsciiStarts(value, scratch) : Starts(value, scratch);
    }

    ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> value, byte[] scratch)
    {
        var used = 0;
        while (value.Length > 0)
        {
            var valid = Rune.DecodeFromUtf8(value, out var rune, out var bytes) == OperationStatus.Done;
            used += valid
                ? (letterCase == LetterCase.Lower ? Rune.ToLowerInvariant(rune) : Rune.ToUpperInvariant(rune)).EncodeToUtf8(scratch.AsSpan(used))
                : Copy(value[..bytes], scratch, used);
            value = value[bytes..];
        }

        return scratch.AsSpan(0, used);
    }

    ReadOnlySpan<byte> AsciiStarts(ReadOnlySpan<byte> value, byte[] scratch)
    {
        var start = true;
        var ended = false;
        for (var i = 0; i < value.Length; i++)
        {
            var letter = value[i];
            var isLetter = (uint)((letter | 0x20) - 'a') < 26;
            scratch[i] = !isLetter ? letter : start ? (byte)(letter & ~0x20) : (byte)(letter | 0x20);
            Step(isLetter || (uint)(letter - '0') < 10, letter, letter is (byte)' ' or (>= 9 and <= 13), ref start, ref ended);
        }

        return scratch.AsSpan(0, value.Length);
    }

    ReadOnlySpan<byte> Starts(ReadOnlySpan<byte> value, byte[] scratch)
    {
        var (used, start, ended) = (0, true, false);
        while (value.Length > 0)
        {
            var valid = Rune.DecodeFromUtf8(value, out var rune, out var bytes) == OperationStatus.Done;
            used += valid
                ? (start ? Rune.ToUpperInvariant(rune) : Rune.ToLowerInvariant(rune)).EncodeToUtf8(scratch.AsSpan(used))
                : Copy(value[..bytes], scratch, used);
            var inWord = valid && (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.NonSpacingMark);
            Step(inWord, valid ? rune.Value : 0, valid && Rune.IsWhiteSpace(rune), ref start, ref ended);
            value = value[bytes..];
        }

        return scratch.AsSpan(0, used);
    }

    // Whether the next letter begins something. An apostrophe does not end a word: "Don't", "d’Or".
    void Step(bool inWord, int character, bool space, ref bool start, ref bool ended)
    {
        if (letterCase == LetterCase.Title)
        {
            start = !inWord && (start || character is not ('\'' or 0x2019));
            return;
        }

        start = (start && !inWord) || (ended && space);
        ended = !inWord && (character is '.' or '!' or '?' or 0x3002 || (ended && !space));
    }

    static int Copy(ReadOnlySpan<byte> bytes, byte[] scratch, int at)
    {
        bytes.CopyTo(scratch.AsSpan(at));
        return bytes.Length;
    }
}
