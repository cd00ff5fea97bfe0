using System.Text;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Llm;

/// <summary>What calls of a run cost together, by some name.</summary>
/// <param name="Name">Step, provider and model, or row.</param>
/// <param name="Calls">Calls; of a row, those that it was in.</param>
/// <param name="Tokens">Tokens that were paid, those of tries that gave nothing too.</param>
/// <param name="WastedTokens">Of these, tokens of such tries and of calls that were made twice.</param>
/// <param name="CostUsd">US dollars; calls without a known price are not in it.</param>
public sealed record CostLine(string Name, long Calls, TokenUsage Tokens, TokenUsage WastedTokens, decimal CostUsd)
{
    internal static CostLine Sum(string name, IReadOnlyList<CostLine> lines) => new(
        name, lines.Sum(l => l.Calls), TokenUsage.Sum(lines.Select(l => l.Tokens)), TokenUsage.Sum(lines.Select(l => l.WastedTokens)), lines.Sum(l => l.CostUsd));
}

/// <summary>What a run spent on language models: sums of its calls, computed from them whenever it is asked for. Cost is of a run, never of a version.</summary>
public sealed record RunCost
{
    public required string Run { get; init; }

    public required CostLine Total { get; init; }

    /// <summary>Calls that may have been charged and are in none of the sums; null: there are none.</summary>
    public CallsInDoubt? InDoubt { get; init; }

    /// <summary>Of the total, calls whose answer came when another's to the same question counted already: paid for nothing, by two at once or after a kill; null: none.</summary>
    public CostLine? PaidTwice { get; init; }

    /// <summary>Calls that no price is known for.</summary>
    public long UnpricedCalls { get; init; }

    /// <summary>Questions that an earlier run's answers served.</summary>
    public long KnownAnswers { get; init; }

    /// <summary>Rows that another row's answer served.</summary>
    public long RepeatedRows { get; init; }

    /// <summary>Questions that were asked and have no answer.</summary>
    public long Unanswered { get; init; }

    /// <summary>Tokens that kept answers saved.</summary>
    public TokenUsage SavedTokens { get; init; }

    public decimal SavedUsd { get; init; }

    /// <summary>Personal data in what was sent, by kind, before the policy was applied.</summary>
    public SortedDictionary<string, long>? Pii { get; init; }

    /// <summary>What each cascade came to.</summary>
    public IReadOnlyList<CascadeOutcome>? Cascades { get; init; }

    /// <summary>Questions that semantic caches keep after the run.</summary>
    public IReadOnlyList<KeptSize>? Kept { get; init; }

    /// <summary>What came of batches at providers.</summary>
    public IReadOnlyList<BatchOutcome>? Batches { get; init; }

    public required IReadOnlyList<CostLine> Steps { get; init; }

    public required IReadOnlyList<CostLine> Models { get; init; }

    /// <summary>The chains that asked, by the ids of their runs; null: the pipeline has one.</summary>
    public IReadOnlyList<CostLine>? Chains { get; init; }

    internal static string PartitionOf(string dataset) => $"costs:{dataset}";

    /// <summary>Runs of a dataset that asked, by their ids.</summary>
    public static async Task<IReadOnlyList<(string Run, DateTimeOffset Since)>> RunsAsync(Ledger ledger, string dataset, CancellationToken cancellation)
    {
        var runs = new List<(string Run, DateTimeOffset Since)>();
        await foreach (var row in ledger.ListAsync(PartitionOf(dataset), null, cancellation))
        {
            runs.Add((row.Row, DocumentJson.Parse<AskingSince>(Encoding.UTF8.GetBytes(row.Json)).Since));
        }

        return [.. runs.OrderBy(r => r.Since)];
    }

    /// <summary>What the chains of a run of several have spent so far, together; null: none asked, or it is no such run.</summary>
    public static async Task<RunCost?> OfChainsAsync(ObjectStore store, string run, CancellationToken cancellation)
    {
        var chains = new List<RunCost>();
        for (var chain = 0; chain < GraphRun.MostChains; chain++)
        {
            if (await FindAsync(store, GraphRun.RunId(run, chain), cancellation) is { } cost)
            {
                chains.Add(cost);
            }
        }

        return chains.Count == 0 ? null : Together(run, chains);
    }

    /// <summary>What a run of one chain has spent so far; null: it asked nothing.</summary>
    public static async Task<RunCost?> FindAsync(ObjectStore store, string run, CancellationToken cancellation)
    {
        if (await store.StatAsync($"runs/{run}/asking.json", cancellation) is null)
        {
            return null;
        }

        var log = new CallLog(store, run);
        var begun = await log.BegunAsync(cancellation);
        var calls = await log.AllAsync(cancellation);
        var twice = calls.Where(c => c.Superseded && !c.Id.EndsWith(CallRecord.Failed, StringComparison.Ordinal)).ToList();
        var collected = await ReadAsync<Collected>(store, $"runs/{run}/{Collected.Prefix}", cancellation);
        var cascades = await ReadAsync<CascadeOutcome>(store, $"runs/{run}/{CascadeOutcome.Prefix}", cancellation);
        var batches = await ReadAsync<BatchOutcome>(store, $"runs/{run}/{BatchOutcome.Prefix}", cancellation);
        var kept = await ReadAsync<KeptSize>(store, $"runs/{run}/{KeptSize.Prefix}", cancellation);
        var asked = await ReadAsync<AskTodo>(store, $"runs/{run}/ask-", cancellation);
        var pii = asked.Where(a => a.Pii is not null).SelectMany(a => a.Pii!).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Sum(p => p.Value));
        return new RunCost
        {
            Run = run,
            Total = LineOf("total", calls),
            InDoubt = CallsInDoubt.Of(begun, calls),
            PaidTwice = twice.Count == 0 ? null : LineOf("paid twice", twice),
            UnpricedCalls = calls.Count(c => c.CostUsd is null),
            KnownAnswers = collected.Sum(c => c.Known) + cascades.Sum(c => c.Known),
            RepeatedRows = collected.Sum(c => c.Repeated),
            Unanswered = collected.Sum(c => c.Unanswered),
            SavedTokens = TokenUsage.Sum(collected.Select(c => c.SavedTokens).Concat(cascades.Select(c => c.SavedTokens))),
            SavedUsd = collected.Sum(c => c.SavedUsd) + cascades.Sum(c => c.SavedUsd),
            Batches = batches.Count == 0 ? null : batches,
            Kept = kept.Count == 0 ? null : kept,
            Cascades = cascades.Count == 0 ? null : cascades,
            Pii = pii.Count == 0 ? null : new(pii, StringComparer.Ordinal),
            Steps = Lines(calls, c => c.Step),
            Models = Lines(calls, c => c.Model),
        };
    }

    static RunCost Together(string run, IReadOnlyList<RunCost> chains)
    {
        static List<T>? All<T>(IEnumerable<IReadOnlyList<T>?> lists) => lists.SelectMany(l => l ?? []).ToList() is { Count: > 0 } all ? all : null;
        var pii = chains.SelectMany(c => c.Pii ?? []).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Sum(p => p.Value));
        return new RunCost
        {
            Run = run,
            Total = CostLine.Sum("total", [.. chains.Select(c => c.Total)]),
            UnpricedCalls = chains.Sum(c => c.UnpricedCalls),
            KnownAnswers = chains.Sum(c => c.KnownAnswers),
            RepeatedRows = chains.Sum(c => c.RepeatedRows),
            Unanswered = chains.Sum(c => c.Unanswered),
            SavedTokens = TokenUsage.Sum(chains.Select(c => c.SavedTokens)),
            SavedUsd = chains.Sum(c => c.SavedUsd),
            Pii = pii.Count == 0 ? null : new(pii, StringComparer.Ordinal),
            Cascades = All(chains.Select(c => c.Cascades)),
            Kept = All(chains.Select(c => c.Kept)),
            Batches = All(chains.Select(c => c.Batches)),
            Steps = [.. chains.SelectMany(c => c.Steps)],
            Models = [.. chains.SelectMany(c => c.Models).GroupBy(m => m.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => CostLine.Sum(g.Key, [.. g]))],
            Chains = [.. chains.Select(c => c.Total with { Name = c.Run })],
            InDoubt = CallsInDoubt.Together(chains.Select(c => c.InDoubt)),
            PaidTwice = chains.Any(c => c.PaidTwice is not null) ? CostLine.Sum("paid twice", [.. chains.Select(c => c.PaidTwice).OfType<CostLine>()]) : null,
        };
    }

    /// <summary>What each row cost, by step; rows are counted over the whole input, from 1.</summary>
    public static async Task<IReadOnlyList<CostLine>> RowsAsync(ObjectStore store, string run, CancellationToken cancellation)
    {
        // Calls about a table as a whole are of none of its rows.
        var calls = (await new CallLog(store, run).AllAsync(cancellation)).Where(c => c.Batch != ItemAsker.NoBatch).ToList();
        if (calls.Count == 0)
        {
            return [];
        }

        var rows = DocumentJson.Parse<BaseRows>(await store.ReadAsync($"runs/{run}/base.json", cancellation));
        var first = new long[rows.Batches.Count];
        for (var batch = 1; batch < first.Length; batch++)
        {
            first[batch] = first[batch - 1] + rows.Batches[batch - 1].Batch.Rows;
        }

        var shares =
            from call in calls
            from row in call.Rows
            group (call, row.Usage, row.CostUsd) by (call.Step, Row: first[call.Batch] + row.Row + 1) into one
            orderby one.Key.Step, one.Key.Row
            select new CostLine(
                FormattableString.Invariant($"{one.Key.Step} row {one.Key.Row}"), one.Count(), TokenUsage.Sum(one.Select(s => s.Usage)), default, one.Sum(s => s.CostUsd));
        return [.. shares];
    }

    static IReadOnlyList<CostLine> Lines(IReadOnlyList<CallRecord> calls, Func<CallRecord, string> name) =>
        [.. calls.GroupBy(name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => LineOf(g.Key, [.. g]))];

    static CostLine LineOf(string name, IReadOnlyList<CallRecord> calls) => new(
        name, calls.Count, TokenUsage.Sum(calls.Select(c => c.Total())), TokenUsage.Sum(calls.Select(c => c.Superseded ? c.Total() : c.Wasted)), calls.Sum(c => c.CostUsd ?? 0));

    static async Task<IReadOnlyList<T>> ReadAsync<T>(ObjectStore store, string prefix, CancellationToken cancellation)
    {
        var read = new List<T>();
        await foreach (var found in store.ListAsync(prefix, cancellation))
        {
            read.Add(DocumentJson.Parse<T>(await store.ReadAsync(found.Path, cancellation)));
        }

        return read;
    }
}
