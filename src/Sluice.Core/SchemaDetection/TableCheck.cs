namespace Sluice.SchemaDetection;

/// <summary>What comparing all rows left of the candidates.</summary>
/// <param name="Keys">Keys that hold; those that needed too much memory are as they were.</param>
/// <param name="Dependencies">Dependencies with their error over all rows.</param>
/// <param name="Duplicates">Rows that equal an earlier one; null when it needed too much memory.</param>
sealed record VerifiedTable(IReadOnlyList<KeyCandidate> Keys, IReadOnlyList<Dependency> Dependencies, long? Duplicates);

/// <summary>
/// The second look: compares all rows for the candidates of the first. Values are compared by 64-bit hashes; the chance that two of 10^8 values collide is
/// 0.0003. Where the values of all candidates are more than the limit, the largest candidate is given up and stays unverified.
/// </summary>
sealed class TableCheck
{
    readonly SchemaDetector table;
    readonly DetectionLimits limits;
    readonly List<KeyCheck> keys;
    readonly List<DependencyCheck> dependencies;
    readonly string[] read;
    HashSet<ulong>? rows = [];
    long duplicates;

    public TableCheck(SchemaDetector table, DetectionLimits limits)
    {
        this.table = table;
        this.limits = limits;
        keys = [.. table.Keys.Where(k => !k.Verified).Select(k => new KeyCheck(k))];
        dependencies = [.. table.Dependencies.Where(d => !d.Verified).Select(d => new DependencyCheck(d))];
        read = [.. keys.SelectMany(k => k.Key.Columns).Concat(dependencies.SelectMany(d => d.Dependency.From.Append(d.Dependency.To))).Distinct()];
    }

    public void Observe(Batch batch)
    {
        var cells = read.ToDictionary(name => name, name => Hashes(batch[name]));
        keys.ForEach(k => k.Observe(cells, batch.Rows));
        dependencies.ForEach(d => d.Observe(cells, batch.Rows));
        CountDuplicates(batch);
        while (keys.Sum(k => k.Held) + dependencies.Sum(d => (long)d.Held) + (rows?.Count ?? 0) > limits.MaxHeldValues)
        {
            GiveUpLargest();
        }
    }

    public VerifiedTable Result() => new(
        [.. table.Keys.Select(k => keys.Find(c => c.Key == k) is { } check ? check.Result() : k).OfType<KeyCandidate>().OrderByDescending(k => k.Verified).ThenByDescending(k => k.Score)],
        [.. table.Dependencies.Select(d => dependencies.Find(c => c.Dependency == d) is { } check ? check.Result() : d).Where(IsKept)],
        rows is null ? null : duplicates);

    bool IsKept(Dependency dependency) =>
        dependency.Error <= DependencySearch.MaxError(table.Columns.Where(c => dependency.From.Contains(c.Name)), limits.MaxDependencyError);

    public static ulong[] Hashes(Column column)
    {
        var hashes = new ulong[column.Rows];
        for (var row = 0; row < hashes.Length; row++)
        {
            hashes[row] = CellHash.Of(column, row);
        }

        return hashes;
    }

    public static ulong Combine(IReadOnlyList<ulong[]> columns, int row)
    {
        var hash = 0UL;
        foreach (var column in columns)
        {
            hash = RowHash.Mix(hash ^ column[row] ^ 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F);
        }

        return hash;
    }

    void CountDuplicates(Batch batch)
    {
        if (rows is null || batch.Columns.Count == 0)
        {
            return;
        }

        foreach (var key in RowHash.Rows(batch.Columns, batch.Rows))
        {
            duplicates += rows.Add(key.High) ? 0 : 1;
        }
    }

    void GiveUpLargest()
    {
        var key = keys.MaxBy(k => k.Held);
        var dependency = dependencies.MaxBy(d => d.Held);
        if ((rows?.Count ?? 0) >= Math.Max(key?.Held ?? 0, dependency?.Held ?? 0))
        {
            rows = null;
        }
        else if ((key?.Held ?? 0) >= (dependency?.Held ?? 0))
        {
            key!.GiveUp();
        }
        else
        {
            dependency!.GiveUp();
        }
    }

    sealed class KeyCheck(KeyCandidate key)
    {
        HashSet<ulong>? seen = [];
        bool broken;

        public KeyCandidate Key => key;

        public int Held => seen?.Count ?? 0;

        public void Observe(Dictionary<string, ulong[]> cells, int rows)
        {
            var columns = key.Columns.Select(c => cells[c]).ToArray();
            for (var row = 0; row < rows && seen is not null; row++)
            {
                if (!seen.Add(Combine(columns, row)))
                {
                    broken = true;
                    seen = null;
                }
            }
        }

        public void GiveUp() => seen = null;

        public KeyCandidate? Result() => broken ? null : key with { Verified = seen is not null };
    }

    sealed class DependencyCheck(Dependency dependency)
    {
        Dictionary<(ulong From, ulong To), int>? seen = [];
        long total;

        public Dependency Dependency => dependency;

        public int Held => seen?.Count ?? 0;

        public void Observe(Dictionary<string, ulong[]> cells, int rows)
        {
            var from = dependency.From.Select(c => cells[c]).ToArray();
            var to = cells[dependency.To];
            total += rows;
            for (var row = 0; row < rows && seen is not null; row++)
            {
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(seen, (Combine(from, row), to[row]), out _)++;
            }
        }

        public void GiveUp() => seen = null;

        public Dependency Result()
        {
            if (seen is null || total == 0)
            {
                return dependency;
            }

            var most = new Dictionary<ulong, int>();
            foreach (var ((from, _), count) in seen)
            {
                most[from] = Math.Max(most.GetValueOrDefault(from), count);
            }

            return dependency with { Error = Math.Round(1 - (most.Values.Sum(c => (double)c) / total), 6), Verified = true };
        }
    }
}
