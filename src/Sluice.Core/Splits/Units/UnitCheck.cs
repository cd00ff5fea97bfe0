using Sluice.Steps;

namespace Sluice.Splits.Units;

/// <summary>Walks all keys once more and counts what was really decided, whatever found the units.</summary>
sealed class UnitCheck
{
    readonly long[] rowsOfSet;
    readonly Dictionary<ulong, int> setOfText = [];

    /// <param name="rows">All rows, by the keys of <see cref="UnitKeys"/>.</param>
    /// <param name="decisions">What was decided.</param>
    /// <param name="sets">How many sets there are.</param>
    /// <param name="textFamily">Number of the family that has the texts; 0 for none.</param>
    public UnitCheck(KeyedRows rows, Decisions decisions, int sets, int textFamily)
    {
        rowsOfSet = new long[sets];
        var batches = new Dictionary<int, byte[]>();
        ulong shared = 0;
        byte first = 0;
        var crosses = false;
        foreach (var row in rows)
        {
            if (!batches.TryGetValue(row.Batch, out var decided))
            {
                batches.Add(row.Batch, decided = decisions.Of(row.Batch));
            }

            var decision = decided[row.Row % decided.Length];
            if (Keys == 0 || row.Key.High != shared)
            {
                Keys++;
                (shared, first, crosses) = (row.Key.High, decision, false);
            }
            else if (decision != first && !crosses)
            {
                Crossing++;
                crosses = true;
            }

            if (textFamily > 0 && row.Row / decided.Length == textFamily)
            {
                setOfText[row.Key.High] = decision - 1;
            }

            if (row.Row < decided.Length)
            {
                if (decision == 0 || decision > sets)
                {
                    Unplaced++;
                }
                else
                {
                    rowsOfSet[decision - 1]++;
                }
            }
        }
    }

    /// <summary>Different rows, and different values that keep rows together.</summary>
    public long Keys { get; }

    public long Crossing { get; }

    public long Unplaced { get; }

    public IReadOnlyList<long> Rows => rowsOfSet;

    /// <summary>Set of each text, by its id.</summary>
    public IReadOnlyDictionary<ulong, int> SetOfText => setOfText;
}
