using Sluice.Splits.Units;
using Sluice.TextDuplicates;

namespace Sluice.Splits;

/// <summary>What a look at the rows of a version says of its split.</summary>
/// <param name="Sets">Rows of each set, as counted.</param>
/// <param name="KeysChecked">Different rows, and different values of the columns that keep rows together.</param>
/// <param name="KeysCrossingSets">How many of them have rows in more than one set.</param>
/// <param name="LeakedPairs">Near-duplicates in different sets; null when the version has no column to compare by.</param>
/// <param name="Likeness">How alike the numeric columns of the sets are.</param>
/// <param name="Problems">What contradicts the certificate, each as a sentence. Empty: the certificate holds.</param>
public sealed record SplitAuditReport(
    IReadOnlyDictionary<string, long> Sets, long KeysChecked, long KeysCrossingSets, LeakedPairs? LeakedPairs, IReadOnlyList<SetLikeness> Likeness,
    IReadOnlyList<string> Problems)
{
    public bool Holds => Problems.Count == 0;
}

/// <summary>
/// Checks the certificate of a split again, from the rows of the version alone: nothing that the split decided is used. Memory grows with the different rows.
/// </summary>
/// <param name="options">Options of the split.</param>
/// <param name="report">What the split reported.</param>
public sealed class SplitAudit(Split.Options options, SplitReport report)
{
    const int SampledRows = 2_000;
    readonly List<string> names = [.. report.Sets.Select(s => s.Name)];
    readonly long[] rowsOfSet = new long[report.Sets.Count];
    readonly Dictionary<ulong, int> setOf = [];
    readonly HashSet<ulong> crossing = [];
    readonly ShingleSets texts = new();
    readonly Dictionary<ulong, int> setOfText = [];
    readonly PriorityQueue<float[], ulong>[] samples = [.. report.Sets.Select(_ => new PriorityQueue<float[], ulong>())];
    readonly SortedSet<string> missing = new(StringComparer.Ordinal);
    long strangers;

    /// <summary>Looks at some rows of the version; in any order.</summary>
    public void Add(Batch batch)
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

        Sample(rows, sets, keys);
    }

    public SplitAuditReport Finish()
    {
        var near = options.NearDuplicates is { } wanted && texts.Count > 0 ? LeakedPairs.Count(texts, wanted, setOfText) : null;
        var found = names.Zip(rowsOfSet).ToDictionary(s => s.First, s => s.Second, StringComparer.Ordinal);
        return new SplitAuditReport(found, setOf.Count, crossing.Count, near, Likeness(), [.. Contradictions(near)]);
    }

    IEnumerable<string> Contradictions(LeakedPairs? near)
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

        for (var set = 0; set < names.Count; set++)
        {
            // Later steps may take rows out, never put any in.
            if (rowsOfSet[set] > report.Sets[set].Rows)
            {
                yield return $"Set '{names[set]}' has {rowsOfSet[set]:N0} rows; the split reported {report.Sets[set].Rows:N0}.";
            }
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
    void Sample(Batch rows, int[] sets, RowKey[] keys)
    {
        var numeric = rows.Columns.Where(c => c.Type != ColumnType.Text).ToArray();
        for (var row = 0; row < sets.Length && numeric.Length > 0; row++)
        {
            if (sets[row] >= 0)
            {
                // The queue gives the smallest priority first, and the largest hash has to go first.
                var sample = samples[sets[row]];
                sample.Enqueue([.. numeric.Select(column => RowVectors.Number(column, row))], ulong.MaxValue - keys[row].High);
                if (sample.Count > SampledRows)
                {
                    sample.Dequeue();
                }
            }
        }
    }

    IReadOnlyList<SetLikeness> Likeness()
    {
        var rows = samples.Select(sample => sample.UnorderedItems.OrderByDescending(item => item.Priority).Select(item => item.Element).ToArray()).ToArray();
        if (rows.All(r => r.Length == 0))
        {
            return [];
        }

        var width = rows.First(r => r.Length > 0)[0].Length;
        var standardized = Standardize.Columns([.. rows.SelectMany(r => r).SelectMany(r => r)], width);
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
