using System.Collections.Concurrent;
using System.Text.Json;
using Azure.Core.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded.Tests.Host;

public sealed class DurableHostTests
{
    [Fact]
    public async Task An_http_function_starts_an_orchestration_and_activities_get_their_inputs()
    {
        await using var app = await StartAsync();

        var response = await app.Http.PostAsync(new Uri("/api/orders/film/3", UriKind.Relative), null);

        Assert.Equal("sent 3 x film for ID True True", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Runs_without_http_for_a_program_that_hosts_the_app()
    {
        await using var app = await StartAsync(new AppSetup { Settings = { ["Sluice:Http"] = "false" } });
        var client = app.Services.GetRequiredService<DurableEngine>().Client;

        var id = await client.ScheduleNewOrchestrationInstanceAsync("alias");
        var done = await client.WaitForInstanceCompletionAsync(id, true);

        Assert.Equal("Alias", done.ReadOutputAs<string>(), ignoreCase: true);
        Assert.Null(app.Services.GetService<EmbeddedServer>());
    }

    [Fact]
    public async Task Middleware_goes_around_every_kind_of_call_and_may_choose_by_trigger()
    {
        var seen = new ConcurrentQueue<string>();
        await using var app = await StartAsync(new AppSetup
        {
            Configure = builder =>
            {
                builder.UseMiddleware(async (context, next) =>
                {
                    seen.Enqueue($"> {context.FunctionDefinition.Name}");
                    await next();
                    seen.Enqueue($"< {context.FunctionDefinition.Name}");
                });
                builder.UseWhen(
                    context => context.FunctionDefinition.InputBindings.Values.Any(b => b.Type == "activityTrigger"),
                    async (context, next) =>
                    {
                        await Task.Yield();
                        seen.Enqueue($"activity {context.BindingContext.BindingData["instanceId"] is string} {context.FunctionDefinition.Name}");
                        await next();
                    });
            },
        });

        await app.Http.PostAsync(new Uri("/api/orders/film/3", UriKind.Relative), null);

        Assert.Equal(
            [
                "> Chain", "> Chain", "> Chain", "> Order", "> Pack", "> Send", "< Chain", "< Order", "< Pack", "< Send", "activity True Pack", "activity True Send",
            ],
            seen.Order(StringComparer.Ordinal).OrderBy(s => s[0] switch { '>' => 0, '<' => 1, _ => 2 }));
    }

    [Fact]
    public async Task Payloads_go_through_the_serialiser_of_the_worker_options()
    {
        await using var app = await StartAsync(new AppSetup
        {
            Configure = builder => builder.Services.Configure<WorkerOptions>(options =>
                options.Serializer = new JsonObjectSerializer(new JsonSerializerOptions(JsonSerializerDefaults.Web))),
        });
        var client = app.Services.GetRequiredService<DurableEngine>().Client;

        var id = await client.ScheduleNewOrchestrationInstanceAsync("Chain", new Order("film", 1));
        var done = await client.WaitForInstanceCompletionAsync(id, true);

        Assert.Equal("""{"item":"film","count":1}""", done.SerializedInput);
    }

    [Fact]
    public async Task A_function_over_its_time_fails_although_it_returned()
    {
        await using var app = await TestApp.StartAsync(new AppSetup
        {
            Functions = [typeof(SlowFunctions)],
            HostJson = """{ "version": "2.0", "functionTimeout": "00:00:00.050" }""",
        });
        var client = app.Services.GetRequiredService<DurableEngine>().Client;

        var id = await client.ScheduleNewOrchestrationInstanceAsync("Slow");
        var done = await client.WaitForInstanceCompletionAsync(id, true);

        Assert.Contains(
            "Function 'Late' took longer than functionTimeout of host.json ('00:00:00.0500000') allows. Its result is dropped.",
            done.FailureDetails!.ToString() + done.FailureDetails.InnerFailure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_that_waits_in_the_store_goes_on_after_a_restart()
    {
        using var folder = new TempFolder();
        string id;
        await using (var app = await StartAsync(new AppSetup { Folder = folder }))
        {
            var client = app.Services.GetRequiredService<DurableEngine>().Client;
            id = await client.ScheduleNewOrchestrationInstanceAsync("Waits");
            await client.WaitForInstanceStartAsync(id);
        }

        await using var again = await StartAsync(new AppSetup { Folder = folder });
        var sameClient = again.Services.GetRequiredService<DurableEngine>().Client;
        await sameClient.RaiseEventAsync(id, "go", "went");
        var done = await sameClient.WaitForInstanceCompletionAsync(id, true);

        Assert.Equal("went", done.ReadOutputAs<string>());
        Assert.True(File.Exists(folder.File("store", "durable", "hub.db")) || Directory.EnumerateFiles(folder.File("store", "durable")).Any());
    }

    [Fact]
    public void An_app_without_durable_functions_has_no_engine()
    {
        using var folder = new TempFolder();
        using var host = TestApp.Build(new AppSetup { Functions = [typeof(HttpFunctions)] }, folder);

        Assert.Null(host.Services.GetService<DurableEngine>());
    }

    static Task<TestApp> StartAsync(AppSetup? setup = null)
    {
        setup ??= new AppSetup();
        return TestApp.StartAsync(setup with
        {
            Functions = [typeof(DurableFunctions)],
            Configure = builder =>
            {
                builder.Services.AddScoped<Scoped>();
                setup.Configure?.Invoke(builder);
            },
        });
    }

    public static class SlowFunctions
    {
        [Function("Slow")]
        public static Task Slow([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync("Late");

        [Function("Late")]
        public static async Task<string> Late([ActivityTrigger] string? nothing, CancellationToken cancellation)
        {
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return "too late";
        }
    }
}
