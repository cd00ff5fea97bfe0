using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Llm;

/// <summary>The calls of a run, each an object of its own.</summary>
sealed class CallLog(ObjectStore store, string run)
{
    /// <summary>Readers at a time: an object is small, and a remote store answers slowly.</summary>
    const int Readers = 16;

    public async Task<CallRecord?> FindAsync(string step, string id, CancellationToken cancellation)
    {
        var path = PathOf(step, id);
        return await store.StatAsync(path, cancellation) is null ? null : DocumentJson.Parse<CallRecord>(await store.ReadAsync(path, cancellation));
    }

    /// <summary>Writes a call down and gives the one that counts: the first. A second one was paid too, so it is kept beside it.</summary>
    public async Task<CallRecord> AddAsync(CallRecord call, CancellationToken cancellation)
    {
        var path = PathOf(call.Step, call.Id);
        if (await store.CreateAsync(path, DocumentJson.Bytes(call), cancellation))
        {
            return call;
        }

        var second = DocumentJson.Bytes(call with { Superseded = true });
        for (var number = 2; !await store.CreateAsync(PathOf(call.Step, $"{call.Id}-{number}"), second, cancellation); number++)
        {
        }

        return (await FindAsync(call.Step, call.Id, cancellation))!;
    }

    /// <summary>Writes down that a call is about to be made.</summary>
    public Task BeginAsync(BegunCall call, CancellationToken cancellation) => store.CreateAsync(BegunPath(call), DocumentJson.Bytes(call), cancellation);

    /// <summary>Takes away that a call was begun: its record is written, or it was not made after all.</summary>
    public async Task EndAsync(BegunCall call)
    {
        try
        {
            await store.DeleteAsync(BegunPath(call), CancellationToken.None);
        }
        catch (Exception error) when (error is StoreException or TransientException)
        {
            // Its record says what became of it, and the call must not fail for this.
        }
    }

    /// <summary>Calls that were begun and not ended. To be read before the records: a call that ends meanwhile then is in those.</summary>
    public async Task<IReadOnlyList<BegunCall>> BegunAsync(CancellationToken cancellation)
    {
        var begun = new List<BegunCall>();
        await foreach (var found in store.ListAsync($"runs/{run}/begun-calls/", cancellation))
        {
            if (await TryReadAsync(found.Path, cancellation) is { } call)
            {
                begun.Add(call);
            }
        }

        return begun;
    }

    /// <summary>Places of the rows of a call that are still open, where another run was given answers to the others and it so was not made; null: not known.</summary>
    public async Task<IReadOnlyList<int>?> OpenAsync(string step, string id, CancellationToken cancellation)
    {
        var path = OpenPath(step, id);
        return await store.StatAsync(path, cancellation) is null ? null : DocumentJson.Parse<List<int>>(await store.ReadAsync(path, cancellation));
    }

    /// <summary>Writes down which rows of a call are still open, unless all are, and gives what was first written.</summary>
    public async Task<IReadOnlyList<int>> KeepOpenAsync(string step, string id, IReadOnlyList<int> open, int rows, CancellationToken cancellation) =>
        open.Count == rows || await store.CreateAsync(OpenPath(step, id), DocumentJson.Bytes(open), cancellation) ? open : (await OpenAsync(step, id, cancellation))!;

    /// <summary>Every call of the run, in order of step and id.</summary>
    public async Task<IReadOnlyList<CallRecord>> AllAsync(CancellationToken cancellation)
    {
        var paths = new List<string>();
        await foreach (var found in store.ListAsync($"{FolderOf(run)}/", cancellation))
        {
            paths.Add(found.Path);
        }

        var calls = new CallRecord[paths.Count];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = Readers, CancellationToken = cancellation };
        await Parallel.ForAsync(0, calls.Length, limits, async (i, token) => calls[i] = DocumentJson.Parse<CallRecord>(await store.ReadAsync(paths[i], token)));
        return calls;
    }

    /// <summary>Writes down that a call is too dear for what is left of a budget and is made as two. What is asked next depends on it, also after more was approved.</summary>
    public Task SplitAsync(string step, string id, CancellationToken cancellation) => store.CreateAsync(SplitPath(step, id), "{}"u8.ToArray(), cancellation);

    public async Task<bool> IsSplitAsync(string step, string id, CancellationToken cancellation) => await store.StatAsync(SplitPath(step, id), cancellation) is not null;

    async Task<BegunCall?> TryReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return DocumentJson.Parse<BegunCall>(await store.ReadAsync(path, cancellation));
        }
        catch (DataException)
        {
            // It ended meanwhile, unless the object is there.
            if (await store.StatAsync(path, cancellation) is null)
            {
                return null;
            }

            throw;
        }
    }

    string PathOf(string step, string id) => $"{FolderOf(run)}/{NameOf(step)}/{id}.json";

    string OpenPath(string step, string id) => $"runs/{run}/open-calls/{NameOf(step)}/{id}.json";

    string SplitPath(string step, string id) => $"runs/{run}/split-calls/{NameOf(step)}/{id}.json";

    string BegunPath(BegunCall call) => $"runs/{run}/begun-calls/{NameOf(call.Step)}/{call.Id}-{call.Try}.json";

    static string NameOf(string step) => step.Replace('/', '.').Replace(':', '.');

    static string FolderOf(string run) => $"runs/{run}/calls";
}
