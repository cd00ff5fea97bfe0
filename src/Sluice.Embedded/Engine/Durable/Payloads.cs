using System.Text;
using Microsoft.DurableTask;

namespace Sluice.Embedded.Durable;

/// <summary>Everything that crosses the engine goes through JSON and has a size limit.</summary>
sealed class Payloads(DataConverter converter, DurableEngineOptions options)
{
    public DataConverter Converter => converter;

    public string? Write(object? value, string what) => Check(converter.Serialize(value), what);

    public T Read<T>(string? json) => converter.Deserialize<T>(json)!;

    /// <summary>Refuses a payload over the limit. <paramref name="what"/> names it, as in: input of activity 'Clean'.</summary>
    public string? Check(string? json, string what)
        => Check(json, what, options.MaxPayloadBytes, "Pass a reference (a file name, a key) instead of the data");

    public string? WriteStatus(object? value, string orchestrator)
        => Check(
            converter.Serialize(value), $"custom status of orchestrator '{orchestrator}'", options.MaxCustomStatusBytes,
            "Keep progress counts in it, not data");

    static string? Check(string? json, string what, int limit, string advice)
    {
        var size = json is null ? 0 : Encoding.UTF8.GetByteCount(json);
        return size <= limit
            ? json
            : throw new PayloadTooLargeException($"The {what} is too large: found {size} bytes of JSON, expected at most {limit}. {advice}.");
    }
}

/// <summary>A payload over the limit. It would be as large at every further attempt, so it is not retried.</summary>
sealed class PayloadTooLargeException(string message) : ArgumentException(message);
