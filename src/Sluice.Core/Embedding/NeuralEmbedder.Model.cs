namespace Sluice.Embedding;

// What is asked of a model's graph before it is run.
sealed partial class NeuralEmbedder
{
    const string TokenIds = "input_ids", Mask = "attention_mask", Segments = "token_type_ids", Sentence = "sentence_embedding";

    static int Limit(ModelFolder folder, EmbeddingModel wanted)
    {
        var least = folder.Tokenizer.Special.Before.Count + folder.Tokenizer.Special.After.Count + 1;
        var most = folder.Positions ?? folder.MaxTokens ?? folder.Tokenizer.MaxTokens ?? int.MaxValue;
        var own = folder.MaxTokens ?? folder.Tokenizer.MaxTokens ?? folder.Positions
            ?? throw new DataException($"The model '{folder.Onnx}' does not say how many tokens it reads. Say max_tokens, or add sentence_bert_config.json.");
        return wanted.MaxTokens is not { } asked ? Math.Min(own, most)
            : asked >= least && asked <= most ? asked
            : throw new DataException($"max_tokens is {asked}; the model '{folder.Onnx}' reads {least} to {most}. Take a number between.");
    }

    // Not the model's own sentence vector when another pooling is wanted.
    string Output(string file, bool isPooled)
    {
        if (!isPooled && model.Outputs.ContainsKey(Sentence))
        {
            return Sentence;
        }

        return model.Outputs.Where(o => o.Value.Length == 3).Select(o => o.Key).FirstOrDefault()
            ?? (isPooled ? null : model.Outputs.Keys.FirstOrDefault())
            ?? throw new DataException($"The model '{file}' has no output of vectors by token to pool. It has: {string.Join(", ", model.Outputs.Keys)}. Leave the pooling out, or name a layer.");
    }

    void CheckInputs(string file)
    {
        if (!model.Inputs.Contains(TokenIds) || model.Inputs.Any(i => i is not (TokenIds or Mask or Segments)))
        {
            throw new DataException($"The model '{file}' has the inputs {string.Join(", ", model.Inputs)}; expected {TokenIds}, and perhaps {Mask} and {Segments}. It is no model of text, or exported otherwise.");
        }
    }
}
