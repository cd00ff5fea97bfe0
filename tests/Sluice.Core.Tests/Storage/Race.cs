namespace Sluice.Tests.Storage;

/// <summary>Starts writers all at once; answers the numbers of those that won.</summary>
public static class Race
{
    public static async Task<List<int>> RunAsync(int writers, Func<int, Task<bool>> write)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            await start.Task;
            return await write(writer);
        })).ToList();
        start.SetResult();
        var won = await Task.WhenAll(running);
        return [.. Enumerable.Range(0, writers).Where(writer => won[writer])];
    }
}
