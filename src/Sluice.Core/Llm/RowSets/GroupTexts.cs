using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Steps;

namespace Sluice.Llm.RowSets;

/// <summary>The rows of every group as they will be sent, up to a limit of bytes; equal rows are kept once and counted.</summary>
sealed class GroupTexts(long maxBytes) : State
{
    readonly SortedDictionary<RowKey, SortedDictionary<string, long>> groups = [];
    long bytes;

    /// <summary>Whether there was more than the limit.</summary>
    public bool IsOver { get; private set; }

    public IEnumerable<RowKey> Groups => groups.Keys;

    public void Add(RowKey group, string row, long times = 1)
    {
        if (IsOver)
        {
            return;
        }

        if (!groups.TryGetValue(group, out var rows))
        {
            groups[group] = rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        }

        bytes += times * Encoding.UTF8.GetByteCount(row);
        rows[row] = rows.GetValueOrDefault(row) + times;
        if (bytes > maxBytes)
        {
            Overflow();
        }
    }

    /// <summary>Bytes that there are if every row has the text of its whole group.</summary>
    public long BytesForEachRow(IReadOnlyDictionary<RowKey, long> counts) => groups.Sum(group => counts[group.Key] * group.Value.Sum(row => row.Value * Encoding.UTF8.GetByteCount(row.Key)));

    /// <summary>Rows of a group in their order, each as often as it is there.</summary>
    public IEnumerable<string> Of(RowKey group, string? orderBy)
    {
        var rows = groups[group].SelectMany(r => Enumerable.Repeat(r.Key, (int)Math.Min(r.Value, int.MaxValue)));
        return orderBy is null ? rows : rows.Select(row => (row, Key: OrderOf(row, orderBy))).OrderBy(r => r.Key.Number).ThenBy(r => r.Key.Text, StringComparer.Ordinal).Select(r => r.row);
    }

    public override void Merge(State other)
    {
        var theirs = (GroupTexts)other;
        if (theirs.IsOver)
        {
            Overflow();
        }

        foreach (var (group, rows) in theirs.groups)
        {
            foreach (var (row, times) in rows)
            {
                Add(group, row, times);
            }
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(IsOver);
        writer.Write(groups.Count);
        foreach (var (group, rows) in groups)
        {
            writer.Write(group.High);
            writer.Write(group.Low);
            writer.Write(rows.Count);
            foreach (var (row, times) in rows)
            {
                writer.Write(row);
                writer.Write(times);
            }
        }
    }

    public override void Read(BinaryReader reader)
    {
        IsOver = reader.ReadBoolean();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var group = new RowKey(reader.ReadUInt64(), reader.ReadUInt64());
            for (var rows = reader.ReadInt32(); rows > 0; rows--)
            {
                Add(group, reader.ReadString(), reader.ReadInt64());
            }
        }
    }

    // Which rows were there does not matter any more, and would depend on the order.
    void Overflow()
    {
        IsOver = true;
        groups.Clear();
    }

    // Missing values come first, then numbers.
    static (double Number, string Text) OrderOf(string row, string column)
    {
        using var parsed = JsonDocument.Parse(row);
        var cell = parsed.RootElement.GetProperty(column);
        return cell.ValueKind switch
        {
            JsonValueKind.Null => (double.NegativeInfinity, ""),
            JsonValueKind.Number => (cell.GetDouble(), ""),
            JsonValueKind.String when double.TryParse(cell.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => (number, ""),
            JsonValueKind.String => (double.PositiveInfinity, cell.GetString()!),
            _ => (double.PositiveInfinity, cell.GetRawText()),
        };
    }
}
