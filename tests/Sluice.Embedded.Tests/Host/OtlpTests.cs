using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded.Tests.Host;

/// <summary>What a collector receives of an app: its traces, metrics and logs, held together by the trace that the caller began.</summary>
public sealed class OtlpTests
{
    const string trace = "0af7651916cd43dd8448eb211c80319c";
    const string hostJson = """{ "version": "2.0", "telemetryMode": "OpenTelemetry" }""";

    [Fact]
    public async Task A_collector_receives_traces_metrics_and_logs_of_one_request()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using (var app = await TestApp.StartAsync(Setup(hostJson, collector.Address)))
        {
            using var start = new HttpRequestMessage(HttpMethod.Post, "/runtime/webhooks/durabletask/orchestrators/Parcel/parcel-1");
            start.Content = new StringContent("\"film\"", Encoding.UTF8, "application/json");
            start.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");
            await app.Http.SendAsync(start);
            var end = await app.Services.GetRequiredService<DurableEngine>().Client.WaitForInstanceCompletionAsync("parcel-1", true);
            Assert.Equal(trace, end.ReadOutputAs<string>());
        }

        var spans = collector.Spans.Where(span => span.TraceId == trace).ToList();
        Assert.Equal(
            [
                "POST /runtime/webhooks/durabletask/orchestrators/{name}/{id?}", "activity:Wrap", "create_orchestration:Parcel", "function Wrap",
                "orchestration:Parcel",
            ],
            spans.Select(span => span.Name).Order(StringComparer.Ordinal));
        Assert.Equal("parcel-1", spans.Single(span => span.Name == "activity:Wrap").Attributes["durabletask.task.instance_id"]);
        Assert.Contains(("Wrapping film", trace), collector.Logs);
        Assert.Superset(new HashSet<string> { "sluice.durable.orchestrations", "sluice.durable.activity.duration" }, collector.Metrics.ToHashSet());
        Assert.Equal(["parcels"], collector.Services);
    }

    [Theory]
    [InlineData("""{ "version": "2.0" }""", true)]
    [InlineData(hostJson, false)]
    public async Task Nothing_is_sent_unless_both_host_json_and_an_address_ask_for_it(string host, bool hasAddress)
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using (var app = await TestApp.StartAsync(Setup(host, hasAddress ? collector.Address : "")))
        {
            await app.Services.GetRequiredService<DurableEngine>().Client.ScheduleNewOrchestrationInstanceAsync("Parcel", "film");
        }

        Assert.Empty(collector.Services);
    }

    [Fact]
    public void An_address_that_is_none_is_refused_at_start()
    {
        using var folder = new TempFolder();

        var refused = Assert.Throws<InvalidDataException>(() => TestApp.Build(Setup(hostJson, "localhost:4317"), folder));

        Assert.Equal(
            "OTEL_EXPORTER_OTLP_ENDPOINT is 'localhost:4317'; expected the address of a collector, such as http://localhost:4317.", refused.Message);
    }

    static AppSetup Setup(string host, string address) => new()
    {
        Functions = [typeof(Parcels)],
        HostJson = host,
        Settings = new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = "parcels",
        },
    };

    public sealed class Parcels(ILogger<Parcels> logger)
    {
        [Function("Parcel")]
        public static Task<string> Parcel([OrchestrationTrigger] TaskOrchestrationContext context, string item)
            => context.CallActivityAsync<string>("Wrap", item);

        /// <summary>Returns the trace that it belongs to.</summary>
        [Function("Wrap")]
        public string Wrap([ActivityTrigger] string item, FunctionContext context)
        {
            logger.Log(LogLevel.Information, default, "Wrapping " + item, null, (text, _) => text);
            return context.TraceContext.TraceParent.Split('-')[1];
        }
    }
}
