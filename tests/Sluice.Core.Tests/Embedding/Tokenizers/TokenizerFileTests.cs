using System.Text;
using System.Text.Json.Nodes;
using Sluice.Embedding;

namespace Sluice.Core.Tests.Embedding;

/// <summary>Against ids of Hugging Face's tokenizers 0.23.2 (golden.json), for tokenizers of our own making in the forms that sentence-transformers models have.</summary>
public sealed class TokenizerFileTests
{
    static readonly string folder = Path.Combine(AppContext.BaseDirectory, "Embedding", "Tokenizers");

    internal static readonly string[] Names = ["bert", "cased", "roberta", "qwen", "gemma", "xlmr", "t5"];

    public static TheoryData<string> Kinds => [.. Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Ids_are_those_of_the_reference(string kind)
    {
        var golden = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")))!;
        var tokenizer = Read(kind);
        var wrong = new List<string>();
        for (var i = 0; i < golden["texts"]!.AsArray().Count; i++)
        {
            var (text, expected) = (golden["texts"]![i]!.GetValue<string>(), golden[kind]![i]!.AsArray().Select(id => id!.GetValue<int>()).ToArray());
            var found = UseLite.Tokens(tokenizer, text);
            if (!found.SequenceEqual(expected))
            {
                wrong.Add($"'{text}': found {string.Join(' ', found)}, expected {string.Join(' ', expected)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void A_text_is_cut_between_the_special_tokens_and_its_length_is_told()
    {
        var tokenizer = Read("bert");
        var ids = new List<int>();

        var whole = tokenizer.Encode(Encoding.UTF8.GetBytes("the quick brown fox"), 4, ids);

        Assert.Equal(6, whole);
        Assert.Equal(UseLite.Tokens(tokenizer, "the quick"), ids);
        Assert.Equal(64, tokenizer.MaxTokens);
        Assert.Equal(0, tokenizer.Encode(""u8, 4, ids));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_megabyte_without_a_space_and_bytes_that_are_no_text_are_borne(string kind)
    {
        var tokenizer = Read(kind);
        var ids = new List<int>();

        Assert.True(tokenizer.Encode(Enumerable.Repeat((byte)'a', 1 << 20).ToArray(), 128, ids) > 0);
        tokenizer.Encode([0xFF, 0xC3, 0x28, 0x80, 0], 128, ids);

        Assert.InRange(ids.Count, 2, 256);
    }

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("[]", "cannot be read")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}", "cannot be read")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0}}}", "has the model 'WordLevel', which is not known here")]
    [InlineData("{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0},\"unk_token\":\"u\",\"continuing_subword_prefix\":\"##\",\"max_input_chars_per_word\":9}}", "no unk_token")]
    [InlineData("{\"normalizer\":{\"type\":\"Magic\"},\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}", "has the normalizer 'Magic'")]
    [InlineData("{\"pre_tokenizer\":{\"type\":\"Magic\"},\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}", "has the pre_tokenizer 'Magic'")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"end_of_word_suffix\":\"</w>\",\"vocab\":{\"a\":0},\"merges\":[]}}", "BPE with 'end_of_word_suffix'")]
    public void A_file_that_asks_for_what_is_not_known_is_refused(string json, string expected)
    {
        var e = Assert.Throws<DataException>(() => TokenizerFile.Read(Encoding.UTF8.GetBytes(json), "x/tokenizer.json"));

        Assert.Contains("'x/tokenizer.json'", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    /// <summary>Worked out by hand from Unicode's data: the parts, their order by class, and what composes again.</summary>
    [Theory]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [InlineData("\uAC01", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\uFB01\u2460\u212B", "\uFB01\u2460\u00C5", "\uFB01\u2460A\u030A", "fi1\u00C5", "fi1A\u030A")]
    [InlineData("a\u0315\u0300\u05AE\u0300b", "\u00E0\u05AE\u0300\u0315b", "a\u05AE\u0300\u0300\u0315b", "\u00E0\u05AE\u0300\u0315b", "a\u05AE\u0300\u0300\u0315b")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    public void Normal_forms_are_Unicodes(string text, string nfc, string nfd, string nfkc, string nfkd) =>
        Assert.Equal((nfc, nfd, nfkc, nfkd), (UnicodeForms.Nfc(text), UnicodeForms.Nfd(text), UnicodeForms.Nfkc(text), UnicodeForms.Nfkd(text)));

    /// <summary>A table of one entry, built by hand: 'A' becomes 'bc'. Units are a double array: root, the letter with its leaf, the leaf.</summary>
    [Fact]
    public void A_compiled_table_of_letters_is_followed()
    {
        const uint root = 1 << 10, letter = 'A' | 1 << 8, leaf = 1u << 31;
        var units = new uint[256];
        units[0] = root;
        units['A' ^ 1] = letter | (uint)('A' ^ 1 ^ 200) << 10;
        units[200] = leaf | 3;
        byte[] table = [.. BitConverter.GetBytes(4 * units.Length), .. units.SelectMany(BitConverter.GetBytes), .. "xy\0bc\0"u8];

        Assert.Equal("bc-bc a", new PrecompiledLetters(table, "x").Normalise("A-A a"));
        Assert.Contains("precompiled_charsmap", Assert.Throws<DataException>(() => new PrecompiledLetters([9, 0, 0], "x")).Message, StringComparison.Ordinal);
    }

    static Tokenizer Read(string kind) => TokenizerFile.Read(File.ReadAllBytes(Path.Combine(folder, kind + ".tokenizer.json")), kind);
}
