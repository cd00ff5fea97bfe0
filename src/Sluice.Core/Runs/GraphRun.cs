namespace Sluice.Runs;

/// <summary>What a run has to know of a chain of its pipeline.</summary>
/// <param name="Dataset">Dataset that it makes.</param>
/// <param name="After">Numbers of the chains that it reads, all before it.</param>
public sealed record ChainLink(string Dataset, IReadOnlyList<int> After);

/// <summary>How far a chain is. Numbers are in stored histories: they never change.</summary>
public enum ChainState
{
    /// <summary>Chains that it reads are not done.</summary>
    Waiting,
    Running,

    /// <summary>Its version is there.</summary>
    Done,

    /// <summary>A gate refused its rows; there is no version.</summary>
    GateFailed,
    Failed,

    /// <summary>Not started, because a chain that it reads has no version.</summary>
    Skipped,
}

/// <summary>A chain of a run.</summary>
/// <param name="Dataset">Dataset that it makes.</param>
/// <param name="State">How far it is, or how it ended.</param>
/// <param name="Version">The version that now holds the result.</param>
/// <param name="UpToDate">True when the version was there already and nothing was done.</param>
public sealed record ChainOutcome(string Dataset, ChainState State, string? Version = null, bool UpToDate = false);

/// <summary>How a run of several chains ended. Why a chain failed is told by its own run.</summary>
public sealed record GraphOutcome(IReadOnlyList<ChainOutcome> Chains);

/// <summary>
/// The order of the chains of a run: each begins when those that it reads are done, on the versions that they made; those that do not read each other run side by side.
/// Pure, so that an orchestration and a loop walk alike.
/// </summary>
public static class GraphRun
{
    /// <summary>Chains that a pipeline may have: their states travel in the status of a run.</summary>
    public const int MostChains = 32;

    /// <summary>Characters that a chain's number adds to the id of its run.</summary>
    public const int MaxSuffix = 4;

    /// <summary>Id of the run of a chain.</summary>
    public static string RunId(string run, int chain) => FormattableString.Invariant($"{run}.c{chain}");

    /// <summary>Id of the run that a request belongs to: of all chains, where it is for one of several.</summary>
    public static string WholeOf(RunRequest request) => request.Chain is null ? request.RunId : request.RunId[..request.RunId.LastIndexOf(".c", StringComparison.Ordinal)];

    /// <summary>Id of the run that a chain's run belongs to; null where the id is of no chain. Ids of runs have no other dot.</summary>
    public static string? WholeOf(string run) => run.LastIndexOf(".c", StringComparison.Ordinal) is var dot and > 0 && run.AsSpan(dot + 2) is [_, ..] number && !number.ContainsAnyExceptInRange('0', '9') ? run[..dot] : null;

    /// <summary>Runs the chains of a request.</summary>
    /// <param name="request">A request with a graph.</param>
    /// <param name="run">Runs one chain; null: it failed.</param>
    /// <param name="onChange">Told of the states when they change.</param>
    public static async Task<GraphOutcome> WalkAsync(RunRequest request, Func<RunRequest, Task<RunOutcome?>> run, Action<IReadOnlyList<ChainState>> onChange)
    {
        var chains = request.Graph!.Select(link => new ChainOutcome(link.Dataset, ChainState.Waiting)).ToArray();
        var running = new List<(int Chain, Task<RunOutcome?> Run)>();
        while (true)
        {
            for (var i = 0; i < chains.Length; i++)
            {
                chains[i] = chains[i] with { State = Next(request.Graph!, chains, i) };
                if (chains[i].State == ChainState.Running && running.TrueForAll(r => r.Chain != i))
                {
                    running.Add((i, run(RequestOf(request, chains, i))));
                }
            }

            onChange([.. chains.Select(c => c.State)]);
            if (running.Count == 0)
            {
                return new GraphOutcome(chains);
            }

            await Task.WhenAny(running.Select(r => r.Run));
            foreach (var ended in running.Where(r => r.Run.IsCompleted).ToList())
            {
                running.Remove(ended);
                chains[ended.Chain] = Ended(chains[ended.Chain], await ended.Run);
            }
        }
    }

    /// <summary>The state of a chain, now that those before it have theirs.</summary>
    static ChainState Next(IReadOnlyList<ChainLink> graph, ChainOutcome[] chains, int chain)
    {
        var reads = graph[chain].After.Select(read => chains[read].State).ToList();
        return chains[chain].State != ChainState.Waiting ? chains[chain].State
            : reads.Any(state => state is ChainState.Failed or ChainState.GateFailed or ChainState.Skipped) ? ChainState.Skipped
            : reads.TrueForAll(state => state == ChainState.Done) ? ChainState.Running
            : ChainState.Waiting;
    }

    static RunRequest RequestOf(RunRequest request, ChainOutcome[] chains, int chain) => ChainOf(request, chain) with
    {
        Versions = request.Graph![chain].After is { Count: > 0 } after ? after.ToDictionary(read => chains[read].Dataset, read => chains[read].Version!) : null,
    };

    /// <summary>The request of a chain, without the versions that it reads.</summary>
    public static RunRequest ChainOf(RunRequest request, int chain) => request with { RunId = RunId(request.RunId, chain), Graph = null, Chain = request.Graph![chain].Dataset };

    static ChainOutcome Ended(ChainOutcome chain, RunOutcome? outcome) => outcome switch
    {
        null => chain with { State = ChainState.Failed },
        { Version: null } => chain with { State = ChainState.GateFailed },
        _ => chain with { State = ChainState.Done, Version = outcome.Version, UpToDate = outcome.UpToDate },
    };
}
