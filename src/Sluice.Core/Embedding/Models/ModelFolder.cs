using System.Text.Json;
using Sluice.Connectors;

namespace Sluice.Embedding;

/// <summary>A model on disk: its graph, its tokenizer, and what it says of itself.</summary>
/// <param name="Onnx">File of the graph.</param>
/// <param name="Tokenizer">Tokenizer.</param>
/// <param name="MaxTokens">Tokens that it was trained to read; null: not said.</param>
/// <param name="Positions">Tokens that it can read at most; null: not said.</param>
/// <param name="Pooling">How token vectors become one; null: not said.</param>
/// <param name="Normalises">Whether vectors have length 1.</param>
sealed record ModelFolder(string Onnx, Tokenizer Tokenizer, int? MaxTokens, int? Positions, Pooling? Pooling, bool Normalises)
{
    /// <summary>Tokens that it was trained to read, also where only the tokenizer's settings say so; null: nothing says it.</summary>
    public int? TrainedTokens { get; init; } = MaxTokens;

    const string TokenizerName = "tokenizer.json";
    static readonly string[] graphs = ["model.onnx", "onnx/model.onnx"];

    /// <summary>Reads a folder as sentence-transformers lays it out.</summary>
    /// <exception cref="DataException">A file is missing or says what is not known here.</exception>
    public static ModelFolder Read(string folder)
    {
        var onnx = graphs.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new DataException($"The model folder '{folder}' has no model.onnx and no onnx/model.onnx. Export the model to ONNX, or correct the path.");
        var tokenizer = Path.Combine(folder, TokenizerName);
        if (!File.Exists(tokenizer))
        {
            throw new DataException($"The model folder '{folder}' has no {TokenizerName}. Save the model's fast tokenizer there.");
        }

        var modules = Modules(folder);
        return new ModelFolder(
            onnx,
            TokenizerFile.Read(File.ReadAllBytes(tokenizer), tokenizer),
            Number(Path.Combine(folder, "sentence_bert_config.json"), "max_seq_length"),
            Number(Path.Combine(folder, "config.json"), "max_position_embeddings"),
            modules.Where(m => m.Type == nameof(Pooling)).Select(m => PoolingOf(Path.Combine(folder, m.Path, "config.json"))).FirstOrDefault(),
            modules.Any(m => m.Type == "Normalize")) is var read && read.TrainedTokens is null
            ? read with { TrainedTokens = Number(Path.Combine(folder, "tokenizer_config.json"), "model_max_length") }
            : read;
    }

    static List<(string Type, string Path)> Modules(string folder)
    {
        var file = Path.Combine(folder, "modules.json");
        if (!File.Exists(file))
        {
            return File.Exists(Path.Combine(folder, "1_Pooling", "config.json")) ? [(nameof(Pooling), "1_Pooling")] : [];
        }

        var modules = Parse(file, json => json.EnumerateArray().Select(m => (m.GetProperty("type").GetString()!.Split('.')[^1], m.GetProperty("path").GetString()!)).ToList());
        if (modules.FirstOrDefault(m => !RealPath.IsBeneath(Path.GetFullPath(Path.Combine(folder, m.Item2)), Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))) is { Item2: { } elsewhere })
        {
            throw new DataException($"The model in '{folder}' has a module at '{elsewhere}', outside of its folder. Take another model.");
        }

        return modules.FirstOrDefault(m => m.Item1 is not ("Transformer" or nameof(Pooling) or "Normalize")) is { Item1: { } unknown }
            ? throw new DataException($"The model in '{folder}' has a module of the type '{unknown}', which is not known here. Expected Transformer, Pooling and Normalize; take another model.")
            : modules;
    }

    static Pooling? PoolingOf(string file)
    {
        var modes = Parse(file, json => json.EnumerateObject().Where(p => p.Name.StartsWith("pooling_mode_", StringComparison.Ordinal) && p.Value.ValueKind == JsonValueKind.True).Select(p => p.Name).ToList());
        return modes switch
        {
            ["pooling_mode_cls_token"] => Embedding.Pooling.Cls,
            ["pooling_mode_mean_tokens"] => Embedding.Pooling.Mean,
            ["pooling_mode_max_tokens"] => Embedding.Pooling.Max,
            ["pooling_mode_lasttoken"] => Embedding.Pooling.Last,
            _ => throw new DataException($"The file '{file}' asks for the pooling '{string.Join(", ", modes)}'. Expected one of pooling_mode_cls_token, _mean_tokens, _max_tokens and _lasttoken; take another model."),
        };
    }

    static int? Number(string file, string name) =>
        File.Exists(file) ? Parse(file, json => json.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) && number > 0 ? number : (int?)null) : null;

    static T Parse<T>(string file, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            throw new DataException($"The file '{file}' of a model cannot be read: {e.Message} Fetch the model again.", e);
        }
    }
}
