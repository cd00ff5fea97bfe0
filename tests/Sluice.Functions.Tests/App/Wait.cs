using System.Diagnostics;

namespace Sluice.Functions.Tests.App;

/// <summary>Polls, with a limit, what cannot be waited for by a signal.</summary>
static class Wait
{
    static readonly TimeSpan limit = TimeSpan.FromSeconds(60);

    public static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < limit;)
        {
            if (await condition())
            {
                return;
            }

            await timer.WaitForNextTickAsync();
        }

        Assert.Fail($"Waited {limit.TotalSeconds} s in vain until {what}.");
    }
}
