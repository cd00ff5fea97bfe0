using System.Text;
using Sluice.Steps;

namespace Sluice.Splits.Units;

/// <summary>The different sets of labels that rows have, each under its hash, which is the stratum of its rows.</summary>
sealed class LabelSets(int max) : State
{
    readonly Dictionary<ulong, string[]> sets = [];

    public string[] this[ulong stratum] => sets[stratum];

    /// <summary>Hash of each row's labels.</summary>
    public static ulong[] Strata(Batch batch, IReadOnlyList<string> columns, string? separator, LabelSets? into = null)
    {
        var strata = new ulong[batch.Rows];
        for (var row = 0; row < strata.Length; row++)
        {
            var labels = separator is null ? Marked(batch, columns, row) : Listed(batch[columns[0]], separator, row);
            strata[row] = RowHash.Bytes(Encoding.UTF8.GetBytes(string.Join('\u001F', labels)));
            into?.Add(strata[row], labels);
        }

        return strata;
    }

    public override void Merge(State other)
    {
        foreach (var (stratum, labels) in ((LabelSets)other).sets)
        {
            Add(stratum, labels);
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(sets.Count);
        foreach (var (stratum, labels) in sets.OrderBy(s => s.Key))
        {
            writer.Write(stratum);
            writer.Write7BitEncodedInt(labels.Length);
            foreach (var label in labels)
            {
                writer.Write(label);
            }
        }
    }

    public override void Read(BinaryReader reader)
    {
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var stratum = reader.ReadUInt64();
            var labels = new string[reader.Read7BitEncodedInt()];
            for (var i = 0; i < labels.Length; i++)
            {
                labels[i] = reader.ReadString();
            }

            Add(stratum, labels);
        }
    }

    void Add(ulong stratum, string[] labels)
    {
        if (sets.TryAdd(stratum, labels) && sets.Count > max)
        {
            throw new DataException(
                $"split found more than {max:N0} different sets of labels; the limit is max_strata = {max}. Raise max_strata, or split by fewer labels.");
        }
    }

    /// <summary>Several columns: a row has the label of each column that is true, not 0, or a text other than 0, false and no.</summary>
    static string[] Marked(Batch batch, IReadOnlyList<string> columns, int row) => [.. columns.Where(name => IsSet(batch[name], row)).Order(StringComparer.Ordinal)];

    static bool IsSet(Column column, int row) => !column.IsNull(row) && column switch
    {
        ValueColumn<bool> flags => flags.Values[row],
        ValueColumn<long> numbers => numbers.Values[row] != 0,
        ValueColumn<double> numbers => numbers.Values[row] is not (0 or double.NaN),
        _ => column.Display(row).Trim().ToLowerInvariant() is not ("" or "0" or "false" or "no"),
    };

    static string[] Listed(Column column, string separator, int row) =>
        [.. column.Display(row).Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().Order(StringComparer.Ordinal)];
}
