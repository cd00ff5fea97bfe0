using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Sluice.Functions.Crowd;

/// <summary>What the service said.</summary>
/// <param name="Body">The answer; nothing where it refused.</param>
/// <param name="Code">Code of the refusal, such as <c>AWS.MechanicalTurk.HitAlreadyExists</c>; null: it did not refuse.</param>
/// <param name="Message">Its message.</param>
sealed record TurkReply(JsonElement Body, string? Code, string? Message);

/// <summary>The requester API of Mechanical Turk (2017-01-17): JSON 1.1 by POST, signed.</summary>
public sealed class MechanicalTurk(IOptions<MechanicalTurkOptions> options, TimeProvider time) : IDisposable
{
    const string Target = "MTurkRequesterServiceV20170117.", Service = "mturk-requester", Json = "application/x-amz-json-1.1";
    const int MaxReplyBytes = 16 << 20;

    readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(60),
        MaxResponseContentBufferSize = MaxReplyBytes,
    };

    MechanicalTurkOptions Settings => options.Value;

    /// <summary>Whether there is an account.</summary>
    public bool IsConfigured => Settings.AccessKey.Length > 0;

    /// <summary>Calls an operation.</summary>
    /// <exception cref="TransientException">The service does not answer, has too much to do, or has a fault.</exception>
    internal async Task<TurkReply> CallAsync(string operation, object request, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request);
        using var message = Signed(operation, body);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(message, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new TransientException($"Mechanical Turk at {Settings.Endpoint} does not answer to {operation}: {e.Message}", e);
        }

        using (response)
        {
            return Read(operation, response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation));
        }
    }

    public void Dispose() => http.Dispose();

    HttpRequestMessage Signed(string operation, byte[] body)
    {
        var address = new Uri(new Uri(Settings.Endpoint), "/");
        var headers = new Dictionary<string, string>
        {
            ["content-type"] = Json,
            ["host"] = address.Authority,
            ["x-amz-date"] = AwsSignature.Time(time.GetUtcNow()),
            ["x-amz-target"] = Target + operation,
        };
        if (Settings.SessionToken.Length > 0)
        {
            headers["x-amz-security-token"] = Settings.SessionToken;
        }

        var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Json);
        foreach (var (name, value) in headers.Where(h => h.Key.StartsWith("x-amz-", StringComparison.Ordinal)))
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        message.Headers.TryAddWithoutValidation(
            "Authorization", AwsSignature.Authorization("POST", "/", headers, body, Settings.AccessKey, Settings.SecretKey, Settings.Region, Service));
        return message;
    }

    static TurkReply Read(string operation, HttpStatusCode status, byte[] bytes)
    {
        JsonElement body;
        try
        {
            body = bytes.Length == 0 ? default : JsonDocument.Parse(bytes).RootElement;
        }
        catch (JsonException)
        {
            body = default;
        }

        if (status == HttpStatusCode.OK)
        {
            return new TurkReply(body, null, null);
        }

        var (type, code, message) = (Text(body, "__type"), Text(body, "TurkErrorCode"), Text(body, "Message") ?? Text(body, "message"));
        if ((int)status >= 500 || status == HttpStatusCode.TooManyRequests || type?.Contains("Throttling", StringComparison.Ordinal) == true || type?.Contains("ServiceFault", StringComparison.Ordinal) == true)
        {
            throw new TransientException($"Mechanical Turk cannot do {operation} now ({(int)status}): {message ?? type}");
        }

        return new TurkReply(default, code ?? type ?? status.ToString(), message ?? $"status {(int)status}");
    }

    static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
