using Sluice.Steps;

namespace Sluice.Repair;

/// <summary>A bounded uniform sample of the different rows of a table as text, and how often each is there: the same whatever the order and the batches.</summary>
sealed class TextRowSample(int maxRows) : State
{
    readonly BottomSample<string?[]> rows = new(maxRows);

    /// <summary>The rows in the order of their hashes, each as often as it is there, up to <paramref name="maxCopies"/> times.</summary>
    public IEnumerable<string?[]> Rows(int maxCopies) => rows.InOrder().SelectMany(row => Enumerable.Repeat(row.Value, (int)Math.Min(row.Count, maxCopies)));

    public void Add(Batch texts)
    {
        var keys = RowHash.Rows(texts.Columns, texts.Rows);
        for (var row = 0; row < texts.Rows; row++)
        {
            if (rows.Wants(keys[row].High))
            {
                rows.Add(keys[row].High, TextTable.Row(texts, row), 1);
            }
        }
    }

    public override void Merge(State other) => rows.Merge(((TextRowSample)other).rows);

    public override void Write(BinaryWriter writer) => rows.Write(writer, static (to, row) =>
    {
        to.Write7BitEncodedInt(row.Length);
        foreach (var value in row)
        {
            to.Write(value is not null);
            to.Write(value ?? "");
        }
    });

    public override void Read(BinaryReader reader) => rows.Read(reader, static from =>
    {
        var row = new string?[from.Read7BitEncodedInt()];
        for (var i = 0; i < row.Length; i++)
        {
            var (isPresent, value) = (from.ReadBoolean(), from.ReadString());
            row[i] = isPresent ? value : null;
        }

        return row;
    });
}
