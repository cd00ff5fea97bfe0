using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded;

/// <summary>Runs a function through the app's middleware, in its own scope, within the time that host.json allows.</summary>
sealed class FunctionRunner(
    IServiceProvider services, IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware, HostJson host, TimeProvider clock,
    ILoggerFactory loggers)
{
    // The source's name is the one that dashboards of Azure's worker look for.
    internal const string SourceName = "Microsoft.Azure.Functions.Worker";

    static readonly ActivitySource source = new(SourceName);
    readonly ILogger logger = loggers.CreateLogger("Sluice.Embedded.Functions");
    FunctionExecutionDelegate? pipeline;

    internal async Task<object?> RunAsync(FunctionEntry function, Call call, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = host.FunctionTimeout is { } timeout
            ? clock.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), limit, timeout, Timeout.InfiniteTimeSpan)
            : null;
        await using var invocation = Start(function, call, limit.Token);
        using var activity = Trace(invocation);
        var started = clock.GetTimestamp();
        try
        {
            await Pipeline(invocation);
        }
        catch (Exception e) when (IsLate(limit, activity, e, cancellation))
        {
            throw Late(function, e);
        }

        // A function that ignores its token is waited for, so that it never runs twice at once; but what it returns late does not count.
        if (IsLate(limit, activity, null, cancellation))
        {
            throw Late(function, null);
        }

        logger.Succeeded(function.Name, invocation.InvocationId, clock.GetElapsedTime(started).TotalMilliseconds);
        return invocation.Result;
    }

    /// <summary>One replay of an orchestrator: everything up to its first durable await happens before this returns.</summary>
    internal async Task<object?> ReplayAsync(FunctionEntry function, Call call)
    {
        // Not disposed: a turn that waits for a durable task is dropped by the engine and never comes back here.
        var invocation = Start(function, call, CancellationToken.None);
        await Pipeline(invocation);
        return invocation.Result;
    }

    Invocation Start(FunctionEntry function, Call call, CancellationToken cancellation) =>
        new(function, call.Trigger, services, cancellation)
        {
            BindingData = call.Data,
            TraceParent = call.TraceParent,
            TraceState = call.TraceState,
        };

    Task Pipeline(FunctionContext context)
    {
        pipeline ??= middleware.Reverse().Aggregate<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>, FunctionExecutionDelegate>(
            CallFunction, (next, wrap) => wrap(next));
        return pipeline(context);
    }

    static async Task CallFunction(FunctionContext context)
    {
        var invocation = (Invocation)context;
        invocation.Result = await invocation.Function.CallAsync(invocation);
    }

    // Also marks the trace: as a filter it sees every exception without catching it.
    static bool IsLate(CancellationTokenSource limit, Activity? activity, Exception? thrown, CancellationToken cancellation)
    {
        var isLate = limit.IsCancellationRequested && !cancellation.IsCancellationRequested;
        if (isLate || thrown is not null)
        {
            activity?.SetStatus(ActivityStatusCode.Error, thrown?.Message ?? "functionTimeout");
        }

        return isLate;
    }

    TimeoutException Late(FunctionEntry function, Exception? thrown) => new(
        $"Function '{function.Name}' took longer than functionTimeout of host.json ('{host.FunctionTimeout}') allows. Its result is dropped. Do less per call, or raise the limit.",
        thrown);

    static Activity? Trace(Invocation invocation)
    {
        if (!source.HasListeners())
        {
            return null;
        }

        var activity = ActivityContext.TryParse(invocation.TraceParent, invocation.TraceState, isRemote: true, out var parent)
            ? source.StartActivity("function " + invocation.Function.Name, ActivityKind.Server, parent)
            : source.StartActivity("function " + invocation.Function.Name, ActivityKind.Internal);
        return activity?.SetTag("faas.name", invocation.Function.Name).SetTag("faas.invocation_id", invocation.InvocationId);
    }
}

/// <summary>What a trigger hands over for one call.</summary>
sealed record Call(object Trigger, IReadOnlyDictionary<string, object?> Data)
{
    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }
}
