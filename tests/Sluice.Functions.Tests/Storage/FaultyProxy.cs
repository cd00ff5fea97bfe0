using System.Net;
using System.Net.Sockets;

namespace Sluice.Functions.Tests.Storage;

/// <summary>
/// A TCP proxy before the emulator that does to some connections what networks do: reset them, cut an answer in the middle, hold an answer back, or
/// never deliver it. What it does to which connection follows from the seed.
/// </summary>
sealed class FaultyProxy : IAsyncDisposable
{
    static readonly TimeSpan delay = TimeSpan.FromMilliseconds(30);

    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly Uri target;
    readonly Random random;
    readonly double share;
    readonly Task accepting;
    readonly int[] counts = new int[Enum.GetValues<Fault>().Length];

    /// <param name="target">Where it forwards to.</param>
    /// <param name="seed">Of what it does.</param>
    /// <param name="share">Of answers that have a fault.</param>
    public FaultyProxy(Uri target, int seed, double share)
    {
        this.target = target;
        this.share = share;
        random = new Random(seed);
        listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        accepting = AcceptAsync();
    }

    public enum Fault
    {
        None,
        Reset,
        Truncate,
        Delay,
        Lose,
    }

    public Uri Address { get; }

    public int Count(Fault fault) => Volatile.Read(ref counts[(int)fault]);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ForwardAsync(await listener.AcceptSocketAsync(stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    async Task ForwardAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        using (var over = CancellationTokenSource.CreateLinkedTokenSource(stop.Token))
        {
            try
            {
                await server.ConnectAsync(target.Host, target.Port, over.Token);
                await Task.WhenAny(PumpAsync(client, server, faulty: false, over.Token), PumpAsync(server, client, faulty: true, over.Token));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
            }

            await over.CancelAsync();
        }
    }

    async Task PumpAsync(Socket from, Socket to, bool faulty, CancellationToken cancellation)
    {
        try
        {
            var buffer = new byte[16 << 10];
            while (await from.ReceiveAsync(buffer, cancellation) is > 0 and var length)
            {
                switch (faulty ? Next() : Fault.None)
                {
                    case Fault.Reset:
                        // Without lingering, closing sends a reset.
                        to.LingerState = new LingerOption(true, 0);
                        return;
                    case Fault.Truncate:
                        await to.SendAsync(buffer.AsMemory(0, length / 2), cancellation);
                        return;
                    case Fault.Lose:
                        return;
                    case Fault.Delay:
                        await Task.Delay(delay, cancellation);
                        break;
                }

                for (var sent = 0; sent < length;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, length - sent), cancellation);
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    Fault Next()
    {
        lock (random)
        {
            var fault = random.NextDouble() < share ? (Fault)random.Next(1, counts.Length) : Fault.None;
            counts[(int)fault]++;
            return fault;
        }
    }
}
