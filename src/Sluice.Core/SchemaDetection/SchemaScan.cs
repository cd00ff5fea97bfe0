namespace Sluice.SchemaDetection;

/// <summary>A table and what it is.</summary>
/// <param name="Name">Name of the table.</param>
/// <param name="Schema">Its schema.</param>
public sealed record DetectedTable(string Name, DetectedSchema Schema);

/// <summary>Several tables, and how they refer to one another.</summary>
/// <param name="Tables">In the order they were given.</param>
/// <param name="ForeignKeys">References between them and within them, most likely first.</param>
public sealed record DetectedTables(IReadOnlyList<DetectedTable> Tables, IReadOnlyList<ForeignKey> ForeignKeys);

/// <summary>Detects the schema of whole tables in two looks: one for everything, one that compares all rows for what the first found.</summary>
public static partial class SchemaScan
{
    /// <param name="tables">Tables.</param>
    /// <param name="limits">How far to look.</param>
    /// <param name="refiner">Adds what only reading can tell; null: nothing does.</param>
    /// <param name="cancellation">Ends the look.</param>
    public static async Task<DetectedTables> RunAsync(
        IReadOnlyList<InputTable> tables, DetectionLimits limits, SchemaRefiner? refiner, CancellationToken cancellation)
    {
        var found = new List<(string Name, SchemaDetector Table)>();
        foreach (var table in tables)
        {
            var detector = new SchemaDetector(await table.SketchAsync(limits.RelatedColumns, cancellation), limits);
            var check = new TableCheck(detector, limits);
            await foreach (var batch in table.ReadAsync(cancellation))
            {
                check.Observe(batch);
            }

            detector.Take(check.Result());
            found.Add((table.Name, detector));
        }

        var relations = await VerifiedAsync([.. RelationSearch.Of(found)], tables, limits, cancellation);
        var plain = new DetectedTables([.. found.Select(t => new DetectedTable(t.Name, t.Table.Schema()))], relations);
        return refiner is null ? plain : await RefinedAsync(plain, found, tables, limits, refiner, cancellation);
    }

    /// <summary>Compares all rows of the columns that refer with all rows of the keys.</summary>
    static async Task<IReadOnlyList<ForeignKey>> VerifiedAsync(
        IReadOnlyList<ForeignKey> candidates, IReadOnlyList<InputTable> tables, DetectionLimits limits, CancellationToken cancellation)
    {
        var keys = candidates.Select(c => (c.ReferencesTable, c.ReferencesColumn)).Distinct().ToDictionary(k => k, _ => (HashSet<ulong>?)[]);
        foreach (var table in tables)
        {
            var columns = keys.Keys.Where(k => k.ReferencesTable == table.Name).ToList();
            await EachBatchAsync(table, columns.Count, batch =>
            {
                foreach (var key in columns)
                {
                    keys[key]?.UnionWith(TableCheck.Hashes(batch[key.ReferencesColumn]));
                    keys[key] = keys.Values.Sum(s => (long)(s?.Count ?? 0)) > limits.MaxHeldValues ? null : keys[key];
                }
            }, cancellation);
        }

        var (present, absent) = (new long[candidates.Count], new long[candidates.Count]);
        foreach (var table in tables)
        {
            var mine = Enumerable.Range(0, candidates.Count).Where(i => candidates[i].Table == table.Name).ToList();
            await EachBatchAsync(table, mine.Count, batch =>
            {
                foreach (var i in mine)
                {
                    var known = keys[(candidates[i].ReferencesTable, candidates[i].ReferencesColumn)];
                    foreach (var hash in TableCheck.Hashes(batch[candidates[i].Column]).Where(h => h != CellHash.Missing))
                    {
                        present[i]++;
                        absent[i] += known?.Contains(hash) == false ? 1 : 0;
                    }
                }
            }, cancellation);
        }

        return [.. candidates.Select((c, i) => keys[(c.ReferencesTable, c.ReferencesColumn)] is null || present[i] == 0 ? c : c with
        {
            Included = Math.Round(1 - ((double)absent[i] / present[i]), 6),
            Missing = absent[i],
            Verified = true,
        })];
    }

    static async Task EachBatchAsync(InputTable table, int wanted, Action<Batch> look, CancellationToken cancellation)
    {
        if (wanted > 0)
        {
            await foreach (var batch in table.ReadAsync(cancellation))
            {
                look(batch);
            }
        }
    }
}
