using System.Text;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>Numbers by the categories of one column, while it has at most 32; beyond that only that it has more, whichever came first.</summary>
/// <param name="name">Column of the categories.</param>
/// <param name="numbers">Columns of the numbers.</param>
sealed class GroupedNumbers(string name, IReadOnlyList<string> numbers) : State
{
    const int MaxGroups = 32, MaxBytes = 64, Precision = 256;

    static readonly ulong yes = RowHash.Bytes("true"u8), no = RowHash.Bytes("false"u8);

    readonly Dictionary<ulong, Group> groups = [];
    bool isOver;

    sealed record Group(byte[] Value, ValueHistogram[] Numbers);

    /// <summary>Key of a row without a category.</summary>
    public const ulong NoGroup = 0;

    public string Name { get; } = name;

    public bool IsCategory => !isOver && groups.Count > 1;

    /// <summary>The hash of a row's category.</summary>
    public static ulong Key(Column column, int row) => column switch
    {
        _ when column.IsNull(row) => NoGroup,
        TextColumn text => Utf8Text.IsBlank(text[row]) ? NoGroup : RowHash.Bytes(text[row]),
        ValueColumn<bool> flags => flags.Values[row] ? yes : no,
        _ => NoGroup,
    };

    public void Observe(Batch batch)
    {
        if (isOver)
        {
            return;
        }

        // A column of names has more than 32 within its first rows: most columns end here.
        var column = batch[Name];
        var members = new List<Group?>();
        for (var row = 0; row < column.Rows; row++)
        {
            var key = Key(column, row);
            Group? group = null;
            if (key != NoGroup && !groups.TryGetValue(key, out group) && !TryAdd(key, ValueOf(column, row), out group))
            {
                return;
            }

            members.Add(group);
        }

        for (var i = 0; i < numbers.Count; i++)
        {
            var values = Numbers.Of(batch[numbers[i]]);
            for (var row = 0; row < values.Length; row++)
            {
                if (!double.IsNaN(values[row]))
                {
                    members[row]?.Numbers[i].Add(values[row]);
                }
            }
        }
    }

    /// <summary>The numbers of each category, in the order of their values.</summary>
    public IEnumerable<(byte[] Value, ValueHistogram Numbers)> Of(string number)
    {
        var at = numbers.Index().First(n => n.Item == number).Index;
        return InOrder().Select(g => (g.Value, g.Numbers[at]));
    }

    /// <summary>Mean of a measure over the groups, by their numbers.</summary>
    public double Within(string number, Func<ValueHistogram, double> measure)
    {
        var all = Of(number).Where(g => g.Numbers.Count > 0).ToList();
        return all.Sum(g => g.Numbers.Count * measure(g.Numbers)) / all.Sum(g => g.Numbers.Count);
    }

    public override void Merge(State other)
    {
        var theirs = (GroupedNumbers)other;
        if (theirs.isOver)
        {
            Overflow();
        }

        foreach (var (key, group) in theirs.groups)
        {
            if (isOver || (!groups.TryGetValue(key, out var mine) && !TryAdd(key, group.Value, out mine)))
            {
                return;
            }

            for (var i = 0; i < numbers.Count; i++)
            {
                mine!.Numbers[i].Merge(group.Numbers[i]);
            }
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(isOver);
        writer.Write7BitEncodedInt(groups.Count);
        foreach (var group in InOrder())
        {
            writer.Write7BitEncodedInt(group.Value.Length);
            writer.Write(group.Value);
            Array.ForEach(group.Numbers, n => n.Write(writer));
        }
    }

    public override void Read(BinaryReader reader)
    {
        isOver = reader.ReadBoolean();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var value = reader.ReadBytes(reader.Read7BitEncodedInt());
            TryAdd(RowHash.Bytes(value), value, out var group);
            Array.ForEach(group!.Numbers, n => n.Read(reader));
        }
    }

    IEnumerable<Group> InOrder() => groups.Values.OrderBy(g => Convert.ToHexString(g.Value), StringComparer.Ordinal);

    static byte[] ValueOf(Column column, int row) => column is TextColumn text ? text[row].ToArray() : Encoding.UTF8.GetBytes(((ValueColumn<bool>)column).Values[row] ? "true" : "false");

    bool TryAdd(ulong key, byte[] value, out Group? group)
    {
        if (groups.Count == MaxGroups || value.Length > MaxBytes)
        {
            Overflow();
            group = null;
            return false;
        }

        groups[key] = group = new Group(value, [.. numbers.Select(_ => new ValueHistogram(Precision))]);
        return true;
    }

    void Overflow()
    {
        isOver = true;
        groups.Clear();
    }
}
