using Sluice.Steps;

namespace Sluice.Privacy.Anonymity;

/// <summary>How often each combination of values occurs, with the sensitive values that occur with it. Exact, and so mergeable in any order.</summary>
sealed class GroupState(int maxGroups) : State
{
    /// <summary>Between the values of a key. A value that holds it would make two keys one; it becomes a space.</summary>
    public const char Separator = '\u001F';

    readonly SortedDictionary<string, SortedDictionary<string, long>> groups = new(StringComparer.Ordinal);

    /// <summary>Keys with the count of each sensitive value; without a sensitive column that value is empty.</summary>
    public IReadOnlyDictionary<string, SortedDictionary<string, long>> Groups => groups;

    public static string Key(IReadOnlyList<Column> columns, int row) =>
        string.Join(Separator, columns.Select(column => column.Display(row).Replace(Separator, ' ')));

    public void Add(string key, string sensitive, long rows)
    {
        if (!groups.TryGetValue(key, out var values))
        {
            if (groups.Count == maxGroups)
            {
                throw new DataException($"The quasi-identifiers have more than {maxGroups:N0} different combinations. Leave out one that is nearly unique, coarsen it before, or raise max_groups.");
            }

            groups[key] = values = new SortedDictionary<string, long>(StringComparer.Ordinal);
        }

        values[sensitive] = values.GetValueOrDefault(sensitive) + rows;
    }

    public override void Merge(State other)
    {
        foreach (var (key, values) in ((GroupState)other).groups)
        {
            foreach (var (sensitive, rows) in values)
            {
                Add(key, sensitive, rows);
            }
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(groups.Count);
        foreach (var (key, values) in groups)
        {
            writer.Write(key);
            writer.Write7BitEncodedInt(values.Count);
            foreach (var (sensitive, rows) in values)
            {
                writer.Write(sensitive);
                writer.Write(rows);
            }
        }
    }

    public override void Read(BinaryReader reader)
    {
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var key = reader.ReadString();
            for (var values = reader.Read7BitEncodedInt(); values > 0; values--)
            {
                Add(key, reader.ReadString(), reader.ReadInt64());
            }
        }
    }
}
