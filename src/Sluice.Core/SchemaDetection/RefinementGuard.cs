using System.Text.Json.Nodes;

namespace Sluice.SchemaDetection;

/// <summary>Takes of a refinement what the data does not contradict, and lists the rest with the reasons.</summary>
static class RefinementGuard
{
    /// <param name="table">What was seen of the table.</param>
    /// <param name="plain">Its schema without the refinement.</param>
    /// <param name="claims">What is claimed.</param>
    /// <param name="rows">What comparing all rows said of the claimed key; null: they were not compared.</param>
    public static DetectedSchema Apply(SchemaDetector table, DetectedSchema plain, TableRefinement claims, KeyFacts? rows = null)
    {
        var byName = claims.Columns.GroupBy(c => c.Column, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        List<ColumnClaims> columns = [.. table.Columns.Select((judge, i) => new ColumnClaims(judge, plain.Columns[i], plain.Evidence[i], claims.Model))];
        foreach (var (judge, column) in table.Columns.Zip(columns))
        {
            if (byName.TryGetValue(judge.Name, out var claim))
            {
                column.Take(claim);
            }
        }

        var refused = columns.SelectMany(c => c.Refused).ToList();
        var keys = KeysOf(table, plain, claims.Key, rows, refused);
        var checkedSteps = new StepClaims(new Schema(table.Columns.Select(c => c.Sketch.Field)), plain.Transformations);
        checkedSteps.Take(claims.Steps, Ranges(table, columns), refused);
        return plain with
        {
            Columns = [.. columns.Select(c => c.Column)],
            Evidence = [.. columns.Select(c => c.Evidence)],
            Keys = keys,
            Transformations = checkedSteps.All,
            SuggestedTransformations = [.. checkedSteps.All.Select(s => s.Description)],
            Notes = [.. plain.Notes, .. claims.Notes],
            Refinement = new Refinement(claims.Model, refused),
        };
    }

    static List<KeyCandidate> KeysOf(SchemaDetector table, DetectedSchema plain, IReadOnlyList<string> key, KeyFacts? rows, List<RefusedClaim> refused)
    {
        if (key.Count == 0)
        {
            return [.. plain.Keys];
        }

        if (plain.Keys.FirstOrDefault(k => k.Columns.ToHashSet(StringComparer.Ordinal).SetEquals(key)) is { } known)
        {
            return [known, .. plain.Keys.Where(k => k != known)];
        }

        if (KeyProblem(table, plain, key, rows) is { } problem)
        {
            refused.Add(new RefusedClaim(key.Count == 1 ? key[0] : null, "key", string.Join(" + ", key), problem));
            return [.. plain.Keys];
        }

        // Which of several keys is meant cannot be measured: a model that read the table says it, and all rows agree.
        return [new KeyCandidate(key, true, plain.Keys.Select(k => k.Score).DefaultIfEmpty(0.5).Max()), .. plain.Keys];
    }

    static string? KeyProblem(SchemaDetector table, DetectedSchema plain, IReadOnlyList<string> key, KeyFacts? rows)
    {
        var judges = table.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        return key.FirstOrDefault(name => !judges.ContainsKey(name)) is { } absent ? $"there is no column '{absent}'"
            : key.FirstOrDefault(name => judges[name].Sketch.Missing > 0) is { } holes ? $"'{holes}' is missing in {judges[holes].Sketch.Missing:N0} rows"
            : plain.Keys.FirstOrDefault(k => k.Verified && k.Columns.All(key.Contains)) is { } smaller ? $"{string.Join(" + ", smaller.Columns)} alone tells all rows apart"
            : rows?.Duplicates is > 0 and var duplicates ? $"{duplicates:N0} rows have the values of an earlier row"
            : rows?.Duplicates == 0 ? null
            : key.Count == 1 && judges[key[0]].Unique == false ? "values are there twice"
            : "its rows were not all compared; 'sluice schema' compares them";
    }

    static JsonArray Ranges(SchemaDetector table, IReadOnlyList<ColumnClaims> columns)
    {
        var rules = new JsonArray();
        foreach (var (judge, claims) in table.Columns.Zip(columns))
        {
            if (claims.Range is var (min, max) && (min ?? max) is not null)
            {
                var rule = new JsonObject { ["type"] = "range", ["column"] = judge.Name };
                if (min is not null)
                {
                    rule["min"] = min;
                }

                if (max is not null)
                {
                    rule["max"] = max;
                }

                rules.Add(rule);
            }
        }

        return rules;
    }
}

/// <summary>What comparing all rows said of a claimed key.</summary>
/// <param name="Duplicates">Rows with the values of an earlier row; null: too many values to compare.</param>
sealed record KeyFacts(long? Duplicates);
