using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded.Tests.Host;

/// <summary>A collector on loopback that takes OTLP over HTTP, and reads of it what tests ask for.</summary>
sealed class OtlpCollector : IAsyncDisposable
{
    readonly WebApplication server;
    readonly ConcurrentQueue<(string Path, byte[] Body)> received = new();

    OtlpCollector(WebApplication server) => this.server = server;

    public string Address => server.Urls.Single();

    public IReadOnlyList<Span> Spans => [.. Of("/v1/traces", 1, 2, 2).Select(span => new Span(
        Text(Field(span, 5)), Convert.ToHexStringLower(Field(span, 1)), Attributes(span, 9)))];

    public IReadOnlyList<(string Message, string TraceId)> Logs => [.. Of("/v1/logs", 1, 2, 2).Select(record => (
        Text(Field(Field(record, 5), 1)), Convert.ToHexStringLower(Field(record, 9))))];

    public IReadOnlySet<string> Metrics => Of("/v1/metrics", 1, 2, 2).Select(metric => Text(Field(metric, 1))).ToHashSet();

    /// <summary>The names of the services that sent something.</summary>
    public IReadOnlySet<string> Services => Of("/v1/traces", 1, 1).Concat(Of("/v1/logs", 1, 1)).Concat(Of("/v1/metrics", 1, 1))
        .Select(resource => Attributes(resource, 1)["service.name"]).ToHashSet();

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new OtlpCollector(builder.Build());
        collector.server.MapPost("/v1/{signal}", async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            collector.received.Enqueue((context.Request.Path, body.ToArray()));
            context.Response.ContentType = "application/x-protobuf";
        });
        await collector.server.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    /// <summary>The messages that lie at a path of field numbers in every request for one signal.</summary>
    IEnumerable<byte[]> Of(string path, params int[] fields) => fields.Aggregate(
        received.Where(request => request.Path == path).Select(request => request.Body),
        (messages, field) => messages.SelectMany(message => Fields(message, field)));

    static Dictionary<string, string> Attributes(byte[] message, int field) => Fields(message, field)
        .ToDictionary(pair => Text(Field(pair, 1)), pair => Text(Field(Field(pair, 2), 1)));

    static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    static byte[] Field(byte[] message, int number) => Fields(message, number).FirstOrDefault() ?? [];

    /// <summary>The values of a field that has a length, in Protocol Buffers' wire format.</summary>
    static List<byte[]> Fields(byte[] message, int number)
    {
        var found = new List<byte[]>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Number(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Number(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Number(message, ref at);
                    if (tag >> 3 == (ulong)number)
                    {
                        found.Add(message[at..(at + length)]);
                    }

                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7} at byte {at}.");
            }
        }

        return found;
    }

    static ulong Number(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}

/// <summary>A span as it arrived. Attributes that are not text are empty.</summary>
sealed record Span(string Name, string TraceId, IReadOnlyDictionary<string, string> Attributes);
