using System.Security.Cryptography;

namespace Sluice.Embedding;

/// <summary>The models that come with Sluice (models/README.md), beside the app.</summary>
static class BundledModels
{
    public const string Images = "mobilenetv2";

    // Tokens that the model was published to read.
    const int UseTokens = 128;

    public static ModelFolder UseLite()
    {
        var vocabulary = FileOf(EmbeddingModel.Default, "vocab.json", "1ad860b9720c16cd48e666d664a556b2515c04f5a26a4b53c0372427913b1b8e");
        var onnx = FileOf(EmbeddingModel.Default, "model.onnx", "313beed7d0ac5981610f7c2d0199c7dc58157c8ef945b8e8beff7ea0f78eacc4");
        return new ModelFolder(onnx, new UseTokenizer(File.ReadAllBytes(vocabulary), vocabulary), UseTokens, UseTokens, null, Normalises: true);
    }

    public static string MobileNet() => FileOf(Images, "model.onnx", "1ed0bb8d48ca9d92bdebf70a99d8bfd2c832c1185e51fb88d875f351ce81ba05");

    static string FileOf(string model, string name, string sha256)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "models", model, name);
        if (!File.Exists(file))
        {
            throw new DataException($"The bundled model '{model}' is not beside the app: found no '{file}'. Build or publish the app again.");
        }

        var found = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
        return found == sha256 ? file : throw new DataException($"The bundled file '{file}' was changed: found SHA-256 {found}, expected {sha256}. Build or publish the app again.");
    }
}
