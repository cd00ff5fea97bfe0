using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sluice.Tests.Storage;

/// <summary>As much of a Redis server as a cache uses, on loopback: AUTH, SELECT, GET, SET; and answers of one's own.</summary>
sealed class TinyRedis : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource end = new();
    readonly Task accepting;
    readonly X509Certificate2? certificate;

    public TinyRedis(string? password = null, bool tls = false)
    {
        Password = password;
        certificate = tls ? SelfSigned() : null;
        listener.Start();
        accepting = AcceptAsync();
    }

    public string? Password { get; }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string? CertificateHash => certificate?.GetCertHashString();

    public ConcurrentDictionary<string, byte[]> Values { get; } = new();

    /// <summary>Commands with their arguments; values left out.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    public int Connections { get; private set; }

    /// <summary>What is answered to GET instead; an empty one is no answer at all.</summary>
    public string? Answer { get; set; }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(end.Token);
                Connections++;
                _ = ServeAsync(client);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        try
        {
            using var _ = client;
            Stream stream = client.GetStream();
            if (certificate is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(certificate);
                stream = secure;
            }

            var isIn = Password is null;
            while (await ReadAsync(stream) is { } command)
            {
                var name = Encoding.ASCII.GetString(command[0]);
                Commands.Enqueue(string.Join(' ', command.Where((_, i) => name != "SET" || i != 2).Select(Encoding.UTF8.GetString)));
                isIn |= name == "AUTH" && Encoding.UTF8.GetString(command[^1]) == Password;
                if (name == "GET" && Answer is not null)
                {
                    await WriteAsync(stream, Encoding.ASCII.GetBytes(Answer));
                    continue;
                }

                await WriteAsync(stream, name switch
                {
                    "AUTH" => isIn ? "+OK\r\n"u8.ToArray() : Encoding.ASCII.GetBytes($"-WRONGPASS no such password: {Encoding.UTF8.GetString(command[^1])}\r\n"),
                    _ when !isIn => "-NOAUTH Authentication required.\r\n"u8.ToArray(),
                    "GET" => Values.TryGetValue(Encoding.UTF8.GetString(command[1]), out var value) ? [.. Encoding.ASCII.GetBytes($"${value.Length}\r\n"), .. value, .. "\r\n"u8] : "$-1\r\n"u8.ToArray(),
                    "SET" => Set(command),
                    _ => "+OK\r\n"u8.ToArray(),
                });
            }
        }
        catch (Exception error) when (error is IOException or SocketException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
            // The client is gone.
        }
    }

    byte[] Set(byte[][] command)
    {
        Values[Encoding.UTF8.GetString(command[1])] = command[2];
        return "+OK\r\n"u8.ToArray();
    }

    static async Task WriteAsync(Stream stream, byte[] bytes)
    {
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    static async Task<byte[][]?> ReadAsync(Stream stream)
    {
        var head = await LineAsync(stream);
        if (head.Length == 0)
        {
            return null;
        }

        var parts = new byte[int.Parse(head[1..])][];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = new byte[int.Parse((await LineAsync(stream))[1..])];
            await stream.ReadExactlyAsync(parts[i]);
            await stream.ReadExactlyAsync(new byte[2]);
        }

        return parts;
    }

    static async Task<string> LineAsync(Stream stream)
    {
        var line = new StringBuilder();
        var next = new byte[1];
        while (await stream.ReadAsync(next) == 1 && next[0] != '\n')
        {
            line.Append((char)next[0]);
        }

        return line.ToString().TrimEnd('\r');
    }

    static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await accepting;
        listener.Stop();
        end.Dispose();
        certificate?.Dispose();
    }
}
