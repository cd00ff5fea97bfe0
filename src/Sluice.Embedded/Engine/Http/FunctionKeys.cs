using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Sluice.Embedded;

/// <summary>The keys of this store: made at random on the first start, readable by the owner only.</summary>
sealed class FunctionKeys
{
    const string header = "x-functions-key";
    const string queryParameter = "code";
    readonly KeyFile keys;

    public FunctionKeys(EmbeddedOptions options, EmbeddedUrls urls)
    {
        Path = options.Folder("keys.json");
        Required = options.RequireKeys || !urls.LoopbackOnly;
        keys = ReadOrCreate(Path);
    }

    internal string Path { get; }

    /// <summary>False on loopback unless asked for, as with Core Tools.</summary>
    internal bool Required { get; }

    /// <summary>The key of the HTTP management API.</summary>
    internal string DurableTask => keys.DurableTask;

    internal bool Allows(HttpRequest request, AuthorizationLevel level) => !Required || level switch
    {
        AuthorizationLevel.Anonymous => true,
        AuthorizationLevel.Function => Matches(request, keys.Function) || Matches(request, keys.Master),
        _ => Matches(request, keys.Master),
    };

    internal bool AllowsManagement(HttpRequest request) => !Required || Matches(request, keys.DurableTask) || Matches(request, keys.Master);

    static bool Matches(HttpRequest request, string key)
    {
        var given = (string?)request.Headers[header] is { Length: > 0 } inHeader ? inHeader : (string?)request.Query[queryParameter];
        return given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(key));
    }

    static KeyFile ReadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(new KeyFile(NewKey(), NewKey(), NewKey()));
            StoreFile.CreatePrivate(path, bytes);
        }

        try
        {
            return JsonSerializer.Deserialize<KeyFile>(File.ReadAllBytes(path)) is { Master.Length: > 0, Function.Length: > 0, DurableTask.Length: > 0 } read
                ? read
                : throw new JsonException("A key is missing.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' does not hold the keys Master, Function and DurableTask: {e.Message} Delete it to get new keys.", e);
        }
    }

    static string NewKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(40));

    sealed record KeyFile(string Master, string Function, string DurableTask);
}
