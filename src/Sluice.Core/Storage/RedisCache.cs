using System.Buffers.Text;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Sluice.Storage;

/// <summary>
/// Values by key on a Redis server, kept for a while: GET and SET over RESP2, one connection, TLS where the address says so. A cache is never in the way: where the
/// server is away, slow or refuses, a value is not there, nothing is kept, and it is told once until the server answers again.
/// </summary>
/// <param name="address">The server.</param>
/// <param name="time">Clock.</param>
/// <param name="away">Told why the server cannot be used, once each time; the address and no password is in it.</param>
/// <param name="trust">Decides over the server's certificate; null: the machine does.</param>
public sealed class RedisCache(RedisAddress address, TimeProvider time, Action<string> away, RemoteCertificateValidationCallback? trust = null) : IAsyncDisposable
{
    const int MaxValueBytes = 64 << 20, MaxLineBytes = 64 << 10;

    // So that not every request waits for a server that is not there.
    static readonly TimeSpan rest = TimeSpan.FromSeconds(30);

    readonly SemaphoreSlim turn = new(1, 1);
    Stream? connection;
    DateTimeOffset restsUntil;
    bool wasAway;

    /// <summary>The value; null when there is none or the server cannot be used.</summary>
    public Task<byte[]?> GetAsync(string key, CancellationToken cancellation) => TryAsync(cancellation, "GET"u8.ToArray(), Encoding.UTF8.GetBytes(key));

    /// <summary>Keeps a value for a time, as far as the server can be used.</summary>
    public Task SetAsync(string key, byte[] value, TimeSpan expiry, CancellationToken cancellation) => value.Length > MaxValueBytes ? Task.CompletedTask : TryAsync(
        cancellation, "SET"u8.ToArray(), Encoding.UTF8.GetBytes(key), value, "PX"u8.ToArray(), Text(Math.Max(1, (long)expiry.TotalMilliseconds)));

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        turn.Dispose();
    }

    async Task<byte[]?> TryAsync(CancellationToken cancellation, params byte[][] command)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (time.GetUtcNow() < restsUntil)
            {
                return null;
            }

            using var limit = new CancellationTokenSource(address.Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            try
            {
                connection ??= await ConnectAsync(either.Token);
                var value = await CallAsync(connection, either.Token, command);
                wasAway = false;
                return value;
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested
                && error is IOException or SocketException or AuthenticationException or OperationCanceledException or InvalidDataException)
            {
                await CloseAsync();
                restsUntil = time.GetUtcNow() + rest;
                if (!wasAway)
                {
                    wasAway = true;
                    away(error is OperationCanceledException ? $"{address} did not answer within {address.Timeout.TotalSeconds:0.#} s." : $"{address}: {error.Message}");
                }

                return null;
            }
            catch (OperationCanceledException)
            {
                // Half an answer may be under way.
                await CloseAsync();
                throw;
            }
        }
        finally
        {
            turn.Release();
        }
    }

    async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellation);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (address.IsTls)
            {
                var tls = new SslStream(stream, leaveInnerStreamOpen: false, trust);
                stream = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, cancellation);
            }

            if (address.Password is { } password)
            {
                byte[][] login = address.User is { } user ? ["AUTH"u8.ToArray(), Encoding.UTF8.GetBytes(user), Encoding.UTF8.GetBytes(password)] : ["AUTH"u8.ToArray(), Encoding.UTF8.GetBytes(password)];
                await CallAsync(stream, cancellation, login);
            }

            if (address.Database > 0)
            {
                await CallAsync(stream, cancellation, "SELECT"u8.ToArray(), Text(address.Database));
            }

            return stream;
        }
        catch
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            socket.Dispose();
            throw;
        }
    }

    static async Task<byte[]?> CallAsync(Stream stream, CancellationToken cancellation, params byte[][] command)
    {
        var request = new MemoryStream();
        request.Write(Encoding.ASCII.GetBytes($"*{command.Length}\r\n"));
        foreach (var part in command)
        {
            request.Write(Encoding.ASCII.GetBytes($"${part.Length}\r\n"));
            request.Write(part);
            request.Write("\r\n"u8);
        }

        await stream.WriteAsync(request.GetBuffer().AsMemory(0, (int)request.Length), cancellation);
        await stream.FlushAsync(cancellation);
        var line = await LineAsync(stream, cancellation);
        switch (line.Length == 0 ? 0 : line[0])
        {
            case (byte)'+' or (byte)':':
                return line[1..];
            case (byte)'$' when Utf8Parser.TryParse(line.AsSpan(1), out int length, out var used) && used == line.Length - 1 && length is >= -1 and <= MaxValueBytes:
                return length < 0 ? null : await ValueAsync(stream, length, cancellation);
            case (byte)'-':
                // The first word is the kind of error; the rest may repeat what was sent.
                throw new InvalidDataException($"it refused with {Encoding.UTF8.GetString(line.AsSpan(1)).Split(' ', 2)[0]}.");
            default:
                throw new InvalidDataException("what it answered is not Redis' protocol.");
        }
    }

    static async Task<byte[]> ValueAsync(Stream stream, int length, CancellationToken cancellation)
    {
        var value = new byte[length + 2];
        await stream.ReadExactlyAsync(value, cancellation);
        return value[..length];
    }

    static async Task<byte[]> LineAsync(Stream stream, CancellationToken cancellation)
    {
        var line = new MemoryStream();
        var next = new byte[1];
        while (line.Length < MaxLineBytes)
        {
            await stream.ReadExactlyAsync(next, cancellation);
            if (next[0] == '\n')
            {
                return line.ToArray()[..Math.Max(0, (int)line.Length - 1)];
            }

            line.WriteByte(next[0]);
        }

        throw new InvalidDataException("what it answered is not Redis' protocol.");
    }

    async ValueTask CloseAsync()
    {
        var closing = connection;
        connection = null;
        try
        {
            await (closing?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            // It is gone already.
        }
    }

    static byte[] Text(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
