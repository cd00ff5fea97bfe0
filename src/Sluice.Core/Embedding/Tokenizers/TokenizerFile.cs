using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sluice.Embedding;

/// <summary>
/// A tokenizer.json of Hugging Face's tokenizers: added tokens, normalizer, pre-tokenizer, model (WordPiece, Unigram, BPE) and post-processor. What the file asks for
/// and this does not know is refused when it is read, so that no text gets other tokens than it should.
/// </summary>
static class TokenizerFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="DataException">It is no tokenizer.json, or asks for what is not known here.</exception>
    public static Tokenizer Read(byte[] content, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            var (model, vocabulary) = ModelOf(root.GetProperty("model"), name);
            var normalizer = Normalizer.Of(Of(root, "normalizer"), name);
            var added = AddedTokens.Of(Of(root, "added_tokens"), normalizer);
            var (before, after) = PostProcessor.Of(Of(root, "post_processor"), token => added.Find(token) ?? vocabulary(token), name);
            var truncation = Of(root, "truncation");
            return new FileTokenizer(
                Convert.ToHexStringLower(SHA256.HashData(content)), normalizer, added, PreTokenizer.Of(Of(root, "pre_tokenizer"), name), model, before, after,
                truncation.ValueKind == JsonValueKind.Object ? truncation.GetProperty("max_length").GetInt32() : null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or IndexOutOfRangeException)
        {
            throw new DataException($"The tokenizer '{name}' cannot be read: {e.Message} Expected a tokenizer.json of Hugging Face's tokenizers.", e);
        }
    }

    internal static DataException Unknown(string name, string part, string found) =>
        new($"The tokenizer '{name}' has the {part} '{found}', which is not known here. Expected one that sentence-transformers models use (docs/embedding.md lists them); take another model.");

    /// <summary>A pattern as .NET writes it. Patterns are found in files of models, so they get a second at most.</summary>
    internal static Regex Pattern(string pattern) => new(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    static JsonElement Of(JsonElement root, string part) => root.TryGetProperty(part, out var found) ? found : JsonDocument.Parse("null").RootElement;

    static (TokenModel Model, Func<string, int?> Find) ModelOf(JsonElement json, string name)
    {
        // Old files do not name a WordPiece or BPE model.
        var type = json.TryGetProperty("type", out var given) ? given.GetString()! : json.TryGetProperty("merges", out _) ? "BPE" : "WordPiece";
        var vocabulary = json.GetProperty("vocab");
        if (type == "Unigram")
        {
            var pieces = vocabulary.EnumerateArray().Select(e => (Piece: e[0].GetString()!, Score: e[1].GetDouble())).ToArray();
            var ids = pieces.Select((p, id) => (p.Piece, id)).DistinctBy(p => p.Piece).ToDictionary(p => p.Piece, p => p.id, StringComparer.Ordinal);
            return (new UnigramModel(pieces, json.GetProperty("unk_id").GetInt32(), Flag(json, "byte_fallback")), token => ids.TryGetValue(token, out var id) ? id : null);
        }

        var byText = vocabulary.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetInt32(), StringComparer.Ordinal);
        var unknown = json.TryGetProperty("unk_token", out var text) && text.ValueKind == JsonValueKind.String && byText.TryGetValue(text.GetString()!, out var none) ? none : (int?)null;
        TokenModel model = type switch
        {
            "WordPiece" => new WordPieceModel(
                byText, json.GetProperty("continuing_subword_prefix").GetString()!, unknown ?? throw new FormatException("The vocabulary has no unk_token."),
                json.GetProperty("max_input_chars_per_word").GetInt32()),
            "BPE" => new BpeModel(byText, Merges(json, byText), unknown, Flag(json, "fuse_unk"), Flag(json, "byte_fallback"), Flag(json, "ignore_merges")),
            _ => throw Unknown(name, "model", type),
        };
        return (model, token => byText.TryGetValue(token, out var id) ? id : null);
    }

    static Dictionary<(int, int), (int, int)> Merges(JsonElement json, Dictionary<string, int> vocabulary)
    {
        foreach (var unsupported in (ReadOnlySpan<string>)["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (json.TryGetProperty(unsupported, out var given) && given.ValueKind == JsonValueKind.String && given.GetString()!.Length > 0)
            {
                throw new FormatException($"BPE with '{unsupported}' is not known here.");
            }
        }

        var merges = new Dictionary<(int, int), (int, int)>();
        foreach (var merge in json.GetProperty("merges").EnumerateArray())
        {
            // "a b", or ["a", "b"] since version 0.20.
            var (left, right) = merge.ValueKind == JsonValueKind.Array ? (merge[0].GetString()!, merge[1].GetString()!) : Halves(merge.GetString()!);
            merges.TryAdd((vocabulary[left], vocabulary[right]), (merges.Count, vocabulary[left + right]));
        }

        return merges;
    }

    static (string, string) Halves(string merge) => merge.IndexOf(' ', 1) is var at and > 0 ? (merge[..at], merge[(at + 1)..]) : throw new FormatException($"The merge '{merge}' is no pair.");

    static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var given) && given.ValueKind == JsonValueKind.True;
}
