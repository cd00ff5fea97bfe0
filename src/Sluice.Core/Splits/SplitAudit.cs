using Sluice.Embedding;
using Sluice.Splits.Units;
using Sluice.TextDuplicates;
using Sluice.VectorSpace;

namespace Sluice.Splits;

/// <summary>What a look at the rows of a version says of its split.</summary>
/// <param name="Sets">Rows of each set, as counted.</param>
/// <param name="KeysChecked">Different rows, and different values of the columns that keep rows together.</param>
/// <param name="KeysCrossingSets">How many of them have rows in more than one set.</param>
/// <param name="LeakedPairs">Near-duplicates in different sets; null when the version has no column to compare by.</param>
/// <param name="Likeness">How alike the sets are, by <paramref name="LikenessOf"/>.</param>
/// <param name="LikenessOf">What likeness was measured by, in words: the features of the split, or the numeric columns.</param>
/// <param name="Problems">What contradicts the certificate, each as a sentence. Empty: the certificate holds.</param>
public sealed record SplitAuditReport(
    IReadOnlyDictionary<string, long> Sets, long KeysChecked, long KeysCrossingSets, LeakedPairs? LeakedPairs, IReadOnlyList<SetLikeness> Likeness, string LikenessOf,
    IReadOnlyList<string> Problems)
{
    /// <summary>Rows of one meaning in different sets; null unless the split kept them together.</summary>
    public LeakedPairs? LeakedMeanings { get; init; }

    /// <summary>How well the covering set covers all rows now; null unless the split was by coverage of its <c>features</c>.</summary>
    public SplitCoverage? Coverage { get; init; }

    public bool Holds => Problems.Count == 0;
}

/// <summary>
/// Checks the certificate of a split again, from the rows of the version alone: nothing that the split decided is used. Memory grows with the different rows, and where the
/// split compared features, by 4 bytes a number of their vectors.
/// </summary>
/// <param name="options">Options of the split.</param>
/// <param name="report">What the split reported.</param>
public sealed class SplitAudit(Split.Options options, SplitReport report)
{
    const int SampledRows = 2_000;

    // Vectors are added up in another order than the split's.
    const double Slack = 1.000_1;
    readonly List<string> names = [.. report.Sets.Select(s => s.Name)];
    readonly long[] rowsOfSet = new long[report.Sets.Count];
    readonly Dictionary<ulong, int> setOf = [];
    readonly HashSet<ulong> crossing = [];
    readonly ShingleSets texts = new();
    readonly Dictionary<ulong, int> setOfText = [];
    readonly PriorityQueue<float[], ulong>[] samples = [.. report.Sets.Select(_ => new PriorityQueue<float[], ulong>())];
    readonly SortedSet<string> missing = new(StringComparer.Ordinal);
    readonly SortedSet<string> missingFeatures = new(StringComparer.Ordinal);
    readonly AuditedVectors vectors = new(options.Features?.Cell is not null);
    long strangers;

    bool HasFeatures => options.Features is not null && missingFeatures.Count == 0;

    /// <summary>Looks at some rows of the version; in any order. Texts are embedded where the store has no vector of them.</summary>
    public async Task AddAsync(Batch batch, VectorStore store, CancellationToken cancellation)
    {
        missingFeatures.UnionWith(options.Features?.Names.Where(name => !batch.Schema.Has(name)) ?? []);
        Add(batch, HasFeatures ? await options.Features!.RawAsync(batch, store, cancellation) : null);
    }

    void Add(Batch batch, VectorRows? features)
    {
        var sets = SetsOf(batch);
        var rows = batch.Select(batch.Schema.Where(f => f.Name != options.OutputColumn).Select(f => f.Name).ToHashSet(StringComparer.Ordinal));
        var own = Present(rows.Schema);
        var near = own.NearDuplicates is { } wanted ? new NearTexts(wanted) : null;
        near?.Observe(rows, texts);
        var ids = near?.Ids(rows);
        var keys = UnitKeys.Of(rows, own, null, ids);
        for (var i = 0; i < keys.Length; i++)
        {
            Note(keys[i].High, sets[i % batch.Rows]);
        }

        for (var row = 0; row < ids?.Length; row++)
        {
            setOfText[ids[row]] = sets[row];
        }

        if (features is not null && (options.Cosine is not null || options.Strategy == SplitStrategy.Coverage))
        {
            vectors.Add(features, sets);
        }

        Sample(sets, keys, features is null ? Numbers(rows) : row => features[row].ToArray());
    }

    /// <summary>What the rows say; once, after all were looked at.</summary>
    public SplitAuditReport Finish(CancellationToken cancellation)
    {
        var near = options.NearDuplicates is { } wanted && texts.Count > 0 ? LeakedPairs.Count(texts, wanted, setOfText) : null;
        var found = names.Zip(rowsOfSet).ToDictionary(s => s.First, s => s.Second, StringComparer.Ordinal);
        var meanings = options.Cosine is { } cosine && HasFeatures ? vectors.Leaked(cosine) : null;
        var coverage = report.Coverage is { } reported && HasFeatures ? reported with { Radius = vectors.Radius(names.IndexOf(reported.Set), cancellation) } : null;
        return new SplitAuditReport(found, setOf.Count, crossing.Count, near, Likeness(), LikenessOf, [.. Contradictions(near, meanings, coverage)])
        {
            LeakedMeanings = meanings,
            Coverage = coverage,
        };
    }

    string LikenessOf => !HasFeatures ? "the numeric columns"
        : options.Features!.Text is { } text ? $"'{text}' by {options.Features.Model}" : options.Features.Vector is { } vector ? $"the vectors of '{vector}'" : string.Join(", ", options.Features.Columns.Select(name => $"'{name}'"));

    IEnumerable<string> Contradictions(LeakedPairs? near, LeakedPairs? meanings, SplitCoverage? coverage)
    {
        if (strangers > 0)
        {
            yield return $"{strangers:N0} rows are in none of the sets {string.Join(", ", names)}.";
        }

        if (crossing.Count > 0)
        {
            yield return $"{crossing.Count:N0} of {setOf.Count:N0} keys have rows in more than one set; the certificate says {report.Certificate.KeysCrossingSets}.";
        }

        if (near is not null && near.Pairs > (report.Certificate.LeakedPairs?.Bound ?? 0))
        {
            yield return $"{near.Pairs:N0} near-duplicate pairs are in different sets; the certificate allows {report.Certificate.LeakedPairs?.Bound ?? 0:N0}.";
        }

        if (meanings is not null && meanings.Pairs > (report.Certificate.LeakedMeanings?.Bound ?? 0))
        {
            yield return $"{meanings.Pairs:N0} pairs of one meaning are in different sets; the certificate allows {report.Certificate.LeakedMeanings?.Bound ?? 0:N0}.";
        }

        // Columns are scaled by all rows: without some of them, distances are others.
        if (coverage is not null && coverage.Radius > (report.Coverage!.Radius * Slack) && (options.Features!.Cell is not null || rowsOfSet.Sum() == report.Sets.Sum(s => s.Rows)))
        {
            yield return $"Every row should have one of set '{coverage.Set}' within {report.Coverage.Radius}; the farthest is {coverage.Radius} away.";
        }

        for (var set = 0; set < names.Count; set++)
        {
            // Later steps may take rows out, never put any in.
            if (rowsOfSet[set] > report.Sets[set].Rows)
            {
                yield return $"Set '{names[set]}' has {rowsOfSet[set]:N0} rows; the split reported {report.Sets[set].Rows:N0}.";
            }
        }

        foreach (var name in missingFeatures)
        {
            yield return $"Column '{name}', by whose features rows were compared, is not in the version, so that cannot be checked.";
        }

        foreach (var name in missing)
        {
            yield return $"Column '{name}', by which rows were kept together, is not in the version, so that cannot be checked.";
        }
    }

    int[] SetsOf(Batch batch)
    {
        var column = batch[options.OutputColumn];
        var sets = new int[batch.Rows];
        for (var row = 0; row < sets.Length; row++)
        {
            sets[row] = names.IndexOf(column.Display(row));
            if (sets[row] < 0)
            {
                strangers++;
            }
            else
            {
                rowsOfSet[sets[row]]++;
            }
        }

        return sets;
    }

    /// <summary>The options less what the version has no columns for.</summary>
    Split.Options Present(Schema schema)
    {
        bool Has(string name)
        {
            if (!schema.Has(name))
            {
                missing.Add(name);
            }

            return schema.Has(name);
        }

        var grouped = options.Strategy == SplitStrategy.Group && (options.Column is { } one ? options.Columns.Prepend(one) : options.Columns).All(Has);
        var parents = options.Parent is { } parent && Has(parent) & Has(options.Id!);
        var near = options.NearDuplicates is { } wanted && wanted.Columns.All(Has) ? options.NearDuplicates : null;
        return options with
        {
            Strategy = grouped ? SplitStrategy.Group : SplitStrategy.Random,
            Together = [.. options.Together.Where(Has)],
            Parent = parents ? options.Parent : null,
            NearDuplicates = near,
        };
    }

    void Note(ulong key, int set)
    {
        if (!setOf.TryAdd(key, set) && setOf[key] != set)
        {
            crossing.Add(key);
        }
    }

    /// <summary>Keeps the rows with the smallest hashes of each set: a random sample that is the same for the same rows.</summary>
    void Sample(int[] sets, RowKey[] keys, Func<int, float[]>? values)
    {
        for (var row = 0; row < sets.Length && values is not null; row++)
        {
            if (sets[row] >= 0)
            {
                // The queue gives the smallest priority first, and the largest hash has to go first.
                var sample = samples[sets[row]];
                sample.Enqueue(values(row), ulong.MaxValue - keys[row].High);
                if (sample.Count > SampledRows)
                {
                    sample.Dequeue();
                }
            }
        }
    }

    static Func<int, float[]>? Numbers(Batch rows)
    {
        var numeric = rows.Columns.Where(c => c.Type != ColumnType.Text).ToArray();
        return numeric.Length == 0 ? null : row => [.. numeric.Select(column => RowVectors.Number(column, row))];
    }

    IReadOnlyList<SetLikeness> Likeness()
    {
        var rows = samples.Select(sample => sample.UnorderedItems.OrderByDescending(item => item.Priority).Select(item => item.Element).ToArray()).ToArray();
        if (rows.All(r => r.Length == 0))
        {
            return [];
        }

        var width = rows.First(r => r.Length > 0)[0].Length;
        float[] values = [.. rows.SelectMany(r => r).SelectMany(r => r)];
        var standardized = HasFeatures && options.Features!.Cell is not null ? values : Standardize.Columns(values, width);
        var at = 0;
        return SetLikeness.Of(
            names,
            [
                .. rows.Select(r =>
                {
                    at += r.Length * width;
                    return standardized[(at - (r.Length * width))..at];
                }),
            ],
            width);
    }
}
