using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded.Durable;

/// <summary>Plays an execution from its beginning: past events, then the new ones, on this thread; and says what the orchestrator decided.</summary>
sealed class Replayer(ITaskExecutor executor, Payloads payloads, ILoggerFactory loggers, Action<string, string> reportForeign)
{
    public ReplayResult Run(InstanceRow row, IReadOnlyList<HistoryEvent> past, IReadOnlyList<HistoryEvent> fresh)
    {
        if (!executor.HasOrchestrator(row.Name))
        {
            return new() { Decisions = [], IsSuspended = false, Ending = Stop(fresh) ?? Ending.Failed(Failures.NoOrchestrator(row.Name)) };
        }

        var turn = new Turn(row, reportForeign);
        var loop = new OrchestratorLoop(turn.Foreign);
        var context = new ReplayContext(row, payloads, loggers, loop, turn.Foreign);
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(loop);
        Task<string?>? function = null;
        try
        {
            Action start = () => function ??= Invoke(context, row);
            _ = Play(past, true) && Play(fresh, false);

            bool Play(IReadOnlyList<HistoryEvent> events, bool isPast)
            {
                foreach (var e in events)
                {
                    if (!context.Play(e, isPast, start))
                    {
                        return false;
                    }
                }

                return true;
            }

            return Conclude(row, context, function, turn);
        }
        finally
        {
            loop.Close();
            turn.Close();
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    static Ending? Stop(IReadOnlyList<HistoryEvent> fresh)
        => fresh.FirstOrDefault(e => e.Kind == EventKind.ExecutionTerminated) is { } stop
            ? Ending.Terminated(stop)
            : null;

    /// <summary>Awaiting here makes a function that ends on a foreign thread show itself.</summary>
    async Task<string?> Invoke(ReplayContext context, InstanceRow row)
        => payloads.Check(await executor.RunOrchestratorAsync(row.Name, context), $"output of orchestrator '{row.Name}'");

    static ReplayResult Conclude(InstanceRow row, ReplayContext context, Task<string?>? function, Turn turn)
    {
        var result = new ReplayResult { Decisions = context.NewDecisions, IsSuspended = context.IsSuspended, CustomStatus = context.CustomStatus };
        if (context.Stopped is { } stopped)
        {
            return result with { Decisions = [], IsSuspended = false, Ending = stopped };
        }

        var isOver = function is { IsCompleted: true };
        if (turn.IsViolated || (!isOver && !context.IsSuspended && !context.CanWake))
        {
            return result with { Decisions = [], IsSuspended = false, Ending = Ending.Failed(Failures.IllegalAwait(row.Name, row.Id)) };
        }

        if (context.IsSuspended)
        {
            // A resume replays to this point, and decides then.
            return result with { Decisions = [] };
        }

        // The open-task rule: while a call has no result, the execution stays Running and its own result is held.
        if (!isOver || context.HasOpenTasks)
        {
            return result;
        }

        return function switch
        {
            { IsCompletedSuccessfully: false } => result with { Ending = Ending.Failed(Failure(function)) },
            _ when context.Continuation is { } continuation
                => result with { Continuation = continuation, Unprocessed = continuation.PreserveEvents ? [.. context.Unprocessed] : [] },
            _ => result with { Ending = new(OrchestrationRuntimeStatus.Completed) { Output = function!.Result } },
        };
    }

    static TaskFailureDetails Failure(Task function)
    {
        try
        {
            function.GetAwaiter().GetResult();
        }
        // Every way in which user code can fail becomes data here.
        catch (Exception error)
        {
            return Failures.From(error);
        }

        throw new InvalidOperationException("A task that ran to completion was asked for its failure.");
    }

    /// <summary>Notes foreign threads: within the turn it fails; after it, the engine is told, and the next turn fails.</summary>
    sealed class Turn(InstanceRow row, Action<string, string> report)
    {
        readonly Lock gate = new();
        bool isClosed;

        public bool IsViolated { get; private set; }

        public void Foreign()
        {
            lock (gate)
            {
                if (!isClosed)
                {
                    IsViolated = true;
                    return;
                }
            }

            report(row.Id, row.ExecutionId);
        }

        public void Close()
        {
            lock (gate)
            {
                isClosed = true;
            }
        }
    }
}
