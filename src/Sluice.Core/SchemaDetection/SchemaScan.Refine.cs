namespace Sluice.SchemaDetection;

// What a refiner claims of tables and of how they refer to each other is compared with all rows.
public static partial class SchemaScan
{
    // A model's word is no evidence by itself: what it says and all rows confirm is listed after what was found.
    const double ClaimedScore = 0.5;

    static async Task<DetectedTables> RefinedAsync(
        DetectedTables plain, IReadOnlyList<(string Name, SchemaDetector Table)> found, IReadOnlyList<InputTable> tables, DetectionLimits limits, SchemaRefiner refiner,
        CancellationToken cancellation)
    {
        var claims = await refiner.RefineAsync([.. found.Zip(plain.Tables, (t, p) => t.Table.Profile(t.Name, p.Schema))], cancellation);
        var (references, refused) = await ReferencesAsync(plain, claims, tables, limits, cancellation);
        var refined = new List<DetectedTable>();
        for (var i = 0; i < tables.Count; i++)
        {
            var facts = await KeyFactsAsync(tables[i], claims[i].Key, limits, cancellation);
            var schema = RefinementGuard.Apply(found[i].Table, plain.Tables[i].Schema, claims[i], facts);
            var own = refused.Where(r => r.Table == tables[i].Name).Select(r => r.Claim);
            refined.Add(new DetectedTable(tables[i].Name, schema with { Refinement = schema.Refinement! with { Refused = [.. schema.Refinement.Refused, .. own] } }));
        }

        return new DetectedTables(refined, [.. plain.ForeignKeys, .. references]);
    }

    static async Task<KeyFacts?> KeyFactsAsync(InputTable table, IReadOnlyList<string> key, DetectionLimits limits, CancellationToken cancellation)
    {
        if (key.Count == 0 || !key.All(table.Schema.Has))
        {
            return null;
        }

        var (seen, duplicates) = (new HashSet<ulong>(), 0L);
        await foreach (var batch in table.ReadAsync(cancellation))
        {
            var columns = key.Select(name => TableCheck.Hashes(batch[name])).ToArray();
            for (var row = 0; row < batch.Rows; row++)
            {
                duplicates += seen.Add(TableCheck.Combine(columns, row)) ? 0 : 1;
            }

            if (seen.Count > limits.MaxHeldValues)
            {
                return new KeyFacts(duplicates == 0 ? null : duplicates);
            }
        }

        return new KeyFacts(duplicates);
    }

    static async Task<(IReadOnlyList<ForeignKey> Taken, IReadOnlyList<(string Table, RefusedClaim Claim)> Refused)> ReferencesAsync(
        DetectedTables plain, IReadOnlyList<TableRefinement> claims, IReadOnlyList<InputTable> tables, DetectionLimits limits, CancellationToken cancellation)
    {
        var refused = new List<(string Table, RefusedClaim Claim)>();
        var open = new List<ForeignKey>();
        foreach (var (table, claim) in tables.Zip(claims).SelectMany(pair => pair.Second.References.Select(r => (pair.First, r))))
        {
            if (plain.ForeignKeys.Any(f => (f.Table, f.Column, f.ReferencesTable, f.ReferencesColumn) == (table.Name, claim.Column, claim.Table, claim.References)))
            {
                continue;
            }

            if (ReferenceProblem(table, claim, plain, tables) is { } problem)
            {
                Refuse(table.Name, claim, problem);
            }
            else
            {
                open.Add(new ForeignKey(table.Name, claim.Column, claim.Table, claim.References, 0, 0, false, ClaimedScore));
            }
        }

        var taken = new List<ForeignKey>();
        foreach (var key in await VerifiedAsync([.. open.Distinct()], tables, limits, cancellation))
        {
            var problem = !key.Verified ? "there are too many values to compare, or none" : key.Missing > 0 ? $"{key.Missing:N0} values are not there" : null;
            if (problem is null)
            {
                taken.Add(key);
            }
            else
            {
                Refuse(key.Table, new ReferenceClaim(key.Column, key.ReferencesTable, key.ReferencesColumn), problem);
            }
        }

        return (taken, refused);

        void Refuse(string table, ReferenceClaim claim, string reason) =>
            refused.Add((table, new RefusedClaim(claim.Column, "reference", $"{claim.Table}.{claim.References}", reason)));
    }

    static string? ReferenceProblem(InputTable table, ReferenceClaim claim, DetectedTables plain, IReadOnlyList<InputTable> tables)
    {
        if (!table.Schema.Has(claim.Column))
        {
            return $"there is no column '{claim.Column}'";
        }

        if (tables.FirstOrDefault(t => t.Name == claim.Table) is not { } other)
        {
            return $"there is no table '{claim.Table}'; there are: {string.Join(", ", tables.Select(t => t.Name))}";
        }

        if (!other.Schema.Has(claim.References))
        {
            return $"'{claim.Table}' has no column '{claim.References}'";
        }

        // What refers must find one row: the key of the other table.
        var key = plain.Tables.First(t => t.Name == claim.Table).Schema.Keys.FirstOrDefault(k => k.Verified && k.Columns.Count == 1 && k.Columns[0] == claim.References);
        return key is null ? $"'{claim.Table}.{claim.References}' is not known to have each value once"
            : (claim.Table, claim.References) == (table.Name, claim.Column) ? "a column does not refer to itself"
            : null;
    }
}
