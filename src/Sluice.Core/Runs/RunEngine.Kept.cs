using Sluice.Pipelines.Optimise;

namespace Sluice.Runs;

// Rows that are kept after dear steps, by everything they depend on, so that later looks and later runs begin there.
public sealed partial class RunEngine
{
    /// <summary>The places up to the last one that lies in a walk's way and has the columns that it reads.</summary>
    static IReadOnlyList<KeptRows> Usable(Run run, IReadOnlyList<Schema> schemas, IReadOnlyList<KeptRows> kept, int prefix, IReadOnlySet<string>? wanted)
    {
        if (!run.Pipeline.Optimization.Caching)
        {
            return [];
        }

        bool Serves(KeptRows rows) => rows.Applied <= prefix
            && (rows.Columns is null || PassPlan.Columns(run.Steps, schemas, prefix, wanted, rows.Applied) is { } needed && needed.IsSubsetOf(rows.Columns));
        return [.. kept.Take(kept.ToList().FindLastIndex(Serves) + 1)];
    }

    /// <summary>Rows of a batch as they are kept at the last of these places, made from what is kept before it where nobody made them yet.</summary>
    async Task<Batch> KeptAsync(Run run, int batch, IReadOnlyList<Schema> schemas, IReadOnlyList<KeptRows> kept, IReadOnlySet<string>? columns, CancellationToken cancellation)
    {
        var place = kept[^1];
        var path = await KeptPathAsync(run, batch, place, cancellation);
        if (await TryReadDocumentAsync<KeptMemo>(path, cancellation) is not { } memo)
        {
            var made = await ApplyChainAsync(run, batch, place.Applied, place.Columns?.ToHashSet(StringComparer.Ordinal), null, cancellation, kept: [.. kept.SkipLast(1)]);
            memo = await WriteDocumentAsync(path, new KeptMemo(await files.WriteAsync(made, cancellation)), cancellation);
        }

        var rows = await files.ReadAsync(memo.Rows, columns, cancellation);
        return new Batch(new Schema(rows.Schema.Select(f => schemas[place.Applied][f.Name])), rows.Columns, rows.Rows);
    }

    async Task<string> KeptPathAsync(Run run, int batch, KeptRows place, CancellationToken cancellation) => MemoKey.PathOf(
        (await ChainKeyAsync(run, "kept", batch, place.Applied, cancellation)).Add(place.Columns is null ? "*" : string.Join('\n', place.Columns.Select(Uri.EscapeDataString))).Value());

    /// <summary>What is kept, and how many looks come after each place.</summary>
    async Task<IReadOnlyList<KeptOutcome>?> KeptOutcomesAsync(Run run, CancellationToken cancellation)
    {
        if (run.Plan.Physical?.Kept is not { } kept)
        {
            return null;
        }

        // Behind a gate that refused, nothing was fitted and nothing is kept.
        var (outcomes, applied) = (new List<KeptOutcome>(), await AppliedStepsAsync(run, cancellation));
        var count = (await BaseAsync(run, cancellation)).Batches.Count;
        foreach (var place in kept.Where(k => k.Applied <= applied))
        {
            var (rows, bytes) = (0L, 0L);
            for (var batch = 0; batch < count; batch++)
            {
                if (await TryReadDocumentAsync<KeptMemo>(await KeptPathAsync(run, batch, place, cancellation), cancellation) is { } memo)
                {
                    (rows, bytes) = (rows + memo.Rows.Rows, bytes + memo.Rows.Bytes);
                }
            }

            outcomes.Add(new KeptOutcome(run.Chain[place.Applied - 1].Id, rows, bytes, place.Looks));
        }

        return outcomes;
    }
}
