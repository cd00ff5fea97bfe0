using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sluice.Embedded;

/// <summary>Reads a request's body as any JSON.</summary>
static class JsonBody
{
    /// <summary>An element, null for an empty body that is allowed, or what is wrong.</summary>
    internal static async Task<(JsonElement? Value, string? Problem)> ReadAsync(HttpRequest request, bool mayBeEmpty)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        if (buffer.Length == 0)
        {
            return (null, mayBeEmpty ? null : "The body is empty; expected JSON.");
        }

        try
        {
            return (JsonSerializer.Deserialize<JsonElement>(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)), null);
        }
        catch (JsonException e)
        {
            return (null, $"The body is not JSON: {e.Message}");
        }
    }
}
