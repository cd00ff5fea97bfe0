using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded;

/// <summary>
/// One timer. Its last run lies in a file, so runs that were missed while the host was down become one late call; so do runs that a
/// long call slept through. The file is written after a call: a call that the end of the process interrupts is made again.
/// </summary>
sealed class TimerLoop(FunctionEntry function, TimerBinding binding, FunctionRunner runner, string folder, TimeProvider clock, ILogger logger)
{
    // Timers do not count the time that a machine sleeps, so no wait is longer than this, and a call that is later than this is past due.
    static readonly TimeSpan longestWait = TimeSpan.FromMinutes(1);
    readonly string path = Path.Combine(folder, function.Name + ".json");

    bool Monitored => binding.UseMonitor && !binding.Schedule.IsFrequent;

    internal async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            var status = Monitored ? Read() : null;
            var (next, isLate) = FirstDue(ref status);
            if (binding.RunOnStartup)
            {
                (status, next) = await CallAsync(status, isLate, stopping);
                isLate = false;
            }

            while (true)
            {
                isLate |= await WaitUntilAsync(next, stopping);
                (status, next) = await CallAsync(status, isLate, stopping);
                isLate = next <= Now;
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The host stops; an interrupted call is not written down.
        }
    }

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    (DateTime Next, bool IsLate) FirstDue(ref ScheduleStatus? status)
    {
        var now = Now;
        if (status is not null)
        {
            var due = binding.Schedule.Next(status.Last == default ? status.LastUpdated : status.Last);
            // Another time than the one noted down means that the schedule was changed; nothing was missed by the new one.
            if (due == status.Next)
            {
                return (due, due <= now);
            }
        }

        var next = binding.Schedule.Next(now);
        if (Monitored)
        {
            status = new ScheduleStatus { Last = status?.Last ?? default, Next = next, LastUpdated = now };
            Write(status);
        }

        return (next, false);
    }

    async Task<(ScheduleStatus? Status, DateTime Next)> CallAsync(ScheduleStatus? status, bool isLate, CancellationToken stopping)
    {
        var started = Now;
        try
        {
            await runner.RunAsync(
                function, new Call(new TimerInfo { ScheduleStatus = status, IsPastDue = isLate }, ImmutableDictionary<string, object?>.Empty), stopping);
        }
        // The boundary of a timer call: whatever was thrown is logged and not retried, as in Azure.
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            logger.TimerFailed(function.Name, e);
        }

        var next = binding.Schedule.Next(started);
        if (!Monitored)
        {
            return (null, next);
        }

        var updated = new ScheduleStatus { Last = started, Next = next, LastUpdated = Now };
        Write(updated);
        return (updated, next);
    }

    async Task<bool> WaitUntilAsync(DateTime due, CancellationToken stopping)
    {
        while (due - Now is var rest && rest > TimeSpan.Zero)
        {
            await Task.Delay(rest < longestWait ? rest : longestWait, clock, stopping);
        }

        return Now - due > longestWait;
    }

    ScheduleStatus? Read()
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<ScheduleStatus>(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            logger.TimerStatusUnreadable(path, e);
            return null;
        }
    }

    void Write(ScheduleStatus status) => StoreFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(status));
}
