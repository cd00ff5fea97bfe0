using System.Buffers.Binary;
using Sluice.Steps;

namespace Sluice.Sampling;

// More rows of the rare classes.
public sealed partial class Balance
{
    Field Copied => new(options.CopyColumn!, ColumnType.Boolean, Nullable: false);

    Schema PlanCopies(Schema input, StepProblems problems)
    {
        if (options.CopyColumn is not { } name)
        {
            return input;
        }

        if (options.Method != BalanceMethod.Oversample || name.Length == 0 || input.Has(name))
        {
            problems.Add("copy_column", options.Method != BalanceMethod.Oversample ? "Only oversample makes copies. Remove copy_column, or choose that method."
                : name.Length == 0 ? "The column of copies has no name. Give it one, for example is_copy."
                : $"Column '{name}' is already there. Choose another copy_column, or remove that column before.");
            return input;
        }

        return input.With(Copied);
    }

    /// <summary>Says of each row how often it comes once more: the rows of a class equally often, and those of the least lots once more than the others where that does not come out even.</summary>
    long Copy(KeyedRows rows, Decisions decisions, SortedDictionary<ulong, long> classes)
    {
        var wanted = (long)Math.Ceiling(classes.Values.Max() * options.MinRatio);
        var (copies, place, last) = (0L, -1L, 0UL);
        foreach (var row in rows)
        {
            if (row.Key == Other)
            {
                continue;
            }

            place = place >= 0 && row.Key.High == last ? place + 1 : 0;
            last = row.Key.High;
            var (own, target) = (classes[last], Math.Max(classes[last], wanted));
            var more = checked((int)(target / own - 1 + (place < target % own ? 1 : 0)));
            BinaryPrimitives.WriteInt32LittleEndian(decisions.Row(row.Batch, row.Row), more);
            copies += more;
        }

        return copies;
    }

    // A row comes beside its copies.
    Batch WithCopies(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var (taken, isCopy) = (new List<int>(batch.Rows), new List<bool>(batch.Rows));
        for (var row = 0; row < batch.Rows; row++)
        {
            var more = BinaryPrimitives.ReadInt32LittleEndian(fitted.Decisions[(row * sizeof(int))..]);
            taken.AddRange(Enumerable.Repeat(row, more + 1));
            isCopy.AddRange(Enumerable.Range(0, more + 1).Select(i => i > 0));
        }

        verdicts.Make("copies", taken.Count - batch.Rows);
        var all = batch.Take([.. taken]);
        return options.CopyColumn is null ? all : all.With(Copied, new ValueColumn<bool>(ColumnType.Boolean, [.. isCopy]));
    }
}
