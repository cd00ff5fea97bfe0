using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sluice.Embedding;

/// <summary>The <c>pre_tokenizer</c> of a tokenizer.json: cuts a text into the pieces that a model sees one by one.</summary>
abstract class PreTokenizer
{
    /// <summary>Cuts one piece.</summary>
    /// <param name="piece">Piece.</param>
    /// <param name="isFirst">Whether it begins the text.</param>
    /// <param name="into">What it is cut into.</param>
    public abstract void Cut(ReadOnlySpan<char> piece, bool isFirst, Pieces into);

    public static IReadOnlyList<PreTokenizer> Of(JsonElement json, string name)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        var type = json.GetProperty("type").GetString()!;
        return type switch
        {
            "Sequence" => [.. json.GetProperty("pretokenizers").EnumerateArray().SelectMany(part => Of(part, name))],
            "BertPreTokenizer" => [new ByClass(dropsSpace: true, isAlone: Letters.IsPunctuation)],
            "WhitespaceSplit" => [new ByClass(dropsSpace: true, isAlone: static _ => false)],
            "Punctuation" => [new ByClass(dropsSpace: false, isAlone: Letters.IsPunctuation)],
            "Digits" => json.GetProperty("individual_digits").GetBoolean()
                ? [new ByClass(dropsSpace: false, isAlone: Rune.IsNumber)]
                : [new BySplit(new Regex(@"\p{N}+"), SplitBehaviour.Isolated, isInverted: false)],
            "Whitespace" => [new BySplit(new Regex(@"\w+|[^\w\s]+"), SplitBehaviour.Removed, isInverted: true)],
            "Split" => [BySplit.Of(json, name)],
            "Metaspace" => [Metaspace.Of(json)],
            "ByteLevel" => [new ByteLevel(Flag(json, "add_prefix_space"), Flag(json, "use_regex"))],
            _ => throw TokenizerFile.Unknown(name, "pre_tokenizer", type),
        };
    }

    static bool Flag(JsonElement json, string name) => !json.TryGetProperty(name, out var given) || given.GetBoolean();

    /// <summary>At white space, which is dropped or is like any letter, and round letters that stand alone.</summary>
    sealed class ByClass(bool dropsSpace, Func<Rune, bool> isAlone) : PreTokenizer
    {
        public override void Cut(ReadOnlySpan<char> piece, bool isFirst, Pieces into)
        {
            while (!piece.IsEmpty)
            {
                var letter = Letters.At(piece, out var length);
                if (dropsSpace && Letters.IsSpace(letter))
                {
                    into.End();
                }
                else if (isAlone(letter))
                {
                    into.End();
                    into.Add(piece[..length]);
                }
                else
                {
                    into.Append(piece[..length]);
                }

                piece = piece[length..];
            }

            into.End();
        }
    }

    /// <summary>White space becomes U+2581, which begins a piece.</summary>
    sealed class Metaspace(char space, bool cuts, bool prefixesAll, bool prefixesFirst) : PreTokenizer
    {
        public static Metaspace Of(JsonElement json)
        {
            var space = json.TryGetProperty("replacement", out var given) ? given.GetString()![0] : '\u2581';
            var scheme = json.TryGetProperty("prepend_scheme", out var said) ? said.GetString()
                : !json.TryGetProperty("add_prefix_space", out var old) || old.GetBoolean() ? "always" : "never";
            return new Metaspace(space, Flag(json, "split"), scheme == "always", scheme == "first");
        }

        public override void Cut(ReadOnlySpan<char> piece, bool isFirst, Pieces into)
        {
            if ((prefixesAll || (prefixesFirst && isFirst)) && piece[0] != ' ' && piece[0] != space)
            {
                into.Append([space]);
            }

            foreach (ref readonly var letter in piece)
            {
                if (letter == ' ' || letter == space)
                {
                    if (cuts)
                    {
                        into.End();
                    }

                    into.Append([space]);
                }
                else
                {
                    into.Append([letter]);
                }
            }

            into.End();
        }
    }
}
