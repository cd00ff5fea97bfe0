using System.Runtime.InteropServices;

namespace Sluice.Steps;

/// <summary>
/// What a step found in one batch: every failing row × rule, never a sample. Rows are those of the batch given to Apply.
/// </summary>
public sealed class Verdicts(int rows)
{
    readonly List<Rule> rules = [];
    readonly Dictionary<Rule, int> ruleIds = [];
    readonly List<List<int>> failing = [];
    readonly SortedDictionary<string, long> changed = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, long> made = new(StringComparer.Ordinal);
    ulong[]? rejected;

    public int Rows { get; } = rows;

    public int Rejected { get; private set; }

    /// <summary>Rows that came out without having come in, by reason; empty for a step that makes none.</summary>
    public IReadOnlyDictionary<string, long> Made => made;

    /// <summary>All of <see cref="Made"/> together.</summary>
    public long MadeRows { get; private set; }

    public IReadOnlyList<Rule> Rules => rules;

    /// <summary>Rows that failed a rule, in the order they were reported.</summary>
    public IReadOnlyList<int> Failing(int rule) => failing[rule];

    /// <summary>Cells changed, by <c>operation:column</c>.</summary>
    public IReadOnlyDictionary<string, long> Changed => changed;

    /// <summary>The number of a rule in this batch; the same rule has the same number.</summary>
    public int Rule(string reason, string? column = null, Severity severity = Severity.Low, bool rejects = false, string? detail = null)
    {
        var rule = new Rule(reason, column, severity, rejects) { Detail = detail };
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(ruleIds, rule, out var known);
        if (!known)
        {
            id = rules.Count;
            rules.Add(rule);
            failing.Add([]);
        }

        return id;
    }

    /// <summary>Records that a row fails a rule. A rule that rejects also takes the row out.</summary>
    public void Fail(int rule, int row)
    {
        failing[rule].Add(row);
        if (rules[rule].Rejects)
        {
            rejected ??= Column.NewValidity(Rows);
            var bit = 1UL << (row & 63);
            if ((rejected[row >> 6] & bit) == 0)
            {
                rejected[row >> 6] |= bit;
                Rejected++;
            }
        }
    }

    /// <summary>Counts cells that an operation changed.</summary>
    public void Change(string operation, string column, long cells)
    {
        if (cells > 0)
        {
            var key = operation + ":" + column;
            changed[key] = changed.GetValueOrDefault(key) + cells;
        }
    }

    /// <summary>
    /// Counts rows that come out without having come in: copies of a row, or rows of another table. Each carries the origin of the row it was made of
    /// (<see cref="Batch.Take"/> sees to that), so evidence and lineage still name a row that was read.
    /// </summary>
    public void Make(string reason, long rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        if (rows > 0)
        {
            made[reason] = made.GetValueOrDefault(reason) + rows;
            MadeRows += rows;
        }
    }

    public bool IsRejected(int row) => rejected is { } bits && (bits[row >> 6] >> (row & 63) & 1) == 1;

    /// <summary>The batch without the rejected rows.</summary>
    public Batch Keep(Batch batch)
    {
        if (Rejected == 0)
        {
            return batch;
        }

        var kept = new int[batch.Rows - Rejected];
        var at = 0;
        for (var row = 0; row < batch.Rows; row++)
        {
            if (!IsRejected(row))
            {
                kept[at++] = row;
            }
        }

        return batch.Take(kept);
    }
}
