using Sluice.Steps;

namespace Sluice.Runs;

/// <summary>
/// Runs a step on a batch so that rows on which it throws are found by bisecting and put aside with the exact error, and the others go on.
/// </summary>
public static class Guarded
{
    /// <summary>Applies a step; rows that make it throw are left out of the result and added to <paramref name="poison"/>.</summary>
    /// <param name="step">The step.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="fitted">Its parameters.</param>
    /// <param name="poison">Gets the rows it throws on.</param>
    /// <param name="limit">With more than so many of them the search ends and the result means nothing.</param>
    public static (Batch Batch, Verdicts Verdicts) Apply(Step step, Batch batch, Fitted fitted, List<PoisonRow> poison, int limit = int.MaxValue)
    {
        var verdicts = new Verdicts(batch.Rows);
        try
        {
            return (Applied(step, batch, fitted, verdicts), verdicts);
        }
        catch (Exception e) when (IsOfData(e))
        {
            poison.AddRange(FindPoison(batch.Rows, (from, to) => Applied(step, batch.Slice(from, to), fitted.Slice(from, to, step.DecisionBytes), new Verdicts(to - from)), limit));
            if (poison.Count == 0)
            {
                throw new DataException($"The step fails on {batch.Rows} rows together but on none of them alone: {e.Message}", e);
            }
        }

        if (poison.Count > limit)
        {
            return (batch, verdicts);
        }

        var (rest, kept) = Without(batch, poison);
        var clean = new Verdicts(rest.Rows);
        var cleanFitted = fitted.Pick(kept, step.DecisionBytes);
        try
        {
            return (Applied(step, rest, cleanFitted, clean), clean);
        }
        catch (Exception e) when (IsOfData(e))
        {
            throw new DataException($"The step fails on {rest.Rows} rows together, also without the {poison.Count} that fail alone: {e.Message}", e);
        }
    }

    /// <summary>The batch without some of its rows, and the rows that are left.</summary>
    public static (Batch Batch, int[] Kept) Without(Batch batch, IEnumerable<PoisonRow> poison)
    {
        var gone = poison.Select(p => p.Row).ToHashSet();
        var kept = Enumerable.Range(0, batch.Rows).Where(row => !gone.Contains(row)).ToArray();
        return (gone.Count == 0 ? batch : batch.Take(kept), kept);
    }

    /// <summary>Rows on which <paramref name="run"/> throws, by halving; at most 2·log2(rows) extra runs for each.</summary>
    /// <param name="rows">Rows to search.</param>
    /// <param name="run">Runs rows [from, to).</param>
    /// <param name="limit">The search ends once more than so many are found.</param>
    public static List<PoisonRow> FindPoison(int rows, Action<int, int> run, int limit = int.MaxValue)
    {
        var found = new List<PoisonRow>();
        Search(0, rows);
        return found;

        void Search(int from, int to)
        {
            if (from == to || found.Count > limit)
            {
                return;
            }

            try
            {
                run(from, to);
            }
            catch (Exception e) when (IsOfData(e))
            {
                if (to - from == 1)
                {
                    found.Add(new PoisonRow(from, $"{e.GetType().Name}: {e.Message}"));
                    return;
                }

                var middle = (from + to) / 2;
                Search(from, middle);
                Search(middle, to);
            }
        }
    }

    /// <summary>Errors that a row can cause. A cancelled run, a full disk or lost memory are nobody's row.</summary>
    public static bool IsOfData(Exception e) =>
        e is not (OperationCanceledException or TransientException or StoreException or PipelineException or OutOfMemoryException or InsufficientMemoryException);

    static Batch Applied(Step step, Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var result = step.Apply(batch, fitted, verdicts);
        var lost = batch.Rows + verdicts.MadeRows - result.Rows - verdicts.Rejected;
        if (lost != 0)
        {
            var made = verdicts.MadeRows == 0 ? "" : $", made {verdicts.MadeRows}";
            throw new InvalidOperationException(
                $"Step {step.GetType().Name} was given {batch.Rows} rows{made}, gave {result.Rows} and rejected {verdicts.Rejected}: {lost} are lost.");
        }

        return result;
    }

    /// <summary>The decisions of some rows, each of so many bytes.</summary>
    public static byte[] Pick(ReadOnlySpan<byte> decisions, int[] rows, int bytes)
    {
        var picked = new byte[rows.Length * bytes];
        for (var i = 0; i < rows.Length; i++)
        {
            decisions.Slice(rows[i] * bytes, bytes).CopyTo(picked.AsSpan(i * bytes));
        }

        return picked;
    }
}
