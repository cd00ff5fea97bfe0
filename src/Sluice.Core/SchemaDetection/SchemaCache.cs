using System.Collections.Concurrent;
using System.Text.Json;
using Sluice.Datasets;
using Sluice.Steps;
using Sluice.Storage;

namespace Sluice.SchemaDetection;

/// <summary>
/// Schemas of versions, with their statistics. One that the version's own pipeline detected, with what it declares, is in its manifest; any other is detected from its rows on the
/// first request and kept in memory, and on a Redis server where there is one, which others share and a restart leaves. A version never changes, so what is kept is never out of date;
/// it is made again only when that is asked for.
/// </summary>
/// <param name="catalogue">Where versions are.</param>
/// <param name="redis">Second level; null: none.</param>
/// <param name="expiry">How long it keeps a schema.</param>
public sealed class SchemaCache(DatasetCatalogue catalogue, RedisCache? redis = null, TimeSpan expiry = default)
{
    const int MaxKept = 128;

    readonly ConcurrentDictionary<string, DetectedSchema> kept = new(StringComparer.Ordinal);
    readonly ConcurrentQueue<string> order = new();

    /// <summary>The schema of a version.</summary>
    /// <param name="entry">The version.</param>
    /// <param name="refresh">Whether to detect it again.</param>
    /// <param name="cancellation">Ends the look.</param>
    /// <param name="refiner">Language model that describes it; null: none. A schema of the version's own pipeline that another or none described is then made again from the rows.</param>
    public async Task<VersionSchema> OfAsync(VersionEntry entry, bool refresh, CancellationToken cancellation, ModelRefiner? refiner = null)
    {
        var manifest = await catalogue.ManifestAsync(entry.Dataset, entry.Version, cancellation);
        if (manifest.Steps.LastOrDefault(s => s.Type == "schema_detection")?.Fitted is { } own
            && JsonSerializer.Deserialize<DetectedSchema>(own, StepJson.Options)! is var fitted
            && (refiner is null || fitted.Refinement?.Model == refiner.Model))
        {
            return new VersionSchema(fitted, "pipeline");
        }

        var key = $"{entry.Dataset}/{entry.Version}/{refiner?.Id}";
        if (!refresh && kept.TryGetValue(key, out var known))
        {
            return new VersionSchema(known, "memory");
        }

        if (!refresh && redis is not null && Read(await redis.GetAsync(RedisKey(key), cancellation)) is { } shared)
        {
            Keep(key, shared);
            return new VersionSchema(shared, "redis");
        }

        var found = await DetectAsync(entry, refiner, cancellation);
        Keep(key, found);
        if (redis is not null)
        {
            await redis.SetAsync(RedisKey(key), Fitted.Of(found), expiry, cancellation);
        }

        return new VersionSchema(found, "rows");
    }

    static string RedisKey(string key) => $"sluice:schema:{new SchemaDetectionStep(new()).CodeVersion}:{key}";

    // What another release kept may have another shape: then it is not there.
    static DetectedSchema? Read(byte[]? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<DetectedSchema>(json, StepJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    async Task<DetectedSchema> DetectAsync(VersionEntry entry, ModelRefiner? refiner, CancellationToken cancellation)
    {
        var rows = await catalogue.OpenAsync(entry.Dataset, entry.Version, cancellation);
        var step = new SchemaDetectionStep(new());
        var state = step.NewState(rows.Schema);
        await foreach (var batch in rows.ReadAsync(cancellation))
        {
            step.Observe(batch, state);
        }

        var fitted = refiner is null ? step.Fit(state, null) : await step.RefinedFitAsync(state, entry.Dataset, refiner, cancellation);
        return new Fitted(fitted).As<DetectedSchema>();
    }

    void Keep(string key, DetectedSchema schema)
    {
        if (kept.TryAdd(key, schema))
        {
            order.Enqueue(key);
        }
        else
        {
            kept[key] = schema;
        }

        while (kept.Count > MaxKept && order.TryDequeue(out var oldest))
        {
            kept.TryRemove(oldest, out _);
        }
    }
}

/// <summary>A schema and where it is from.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="From"><c>pipeline</c>: the version's own pipeline detected or declared it; <c>rows</c>: now, from the rows; <c>memory</c>, <c>redis</c>: earlier, from the rows.</param>
public sealed record VersionSchema(DetectedSchema Schema, string From);
