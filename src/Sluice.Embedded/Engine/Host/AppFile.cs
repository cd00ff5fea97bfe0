using System.Text.Json;

namespace Sluice.Embedded;

/// <summary>Files that lie beside an app: in its content root, else beside its assemblies, where the build copies them.</summary>
static class AppFile
{
    static readonly JsonDocumentOptions lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    internal static string? Find(string fileName, string contentRoot) =>
        new[] { contentRoot, AppContext.BaseDirectory }.Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists);

    internal static JsonDocument ReadJson(string path)
    {
        try
        {
            var document = JsonDocument.Parse(File.ReadAllBytes(path), lenient);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new InvalidDataException($"'{path}' holds {document.RootElement.ValueKind}; expected a JSON object.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"'{path}', line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: this is not JSON. {e.Message}", e);
        }
    }
}
