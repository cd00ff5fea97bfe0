namespace Sluice.Repair;

/// <summary>A row that somebody corrected: as it was found, and as it should be. Null is missing.</summary>
public sealed record LabelledRow(IReadOnlyList<string?> Dirty, IReadOnlyList<string?> Clean);

/// <summary>What is known of the rows before any label: values, dependencies, and whose word counts for how much. Costs one look; labels come cheap after.</summary>
sealed class RepairData
{
    // The vote of a labelled row on a column that depends strictly on another: it settles its group.
    const double LabelWeight = 1000;
    readonly IReadOnlyList<DependencyFinder.Found>[] found;
    readonly SourceTrust.Sources[][] sources;
    readonly List<ValueFacts>[] facts;
    int[] kept;

    public RepairData(CodedTable table)
    {
        Table = table;
        Profiles = [.. Enumerable.Range(0, table.Columns).Select(c => new ColumnProfile([.. table.Values[c]], table.Codes[c]))];
        facts = [.. Enumerable.Range(0, table.Columns).Select(c => table.Values[c].Select((value, code) => Profiles[c].Facts(value, code)).ToList())];
        kept = [.. table.Values.Select(v => v.Count)];
        found = DependencyFinder.Find(table);
        sources = [.. found.Select((dependencies, right) => dependencies.Select(d => SourceTrust.Learn(table, d.Left, right)).ToArray())];
    }

    public CodedTable Table { get; }

    public IReadOnlyList<ColumnProfile> Profiles { get; }

    public ValueFacts Facts(int column, int code)
    {
        for (var next = facts[column].Count; next <= code; next++)
        {
            facts[column].Add(Profiles[column].Facts(Table.Values[column][next], next));
        }

        return facts[column][code];
    }

    /// <summary>The values known now stay known.</summary>
    public void Keep() => kept = [.. Table.Values.Select(v => v.Count)];

    /// <summary>Drops the values that were met since.</summary>
    public void Forget()
    {
        Table.Trim(kept);
        foreach (var (column, known) in facts.Index())
        {
            known.RemoveRange(Math.Min(kept[column], known.Count), known.Count - Math.Min(kept[column], known.Count));
        }
    }

    /// <summary>The dependencies of each column, voted on by the rows and, with more weight, by the corrected ones.</summary>
    public Dependency[][] Vote(IReadOnlyDictionary<int, int[]> corrected)
    {
        var believed = new CodedTable(Table, corrected);
        return [.. found.Select((dependencies, right) => dependencies.Select((d, i) =>
        {
            var voices = sources[right][i].Weights(Table);
            if (corrected.Count > 0)
            {
                var known = new Dependency(Table, d.Left, right, voices);
                voices = SourceTrust.Correct(sources[right][i], Table, known, corrected).Weights(Table);
                foreach (var row in corrected.Keys)
                {
                    voices[row] = 1 + (LabelWeight * Math.Pow(d.Strength, 4));
                }
            }

            return new Dependency(believed, d.Left, right, voices);
        }).ToArray())];
    }
}
