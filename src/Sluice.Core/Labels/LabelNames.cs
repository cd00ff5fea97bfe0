using System.Text;
using Sluice.Steps;

namespace Sluice.Labels;

/// <summary>The different labels of a column, in ordinal order; of more than a limit, the first of them and one more, which tells that there are more.</summary>
sealed class LabelNames(int max) : State
{
    readonly SortedSet<string> names = new(StringComparer.Ordinal);
    readonly HashSet<ulong> seen = [];

    public IReadOnlyList<string> Names => [.. names];

    public bool IsOver => names.Count > max;

    /// <exception cref="DataException">There are more labels than the limit.</exception>
    public void CheckLimit(string column)
    {
        if (IsOver)
        {
            throw new DataException(
                $"Column '{column}' has more than {max:N0} different labels; the limit is max_classes = {max}. Is it the label? Name another label_column, or raise max_classes.");
        }
    }

    public void Add(TextColumn texts)
    {
        for (var row = 0; row < texts.Rows; row++)
        {
            if (LabelTexts.IsLabel(texts, row) && seen.Add(RowHash.Bytes(texts[row])))
            {
                Add(Encoding.UTF8.GetString(texts[row]));

                // Only spares decoding the same text again; a column of all different texts must not fill the memory.
                if (seen.Count > 16 * max)
                {
                    seen.Clear();
                }
            }
        }
    }

    public override void Merge(State other)
    {
        foreach (var name in ((LabelNames)other).names)
        {
            Add(name);
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(names.Count);
        foreach (var name in names)
        {
            writer.Write(name);
        }
    }

    public override void Read(BinaryReader reader)
    {
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            names.Add(reader.ReadString());
        }
    }

    void Add(string name)
    {
        if (names.Add(name) && names.Count > max + 1)
        {
            names.Remove(names.Max!);
        }
    }
}
