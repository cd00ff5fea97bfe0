using Sluice.Features;
using Sluice.Steps;

namespace Sluice.Shaping;

/// <summary>Exact figures of one group; numbers that are not finite are left out of sums, means and extremes.</summary>
sealed class GroupState(int figures, int maxDistinct) : State
{
    readonly long[] counts = new long[figures];
    readonly ColumnFigures numbers = new(figures);
    readonly HashSet<RowKey>?[] values = new HashSet<RowKey>?[figures];
    readonly bool[] over = new bool[figures];

    /// <summary>Adds a row that has a value: its number where the figure is of numbers, its hash where values are counted.</summary>
    public void Add(int figure, double? number, RowKey? value)
    {
        counts[figure]++;
        if (number is { } given)
        {
            numbers.Add(figure, given);
        }

        if (value is { } key && !over[figure])
        {
            (values[figure] ??= []).Add(key);
            Bound(figure);
        }
    }

    /// <summary>Whether there are more different values than may be counted.</summary>
    public bool IsOver(int figure) => over[figure];

    public double Of(int figure, AggregateFunction function) => function switch
    {
        AggregateFunction.Count => counts[figure],
        AggregateFunction.Distinct => values[figure]?.Count ?? 0,
        AggregateFunction.Sum => numbers.Of(figure, GroupFigure.Sum),
        AggregateFunction.Mean => numbers.Of(figure, GroupFigure.Mean),
        AggregateFunction.Min => numbers.Of(figure, GroupFigure.Min),
        AggregateFunction.Max => numbers.Of(figure, GroupFigure.Max),
        _ => numbers.Of(figure, GroupFigure.Std),
    };

    public override void Merge(State other)
    {
        var theirs = (GroupState)other;
        numbers.Merge(theirs.numbers);
        for (var i = 0; i < figures; i++)
        {
            counts[i] += theirs.counts[i];
            over[i] |= theirs.over[i];
            if (theirs.values[i] is { } more)
            {
                (values[i] ??= []).UnionWith(more);
            }

            Bound(i);
        }
    }

    // Past the limit only that is known, so that it does not matter which values came first.
    void Bound(int figure)
    {
        over[figure] |= values[figure]?.Count > maxDistinct;
        values[figure] = over[figure] ? null : values[figure];
    }

    public override void Write(BinaryWriter writer)
    {
        numbers.Write(writer);
        for (var i = 0; i < figures; i++)
        {
            writer.Write7BitEncodedInt64(counts[i]);
            writer.Write(over[i]);
            writer.Write7BitEncodedInt(values[i]?.Count ?? 0);
            foreach (var key in (values[i] ?? []).OrderBy(k => k.High).ThenBy(k => k.Low))
            {
                writer.Write(key.High);
                writer.Write(key.Low);
            }
        }
    }

    public override void Read(BinaryReader reader)
    {
        numbers.Read(reader);
        for (var i = 0; i < figures; i++)
        {
            counts[i] = reader.Read7BitEncodedInt64();
            over[i] = reader.ReadBoolean();
            var count = reader.Read7BitEncodedInt();
            values[i] = count == 0 ? null : [];
            for (var j = 0; j < count; j++)
            {
                values[i]!.Add(new RowKey(reader.ReadUInt64(), reader.ReadUInt64()));
            }
        }
    }
}
