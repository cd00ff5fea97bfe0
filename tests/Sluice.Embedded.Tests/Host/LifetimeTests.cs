using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded.Tests.Host;

public sealed class LifetimeTests
{
    [Fact]
    public async Task A_function_that_waits_does_not_hold_up_the_end_of_the_program()
    {
        var entered = new TaskCompletionSource();
        await using var app = await StartAsync(entered);
        var waiting = app.Http.GetAsync(new Uri("/api/Waiting", UriKind.Relative));
        await entered.Task;
        var watch = Stopwatch.StartNew();

        app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        var response = await waiting;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Each_call_has_a_scope_of_its_own_that_ends_with_it()
    {
        Scoped[] seen = [];
        await using var app = await StartAsync(configure: builder => builder.UseMiddleware(async (context, next) =>
        {
            seen = [.. seen, context.InstanceServices.GetRequiredService<Scoped>()];
            await next();
        }));

        var first = await app.Http.GetStringAsync(new Uri("/api/Scope", UriKind.Relative));
        var second = await app.Http.GetStringAsync(new Uri("/api/Scope", UriKind.Relative));

        Assert.Equal(seen.Select(s => s.Id.ToString()), [first, second]);
        Assert.NotEqual(first, second);
        await Wait.UntilAsync("both scopes have ended", () => seen.All(s => s.IsDisposed));
    }

    [Fact]
    public async Task Middleware_classes_run_in_order_and_may_answer_themselves()
    {
        await using var app = await StartAsync(configure: builder =>
        {
            builder.UseWhen<Refuse>(context => context.GetHttpContext()!.Request.Query.ContainsKey("refuse"));
            builder.UseMiddleware<Count>();
        });

        var refused = await app.Http.GetAsync(new Uri("/api/Scope?refuse=1", UriKind.Relative));
        var allowed = await app.Http.GetAsync(new Uri("/api/Scope", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.Equal(1, app.Services.GetRequiredService<Count>().Calls);
    }

    [Fact]
    public async Task A_trace_goes_on_from_the_caller_to_the_function()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.Azure.Functions.Worker",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var app = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/Traced");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        var told = await (await app.Http.SendAsync(request)).Content.ReadAsStringAsync();

        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 0af7651916cd43dd8448eb211c80319c", told);
        await Wait.UntilAsync("the span has ended", () =>
        {
            lock (spans)
            {
                return spans.Any(s => s.OperationName == "function Traced" && s.ParentSpanId.ToString() == "b7ad6b7169203331" && (string?)s.GetTagItem("faas.name") == "Traced");
            }
        });
    }

    [Fact]
    public async Task Refuses_a_time_zone_that_schedules_would_not_follow()
    {
        var thrown = await Assert.ThrowsAsync<NotSupportedException>(() => TestApp.StartAsync(new AppSetup
        {
            Functions = [typeof(Nightly)],
            Settings = { ["WEBSITE_TIME_ZONE"] = "Europe/Berlin" },
        }));

        Assert.Contains("WEBSITE_TIME_ZONE is 'Europe/Berlin'; schedules are in UTC here", thrown.Message, StringComparison.Ordinal);
    }

    static Task<TestApp> StartAsync(
        TaskCompletionSource? entered = null, Action<Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder>? configure = null) =>
        TestApp.StartAsync(new AppSetup
        {
            Functions = [typeof(Functions)],
            Configure = builder =>
            {
                builder.Services.AddScoped<Scoped>().AddSingleton(entered ?? new TaskCompletionSource());
                configure?.Invoke(builder);
            },
        });

    public sealed class Functions(TaskCompletionSource entered, IServiceProvider services)
    {
        [Function("Waiting")]
        public async Task<IResult> Waiting([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, CancellationToken cancellation)
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return Results.Ok();
        }

        [Function("Scope")]
        public IResult Scope([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, FunctionContext context)
        {
            context.GetLogger<Functions>().Log(LogLevel.Information, default, "in", null, static (text, _) => text);
            return Results.Text(services.GetRequiredService<Scoped>().Id.ToString());
        }

        [Function("Traced")]
        public static IResult Traced([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, FunctionContext context) =>
            Results.Text($"{context.TraceContext.TraceParent} {Activity.Current?.TraceId}");
    }

    public static class Nightly
    {
        [Function("Nightly")]
        public static void Run([TimerTrigger("0 0 3 * * *")] TimerInfo timer)
        {
        }
    }

    public sealed class Refuse : IFunctionsWorkerMiddleware
    {
        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            context.GetHttpContext()!.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }
    }

    public sealed class Count : IFunctionsWorkerMiddleware
    {
        public int Calls { get; private set; }

        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            Calls++;
            return next(context);
        }
    }
}
