using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Steps;

namespace Sluice.Functions.Api;

/// <summary>Small JSON bodies of requests, in the dialect of options: snake_case and strict.</summary>
static class JsonBody
{
    /// <exception cref="DataException">It is too large, no JSON, or not what is expected.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, int maxBytes, CancellationToken cancellation)
    {
        var bytes = new byte[maxBytes + 1];
        var read = await request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        try
        {
            return read > maxBytes
                ? throw new DataException($"The body is too large. It may have {maxBytes:N0} bytes.")
                : JsonSerializer.Deserialize<T>(bytes.AsSpan(0, read), StepJson.Options) ?? throw new DataException("The body is null; expected an object.");
        }
        catch (JsonException wrong)
        {
            throw new DataException($"The body is not the JSON that is expected: {wrong.Message}", wrong);
        }
    }
}
