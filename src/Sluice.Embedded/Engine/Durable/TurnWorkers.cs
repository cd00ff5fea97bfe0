using Microsoft.Extensions.Logging;

namespace Sluice.Embedded.Durable;

/// <summary>Takes instances that have messages, plays a turn of each, and commits it.</summary>
sealed class TurnWorkers(
    DurableEngineOptions options, Store store, CommitLoop commits, Mailboxes mailboxes, Replayer replayer, Starting starting, StatusSignals signals,
    Action<Message> route, Action<ActivityTask> enqueue, TimeProvider clock, ILogger logger)
{
    static readonly TimeSpan pauseAfterError = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (await mailboxes.WaitAsync(stopping))
            {
                while (!stopping.IsCancellationRequested && mailboxes.TryTake(out var box, out var batch))
                {
                    await GuardedTurnAsync(box, batch, stopping);
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or EngineKilledException or ObjectDisposedException)
        {
            // Messages stay in the store until their turn is committed, so leaving here loses nothing.
        }
    }

    async Task GuardedTurnAsync(Mailbox box, List<Message> batch, CancellationToken stopping)
    {
        try
        {
            var unplayed = await TurnAsync(box, batch);
            mailboxes.Return(box, unplayed, again: false);
        }
        // A turn whose commit failed (a full disk, for instance) is discarded as a whole and played again.
        catch (Exception error) when (error is not (EngineKilledException or ObjectDisposedException))
        {
            Log.TurnFailed(logger, box.Id, error);
            mailboxes.Forget(box.Id);
            await Task.Delay(pauseAfterError, clock, stopping);
            mailboxes.Return(box, batch, again: true);
        }
    }

    /// <summary>Returns the messages that must wait for another one, which is the start of their execution.</summary>
    async Task<List<Message>> TurnAsync(Mailbox box, List<Message> batch)
    {
        var execution = box.Cached ?? store.Load(box.Id);
        if (execution is null || execution.Row.IsTerminal)
        {
            await DropAsync(box, batch, execution is null ? "no such instance" : "the instance has ended");
            return [];
        }

        var live = Live(execution, batch);
        if (live.Count == 0)
        {
            await DropAsync(box, batch, "they answer an earlier execution");
            return [];
        }

        var isStarted = execution.History.Count > 0 || live[0].Event.Kind == EventKind.ExecutionStarted;
        var stop = live.FirstOrDefault(message => message.Event.Kind == EventKind.ExecutionTerminated)?.Event;
        var refusal = Versions.Refusal(options, execution.Row.Version);
        if (stop is null && (!isStarted || IsLeft(execution.Row, refusal)))
        {
            return batch;
        }

        var now = Now(execution.Row);
        List<HistoryEvent> fresh = [new(EventKind.OrchestratorStarted, now), .. live.Select(message => message.Event)];
        var result = isStarted && refusal is null
            ? replayer.Run(execution.Row, execution.History, fresh)
            : new()
            {
                Decisions = [],
                IsSuspended = false,
                Ending = stop is null ? Ending.Failed(Failures.VersionMismatch(refusal!)) : Ending.Terminated(stop),
            };
        commits.Reach(FaultPoints.TurnReplayed, execution.Row.Name);
        await CommitAsync(box, new(execution, batch, fresh, result, now));
        return [];
    }

    /// <summary>Whether another worker's version is left to wait. Its messages stay in the store.</summary>
    bool IsLeft(InstanceRow row, string? refusal)
    {
        var isLeft = refusal is not null && options.VersionFailureStrategy == VersionFailureStrategy.Reject;
        if (isLeft)
        {
            Log.VersionRejected(logger, row.Id, refusal!);
        }

        return isLeft;
    }

    async Task CommitAsync(Mailbox box, TurnCommit turn)
    {
        var state = await commits.Submit("turn", turn.Name, writer =>
        {
            var next = turn.Write(writer, starting, route, enqueue);
            writer.AfterCommit(() =>
            {
                if (next is not null)
                {
                    mailboxes.Keep(box, next);
                }
                else if (turn.Result.IsTerminal)
                {
                    mailboxes.End(box);
                }

                signals.Changed(box.Id);
            });
            return turn.Result;
        });
        Metrics.TurnCommitted(state.Name);
        turn.Trace();
        if (state.IsTerminal)
        {
            Metrics.OrchestrationEnded(state);
            Log.Ended(logger, state.Name, state.Id, state.Status.ToString());
            Spans.Orchestration(state);
        }
    }

    async Task DropAsync(Mailbox box, List<Message> batch, string reason)
    {
        Log.Dropped(logger, box.Id, batch.Count, reason);
        await commits.Submit("drop", box.Id, writer =>
        {
            writer.Delete(batch);
            return true;
        });
    }

    /// <summary>Without answers to earlier executions and second starts; the start first.</summary>
    static List<Message> Live(Execution execution, List<Message> batch)
    {
        var live = batch.Where(message => message.ExecutionId is null || message.ExecutionId == execution.Row.ExecutionId).ToList();
        var start = execution.History.Count > 0 ? null : live.Find(message => message.Event.Kind == EventKind.ExecutionStarted);
        live.RemoveAll(message => message.Event.Kind == EventKind.ExecutionStarted);
        return start is null ? live : [start, .. live];
    }

    /// <summary>A clock that was set back must not make history run backwards.</summary>
    DateTime Now(InstanceRow row)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return now < row.Updated ? row.Updated : now;
    }
}
