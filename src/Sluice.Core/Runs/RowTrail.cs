using Sluice.Pipelines;
using Sluice.Repair;
using Sluice.Steps;

namespace Sluice.Runs;

/// <summary>
/// Where the rows of one batch came from at every step, and the rows before and after steps that are undone or looked at: so that what one step did to a cell
/// can be told from what the others did, whatever happened to rows in between.
/// </summary>
sealed class RowTrail
{
    readonly IReadOnlyDictionary<int, StepRange> undone;
    readonly HashSet<int> firsts, lasts;
    readonly Dictionary<int, Batch> before = [], after = [];
    readonly Dictionary<int, int[]> origins = [];
    int applied;

    RowTrail(IReadOnlyDictionary<int, StepRange> undone, IEnumerable<StepRange> watched)
    {
        this.undone = undone;
        (firsts, lasts) = ([.. watched.Select(w => w.First)], [.. watched.Select(w => w.Last)]);
    }

    /// <summary>The trail of a chain in which something is undone, or <paramref name="watched"/>; null where nothing is, which costs nothing.</summary>
    public static RowTrail? Of(IReadOnlyList<PipelineStep> chain, int prefix, StepRange? watched = null)
    {
        var undone = new Dictionary<int, StepRange>();
        for (var i = 0; i < prefix; i++)
        {
            if (chain[i].Step is UndoChanges undo)
            {
                undone[i] = StepRange.Of(chain, i, undo.Target)
                    ?? throw new InvalidOperationException($"Step '{chain[i].Id}' undoes '{undo.Target}', which does not stand before it. The pipeline was not checked.");
            }
        }

        return undone.Count == 0 && watched is null ? null : new RowTrail(undone, watched is { } one ? [.. undone.Values, one] : [.. undone.Values]);
    }

    /// <summary>The step as it runs here: one that undoes gets the cells.</summary>
    public Step StepAt(int number, Step step, Batch given) => step is UndoChanges undo ? undo.On(Cells(undone[number], given.Rows)) : step;

    /// <summary>The rows that a step is given, counted from themselves, so that what it leaves says which of them are left.</summary>
    public Batch Given(int number, Batch rows)
    {
        if (firsts.Contains(number))
        {
            before[number] = rows;
        }

        return new Batch(rows.Schema, rows.Columns, rows.Rows);
    }

    /// <summary>Notes what a step left of the rows it was given.</summary>
    public void Left(int number, Batch left)
    {
        if (left.Origin is { } origin)
        {
            origins[number] = origin;
        }

        if (lasts.Contains(number))
        {
            after[number] = new Batch(left.Schema, left.Columns, left.Rows);
        }

        applied = number + 1;
    }

    /// <summary>Rows counted from <paramref name="first"/>, as rows of what that is counted from.</summary>
    public static Batch Onto(Batch first, Batch rows) => first.Origin is null
        ? rows
        : new Batch(rows.Schema, rows.Columns, rows.Rows, rows.Origin is { } origin ? [.. origin.Select(first.OriginOf)] : first.Origin);

    /// <summary>What these steps did to the rows that are here now, one for one.</summary>
    /// <param name="range">The steps.</param>
    /// <param name="rows">Rows that are here now.</param>
    public StepCells Cells(StepRange range, int rows)
    {
        var left = Back([.. Enumerable.Range(0, rows)], range.Last + 1, applied);
        return CellsOf(range, left);
    }

    /// <summary>What they did to rows that are not here any more.</summary>
    public StepCells Gone(StepRange range, int rows)
    {
        var left = Back([.. Enumerable.Range(0, rows)], range.Last + 1, applied).ToHashSet();
        return CellsOf(range, [.. Enumerable.Range(0, after[range.Last].Rows).Where(row => !left.Contains(row))]);
    }

    StepCells CellsOf(StepRange range, int[] left) => new(before[range.First].Take(Back(left, range.First, range.Last + 1)), after[range.Last].Take(left));

    // The rows that these were before the steps [from, to).
    int[] Back(int[] rows, int from, int to)
    {
        for (var step = to - 1; step >= from; step--)
        {
            if (origins.TryGetValue(step, out var origin))
            {
                rows = [.. rows.Select(row => origin[row])];
            }
        }

        return rows;
    }
}
