using Sluice.Steps;

namespace Sluice.Splits;

/// <summary>Values of the strata by their hash, for the report. Of more than <paramref name="max"/>, those with the smallest hashes are kept.</summary>
sealed class StratumNames(int max) : State
{
    const int MaxLength = 60;
    readonly Dictionary<ulong, string> names = [];
    ulong largest = ulong.MaxValue;

    public string this[ulong stratum] => names.GetValueOrDefault(stratum, $"({stratum:x16})");

    public void Observe(IReadOnlyList<Column> columns, RowKey[] strata)
    {
        for (var row = 0; row < strata.Length; row++)
        {
            var stratum = strata[row].High;
            if (stratum <= largest && !names.ContainsKey(stratum))
            {
                Add(stratum, Name(columns, row));
            }
        }
    }

    public override void Merge(State other)
    {
        foreach (var (stratum, name) in ((StratumNames)other).names)
        {
            Add(stratum, name);
        }
    }

    public override void Write(BinaryWriter writer)
    {
        Trim();
        writer.Write7BitEncodedInt(names.Count);
        foreach (var (stratum, name) in names.OrderBy(n => n.Key))
        {
            writer.Write(stratum);
            writer.Write(name);
        }
    }

    public override void Read(BinaryReader reader)
    {
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            names.Add(reader.ReadUInt64(), reader.ReadString());
        }
    }

    void Add(ulong stratum, string name)
    {
        if (names.TryAdd(stratum, name) && names.Count > 2 * max)
        {
            Trim();
        }
    }

    void Trim()
    {
        if (names.Count > max)
        {
            var sorted = names.Keys.Order().ToArray();
            largest = sorted[max - 1];
            foreach (var stratum in sorted.AsSpan(max))
            {
                names.Remove(stratum);
            }
        }
    }

    static string Name(IReadOnlyList<Column> columns, int row)
    {
        var name = string.Join(" | ", columns.Select(column => Value(column, row)));
        return name.Length <= MaxLength ? name : name[..(char.IsHighSurrogate(name[MaxLength - 1]) ? MaxLength - 1 : MaxLength)] + "…";
    }

    static string Value(Column column, int row) => column switch
    {
        _ when column.IsNull(row) => "(missing)",

        // 0 and -0 are one stratum, so they need one name.
        ValueColumn<double> numbers when numbers.Values[row] == 0 => "0",
        _ => column.Display(row),
    };
}
