using System.Globalization;

namespace Sluice.Storage;

/// <summary>Where a Redis server is, and how to get in. Never shown: it holds a password.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">Port.</param>
/// <param name="IsTls">Whether the connection is encrypted.</param>
/// <param name="User">User of the access list; null: the default one.</param>
/// <param name="Password">Password or key; null: none is asked for.</param>
/// <param name="Database">Number of the database.</param>
/// <param name="Timeout">Longest time that connecting, and each command, may take.</param>
public sealed record RedisAddress(string Host, int Port, bool IsTls, string? User, string? Password, int Database, TimeSpan Timeout)
{
    const int PlainPort = 6379, TlsPort = 6380;

    // What other clients know and what has no meaning here.
    static readonly string[] passedOver = ["abortconnect", "allowadmin", "connectretry", "keepalive", "name", "resolvedns", "sslprotocols", "version", "protocol", "asynctimeout", "synctimeout"];

    static readonly TimeSpan defaultTimeout = TimeSpan.FromSeconds(2);

    public override string ToString() => $"{Host}:{Port}";

    /// <summary>Reads <c>host:6380,password=…,ssl=true</c>, as Azure gives it, or <c>rediss://user:password@host:6380/0</c>.</summary>
    /// <exception cref="StoreException">It is neither; the message names the part and never its value.</exception>
    public static RedisAddress Parse(string text) => text.Contains("://", StringComparison.Ordinal) ? OfUri(text) : OfParts(text);

    static RedisAddress OfUri(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0)
        {
            throw Wrong("it is no address");
        }

        var isTls = uri.Scheme == "rediss";
        var login = uri.UserInfo.Split(':', 2);
        var database = uri.AbsolutePath.Trim('/');
        return new RedisAddress(
            uri.Host, uri.Port > 0 ? uri.Port : isTls ? TlsPort : PlainPort, isTls, login is [{ Length: > 0 } user, _] ? Uri.UnescapeDataString(user) : null,
            login is [_, { Length: > 0 } password] ? Uri.UnescapeDataString(password) : null, database.Length == 0 ? 0 : Number("database", database), defaultTimeout);
    }

    static RedisAddress OfParts(string text)
    {
        var parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length == 0 || parts[0].Contains('=', StringComparison.Ordinal))
        {
            throw Wrong("it does not begin with a host");
        }

        var (address, port) = (new RedisAddress(parts[0], 0, false, null, null, 0, defaultTimeout), 0);
        if (parts[0].LastIndexOf(':') is var colon and > 0)
        {
            (address, port) = (address with { Host = parts[0][..colon] }, Number("port", parts[0][(colon + 1)..]));
        }

        foreach (var part in parts.Skip(1))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var (key, value) = at < 0 ? (part, "") : (part[..at].Trim().ToLowerInvariant(), part[(at + 1)..].Trim());
            address = key switch
            {
                "password" => address with { Password = value },
                "user" => address with { User = value },
                "ssl" => address with { IsTls = bool.TryParse(value, out var tls) ? tls : throw Wrong("ssl is neither true nor false") },
                "defaultdatabase" => address with { Database = Number("defaultDatabase", value) },
                "connecttimeout" => address with { Timeout = TimeSpan.FromMilliseconds(Math.Max(1, Number("connectTimeout", value))) },
                _ when passedOver.Contains(key) => address,

                // What has no name may be a piece of a password with a comma in it: it is not repeated.
                _ => throw Wrong("a part of it is not known; known are password, user, ssl, defaultDatabase and connectTimeout"),
            };
        }

        return address with { Port = port > 0 ? port : address.IsTls ? TlsPort : PlainPort };
    }

    static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong($"its {name} is no whole number");

    static StoreException Wrong(string what) =>
        new($"The address of Redis cannot be used: {what}. Expected host:port,password=…,ssl=true or rediss://user:password@host:port/0.");
}
