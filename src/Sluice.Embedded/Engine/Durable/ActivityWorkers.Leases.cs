namespace Sluice.Embedded.Durable;

/// <content>Leases: renewed while the activity runs; one that runs out gives the task to another worker.</content>
sealed partial class ActivityWorkers
{
    /// <summary>Called every third of a lease.</summary>
    public async Task RenewAsync()
    {
        var now = Now;
        var held = leases.Values.ToList();
        var lost = held.Where(lease =>
            faults?.LosesLease(lease.Task.Name, lease.Task.InstanceId, lease.Task.TaskId) == true).ToList();
        var renewed = held.Except(lost).ToList();
        if (renewed.Count > 0)
        {
            await commits.Submit("renew", "leases", writer =>
            {
                foreach (var lease in renewed.Where(lease => writer.Renew(lease.Task.Seq, lease.Delivery, now + options.ActivityLease)))
                {
                    writer.AfterCommit(() => leases.TryUpdate(lease.Task.Seq, lease with { Until = now + options.ActivityLease }, lease));
                }

                return true;
            });
        }

        foreach (var lease in lost.Where(lease => lease.Until <= now && leases.TryRemove(new(lease.Task.Seq, lease))))
        {
            Enqueue(lease.Task);
        }
    }

    /// <summary>Cancels what still runs and frees it in the store without counting the delivery. Returns how many.</summary>
    public async Task<int> AbandonAsync()
    {
        await abandon.CancelAsync();
        var rest = leases.Values.ToList();
        return rest.Count == 0 ? 0 : await commits.Submit("release", "leases", writer =>
            rest.Count(lease => writer.Release(lease.Task.Seq, lease.Delivery, refund: 1)));
    }
}
