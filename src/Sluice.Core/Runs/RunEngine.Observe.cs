using System.IO.Compression;
using System.Text;
using Sluice.Pipelines.Optimise;
using Sluice.Quality;
using Sluice.Steps;

namespace Sluice.Runs;

// Walks over the base batches that let steps look, and what they learn from it.
public sealed partial class RunEngine
{
    /// <summary>The look at the rows as read, for pipelines that have no check of their own.</summary>
    static readonly Step QualityBefore = QualityValidation.Default;

    async Task<Stage> OpenPassAsync(Run run, int pass, CancellationToken cancellation)
    {
        var rows = await BaseAsync(run, cancellation);
        var passes = await PassesAsync(run, cancellation);
        if (pass == passes.Count)
        {
            return await (run.Plan.Request.Forecast ? EndForecastAsync(run, cancellation) : OpenApplyAsync(run, cancellation));
        }

        await CheckTypesAsync(run, passes[pass].Prefix, cancellation);
        var observers = passes[pass].Observers.Select(o => o == PassPlan.Before ? "quality before" : run.Chain[o].Id);
        var title = Cut("look: " + string.Join(", ", observers), MaxTitle);
        return await OpenStageAsync(
            run, StageKind.Observe, pass, title, All(rows.Batches.Count), batch => IsObservedAsync(run, passes[pass], batch, cancellation), cancellation);
    }

    async Task<bool> IsObservedAsync(Run run, Pass pass, int batch, CancellationToken cancellation)
    {
        foreach (var observer in pass.Observers)
        {
            if (!await HasAsync(run, await ObserveKeyAsync(run, pass, observer, batch, cancellation), cancellation))
            {
                return false;
            }
        }

        return true;
    }

    async Task<IReadOnlyList<Pass>> PassesAsync(Run run, CancellationToken cancellation)
    {
        var schema = new Schema((await BaseAsync(run, cancellation)).Schema);
        return PassPlan.Of(run.Steps, schema, measureBefore: !run.Steps.Any(s => s is QualityValidation), run.Plan.Physical?.SharesLooks == true);
    }

    /// <summary>Types that depend on the data are known once the steps before are fitted: what follows is checked again with them.</summary>
    async Task CheckTypesAsync(Run run, int prefix, CancellationToken cancellation)
    {
        var schemas = await SchemasAsync(run, prefix, cancellation);
        run.Pipeline.CheckColumns(schemas[prefix], prefix);
    }

    /// <summary>Schema before each of the first <paramref name="prefix"/> steps, and after the last of them; those steps are fitted.</summary>
    async Task<List<Schema>> SchemasAsync(Run run, int prefix, CancellationToken cancellation)
    {
        // Every unit asks several times, and the answer never changes in a run.
        var path = $"runs/{run.Id}/schemas-{prefix}";
        if (documents.TryGetValue(path, out var known))
        {
            return (List<Schema>)known;
        }

        var schemas = new List<Schema> { new((await BaseAsync(run, cancellation)).Schema) };
        for (var i = 0; i < prefix; i++)
        {
            var fit = await FitAsync(run, i, schemas[i], cancellation);
            schemas.Add(fit is null
                ? run.Steps[i].Plan(schemas[i], new StepProblems())
                : run.Steps[i].PlanFitted(schemas[i], new Fitted(Encoding.UTF8.GetBytes(fit.Json))));
        }

        return Remember(path, schemas);
    }

    /// <summary>What a step learned; null for one that never looks.</summary>
    async Task<StepFit?> FitAsync(Run run, int step, Schema schema, CancellationToken cancellation) =>
        run.Steps[step].Looks(schema) ? await ReadDocumentAsync<StepFit>(FitPath(run, step), cancellation) : null;

    static string FitPath(Run run, int step) => $"runs/{run.Id}/fit-{(step == PassPlan.Before ? "before" : step)}.json";

    async Task<string> ObserveKeyAsync(Run run, Pass pass, int observer, int batch, CancellationToken cancellation)
    {
        var key = await ChainKeyAsync(run, "observe", batch, pass.Prefix, cancellation);
        foreach (var earlier in pass.Observers.TakeWhile(o => o != observer))
        {
            key.Add(IdentityOf(run, earlier));
        }

        return key.Add(IdentityOf(run, observer)).Value();
    }

    static string IdentityOf(Run run, int step) => step == PassPlan.Before ? $"quality-before@{QualityBefore.CodeVersion}" : run.Identity(step);

    static Step StepOf(Run run, int step) => step == PassPlan.Before ? QualityBefore : run.Steps[step];

    /// <summary>The base batch, and for each applied step all that its Apply depends on for this batch.</summary>
    async Task<MemoKey> ChainKeyAsync(Run run, string kind, int batch, int prefix, CancellationToken cancellation)
    {
        var rows = await BaseAsync(run, cancellation);
        var schemas = await SchemasAsync(run, prefix, cancellation);
        var key = new MemoKey(kind).Add(rows.Batches[batch].Batch.Sha256).Add(schemas[0].Id());
        for (var i = 0; i < prefix; i++)
        {
            key.Add(run.Identity(i));
            if (await FitAsync(run, i, schemas[i], cancellation) is { } fit)
            {
                key.Add(ApplyKeyOf(run, i, fit)).Add(fit.Decisions?[batch] ?? "-");
                foreach (var row in PoisonOf(fit, batch))
                {
                    key.Add($"{row.Row}:{row.Error}");
                }
            }
        }

        return key;
    }

    string ApplyKeyOf(Run run, int step, StepFit fit)
    {
        var path = $"runs/{run.Id}/applykey-{step}";
        return documents.TryGetValue(path, out var known)
            ? (string)known
            : Remember(path, fit.ApplyKey ?? run.Steps[step].ApplyKey(new Fitted(Encoding.UTF8.GetBytes(fit.Json))));
    }

    static IReadOnlyList<PoisonRow> PoisonOf(StepFit? fit, int batch) => fit?.Poison?.GetValueOrDefault(batch) ?? [];

    /// <summary>Reads a base batch, or what is kept of it after some steps, and applies the first steps of the chain to it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="batch">Number of the batch.</param>
    /// <param name="prefix">Steps to apply.</param>
    /// <param name="wanted">Columns wanted after them; null = all.</param>
    /// <param name="record">Takes what every step did; null: nobody asks, so a walk may begin with rows that are kept.</param>
    /// <param name="cancellation">Stops.</param>
    /// <param name="read">Columns of the base to read, where they are not those that <paramref name="wanted"/> needs.</param>
    /// <param name="follow">Follows rows through the steps.</param>
    /// <param name="kept">Places at which rows are kept that it may begin with; null: all of the plan's.</param>
    async Task<Batch> ApplyChainAsync(
        Run run, int batch, int prefix, IReadOnlySet<string>? wanted, Action<int, Batch, Batch, Batch, Verdicts, IReadOnlyList<PoisonRow>, TimeSpan>? record,
        CancellationToken cancellation, IReadOnlySet<string>? read = null, RowTrail? follow = null, IReadOnlyList<KeptRows>? kept = null)
    {
        var trail = follow ?? RowTrail.Of(run.Chain, prefix);
        var rows = await BaseAsync(run, cancellation);
        var schemas = await SchemasAsync(run, prefix, cancellation);
        kept = record is null && trail is null ? Usable(run, schemas, kept ?? run.Plan.Physical?.Kept ?? [], prefix, wanted) : [];
        var current = kept.Count > 0
            ? await KeptAsync(run, batch, schemas, kept, PassPlan.Columns(run.Steps, schemas, prefix, wanted, kept[^1].Applied), cancellation)
            : await BaseRowsAsync(rows.Batches[batch].Batch, schemas[0], read ?? PassPlan.Columns(run.Steps, schemas, prefix, wanted), cancellation);
        for (var i = kept.Count > 0 ? kept[^1].Applied : 0; i < prefix; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var fit = await FitAsync(run, i, schemas[i], cancellation);
            if (record is null && trail is null && run.Steps[i].IsPassive && PoisonOf(fit, batch).Count == 0)
            {
                // A check changes nothing, and here nobody asks for its verdicts.
                continue;
            }

            var poison = new List<PoisonRow>();
            var before = current;
            if (fit?.Rows is { } seen && seen[batch] != current.Rows)
            {
                throw new DataException(
                    $"Step '{run.Chain[i].Id}' looked at {seen[batch]} rows of batch {batch} and is given {current.Rows}: a step before it fails on other rows "
                    + "than when it was looked past. That is a fault of that step.");
            }

            var step = trail?.StepAt(i, run.Steps[i], before) ?? run.Steps[i];
            var (clean, fitted) = await WithoutPoisonAsync(step, fit, trail?.Given(i, before) ?? before, batch, cancellation);
            var started = time.GetTimestamp();
            (current, var verdicts) = Guarded.Apply(step, clean, fitted, poison, options.MaxQuarantinedRowsPerBatch);
            var took = time.GetElapsedTime(started);
            if (trail is not null)
            {
                trail.Left(i, current);
                (clean, current) = (RowTrail.Onto(before, clean), RowTrail.Onto(before, current));
            }

            if (poison.Count > options.MaxQuarantinedRowsPerBatch)
            {
                throw new DataException(
                    $"Step '{run.Chain[i].Id}' fails on more than {options.MaxQuarantinedRowsPerBatch} of {clean.Rows} rows of one batch. "
                    + $"First: {poison[0].Error} So many failures are a fault of the step or its options, not of single rows.");
            }

            if (record is not null)
            {
                var aside = PoisonOf(fit, batch).Select(p => p with { Row = before.OriginOf(p.Row) })
                    .Concat(poison.Select(p => p with { Row = clean.OriginOf(p.Row) })).ToArray();
                record(i, before, poison.Count == 0 ? clean : Guarded.Without(clean, poison).Batch, current, verdicts, aside, took);
            }
        }

        return current;
    }

    async Task<Batch> BaseRowsAsync(BatchRef reference, Schema schema, IReadOnlySet<string>? columns, CancellationToken cancellation)
    {
        var file = await files.ReadAsync(reference, columns, cancellation);
        return new Batch(columns is null ? schema : schema.Select(columns), file.Columns, file.Rows);
    }

    /// <summary>Takes out the rows a step could not even look at, and gives its parameters for the others.</summary>
    async Task<(Batch Batch, Fitted Fitted)> WithoutPoisonAsync(Step step, StepFit? fit, Batch batch, int number, CancellationToken cancellation)
    {
        if (fit is null)
        {
            return (batch, Fitted.None);
        }

        var json = Encoding.UTF8.GetBytes(fit.Json);
        var answers = step is Llm.AskingStep ? Llm.RowAnswers.FromBytes(await store.ReadAsync(fit.Decisions![number], cancellation)) : null;
        var decisions = fit.Decisions is null || answers is not null ? null : await DecisionsAsync(fit.Decisions[number], batch.Rows * step.DecisionBytes, cancellation);
        var poison = PoisonOf(fit, number);
        var fitted = new Fitted(json, decisions, answers);
        if (poison.Count == 0)
        {
            return (batch, fitted);
        }

        var (rest, kept) = Guarded.Without(batch, poison);
        return (rest, fitted.Pick(kept, step.DecisionBytes));
    }

    async Task<byte[]> DecisionsAsync(string path, int bytes, CancellationToken cancellation)
    {
        var decisions = new byte[bytes];
        if (path.Length > 0)
        {
            using var unpacked = new DeflateStream(new MemoryStream(await store.ReadAsync(path, cancellation)), CompressionMode.Decompress);
            await unpacked.ReadExactlyAsync(decisions, cancellation);
        }

        return decisions;
    }

    async Task<bool> ObserveAsync(Run run, int passNumber, int batch, CancellationToken cancellation)
    {
        var pass = (await PassesAsync(run, cancellation))[passNumber];
        var reuses = run.Pipeline.Optimization.Caching;
        if (reuses && await IsObservedAsync(run, pass, batch, cancellation))
        {
            return false;
        }

        var schema = (await SchemasAsync(run, pass.Prefix, cancellation))[^1];
        var rows = await ApplyChainAsync(run, batch, pass.Prefix, PassPlan.Looked(pass.Observers.Select(o => StepOf(run, o)), schema), null, cancellation);
        foreach (var observer in pass.Observers)
        {
            var path = MemoKey.PathOf(await ObserveKeyAsync(run, pass, observer, batch, cancellation));
            var memo = (reuses ? await TryReadDocumentAsync<ObserveMemo>(path, cancellation) : null)
                ?? await WriteDocumentAsync(path, await LookAsync(StepOf(run, observer), rows, schema, cancellation), cancellation);
            rows = memo.Poison is null ? rows : Guarded.Without(rows, memo.Poison).Batch;
        }

        return true;
    }

    /// <summary>One step's look at one batch; rows on which it throws are found and left out.</summary>
    async Task<ObserveMemo> LookAsync(Step step, Batch batch, Schema schema, CancellationToken cancellation)
    {
        List<PoisonRow>? poison = null;
        (State? State, RowKey[] Keys) seen;
        var kept = default(int[]);
        try
        {
            seen = Look(step, batch, schema);
        }
        catch (Exception e) when (Guarded.IsOfData(e))
        {
            poison = Guarded.FindPoison(batch.Rows, (from, to) => Look(step, batch.Slice(from, to), schema), options.MaxQuarantinedRowsPerBatch);
            if (poison.Count is 0 || poison.Count > options.MaxQuarantinedRowsPerBatch)
            {
                throw;
            }

            (var rest, kept) = Guarded.Without(batch, poison);
            seen = Look(step, rest, schema);
        }

        var state = seen.State is null ? null : await WriteContentAsync("states", seen.State.ToBytes(), cancellation);
        var keys = step.IsKeyed ? await WriteContentAsync("keys", KeyRuns.Encode(seen.Keys, Kept(kept, batch.Rows, seen.Keys.Length)), cancellation) : null;
        var vectors = step.Vectors(schema) is { } source ? await WriteVectorsAsync(source, batch, cancellation) : null;
        return new ObserveMemo(state, keys, batch.Rows, poison, vectors);
    }

    // A step with several keys a row numbers rows n + r, 2n + r… for them, with n the rows of the whole batch.
    static int[]? Kept(int[]? kept, int rows, int keys) =>
        kept is null or [] ? kept : [.. Enumerable.Range(0, keys / kept.Length).SelectMany(family => kept.Select(row => (family * rows) + row))];

    static (State? State, RowKey[] Keys) Look(Step step, Batch batch, Schema schema)
    {
        var state = step.NewState(schema);
        if (state is not null)
        {
            step.Observe(batch, state);
        }

        return (state, step.IsKeyed ? step.Keys(batch) : []);
    }
}
