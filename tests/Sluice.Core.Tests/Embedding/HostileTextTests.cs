using FsCheck;
using FsCheck.Fluent;
using Sluice.Batches;
using Sluice.Embedding;
using Sluice.Storage;

namespace Sluice.Core.Tests.Embedding;

/// <summary>Hostile texts. A failure prints the seed that replays it.</summary>
public sealed class HostileTextTests
{
    static readonly string[] pieces =
    [
        "a", "The ", "0", " ", "\n", "\t", "\0", "\u2581", "é", "e\u0301", "\u0327\u0301", "\u1100\u1161\u11A8", "ﬁ", "\u202E", "日本", "\uFFFD", "\uFFFF", "🎈", "\U0010FFFF", "\u200D", ":", "://", "[MASK]",
        "</s>", new string('x', 300),
    ];

    static readonly Gen<string> texts = Gen.Elements(pieces).ListOf().Select(string.Concat);

    [Fact]
    public void Normal_forms_stay_as_they_are_and_agree_with_each_other() =>
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var (nfc, nfd, nfkc, nfkd) = (UnicodeForms.Nfc(text), UnicodeForms.Nfd(text), UnicodeForms.Nfkc(text), UnicodeForms.Nfkd(text));

            Assert.Equal((nfc, nfd, nfkc, nfkd), (UnicodeForms.Nfc(nfc), UnicodeForms.Nfd(nfd), UnicodeForms.Nfkc(nfkc), UnicodeForms.Nfkd(nfkd)));
            Assert.Equal((nfc, nfd), (UnicodeForms.Nfc(nfd), UnicodeForms.Nfd(nfc)));
            Assert.Equal((nfkc, nfkd), (UnicodeForms.Nfkc(nfkd), UnicodeForms.Nfkd(nfc)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_has_tokens_of_the_vocabulary_and_the_same_ones_every_time()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Embedding", "Tokenizers");
        Tokenizer[] tokenizers = [UseLite.Tokenizer(), .. TokenizerFileTests.Names.Select(kind => TokenizerFile.Read(File.ReadAllBytes(Path.Combine(folder, $"{kind}.tokenizer.json")), kind))];
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            foreach (var tokenizer in tokenizers)
            {
                var ids = UseLite.Tokens(tokenizer, text, 50);

                Assert.Equal(ids, UseLite.Tokens(tokenizer, text, 50));
                Assert.InRange(ids.Length, 0, 50);
                Assert.All(ids, id => Assert.InRange(id, 0, 8000));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Rows_in_any_parts_and_any_order_get_the_vectors_that_they_get_together() =>
        Prop.ForAll(texts.ListOf().ToArbitrary(), Arb.From(Gen.Choose(1, 7)), (rows, size) =>
        {
            var embedder = UseLite.OpenAsync().GetAwaiter().GetResult();
            var together = Embed(new VectorStore(new MemoryStore()), embedder, [.. rows]).ToDictionary();
            var store = new VectorStore(new MemoryStore());

            foreach (var some in Enumerable.Reverse(rows).Chunk(size))
            {
                Assert.All(Embed(store, embedder, some), found => Assert.Equal(together[found.Text], found.Vector));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(15));

    static IEnumerable<(string Text, string Vector)> Embed(VectorStore store, TextEmbedder embedder, string[] rows)
    {
        var table = store.EmbedAsync(embedder, TextColumn.Of(rows), CancellationToken.None).GetAwaiter().GetResult();
        return rows.Select((text, row) => (text, Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(table[row])))).DistinctBy(found => found.text);
    }
}
