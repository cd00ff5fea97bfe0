using System.Globalization;
using Sluice.Runs;

namespace Sluice.Embedding;

/// <summary>Which vectors are wanted: a model and how its output is read.</summary>
public sealed record EmbeddingModel
{
    /// <summary>The model that comes with Sluice and is taken unless another is named.</summary>
    public const string Default = "use-lite-en";

    /// <summary>
    /// <c>use-lite-en</c> (bundled: English, 512 numbers, 128 tokens), <c>hashing-N</c> (words and letters, no model), a folder of a sentence-transformers
    /// model with <c>model.onnx</c> and <c>tokenizer.json</c>, or <c>https://…/model.zip#sha256=HEX</c> (or <c>.tar.gz</c>), fetched once.
    /// </summary>
    public string Name { get; init; } = Default;

    /// <summary>
    /// Value of the model's graph to take instead of its output, or several fused: <c>concat(a, b)</c>, <c>add(…)</c>, <c>average(…)</c>, <c>max(…)</c>, which
    /// may hold each other. Default: the model's output.
    /// </summary>
    public string? Layer { get; init; }

    /// <summary>How the vectors of a text's tokens become one: <c>mean</c>, <c>cls</c> (the first), <c>max</c>. Default: the model's own way.</summary>
    public string? Pooling { get; init; }

    /// <summary>Whether vectors are made of length 1. Default: as the model says.</summary>
    public bool? Normalize { get; init; }

    /// <summary>Tokens of a text that are read, special ones included. Default, and limit: what the model says.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Texts that go through the model at once at most; never shows in a vector. Default: as many as are fastest.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Hash of all that a vector depends on.</summary>
    public string Key() => new MemoKey("embedding-model").Add(Name).Add(Layer ?? "").Add(Pooling ?? "").Add(Normalize?.ToString() ?? "")
        .Add(MaxTokens?.ToString(CultureInfo.InvariantCulture) ?? "").Value();
}
