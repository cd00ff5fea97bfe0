using System.Globalization;

namespace Sluice.Repair;

/// <summary>A cell that is probably wrong.</summary>
/// <param name="Row">Row in the rows that were judged.</param>
/// <param name="Column">Column.</param>
/// <param name="Old">What it says; null: missing.</param>
/// <param name="New">What it should say; null: only flagged, nothing was sure enough.</param>
/// <param name="Operator">What proposed the new value, or for a flagged cell what found it.</param>
/// <param name="Evidence">Why, for people.</param>
/// <param name="Confidence">Of the new value; for a flagged cell, that it is wrong. 0 to 1.</param>
public sealed record CellFinding(int Row, int Column, string? Old, string? New, string Operator, string Evidence, double Confidence);

/// <summary>
/// Says which cells are wrong. Without labels by what is odd (values, shapes, near misses, dependencies among columns); labelled rows then vote
/// in the dependencies and teach one small learner per column. In the spirit of Raha (SIGMOD 2019) and Baran (VLDB 2020).
/// </summary>
sealed class RepairModel
{
    public const int MeasureCount = ColumnProfile.DenseCount + (2 * DependencyFinder.PerColumn) + 4;
    const double LeastPrior = 0.03, CommonCompany = 10;
    readonly CellLearner?[] learners;
    readonly Dictionary<(int Column, int Code), double> markOdds = [];

    public RepairModel(RepairData data, IReadOnlyDictionary<int, int[]> corrected)
    {
        (Data, Corrected) = (data, corrected);
        Dependencies = data.Vote(corrected);
        learners = new CellLearner?[data.Table.Columns];
        if (corrected.Count > 0)
        {
            var rows = corrected.Keys.Order().ToList();
            var traits = rows.Select(row => Traits(data.Table, row, row)).ToList();
            for (var column = 0; column < learners.Length; column++)
            {
                var at = column;
                learners[column] = new CellLearner([.. rows.Select((row, i) => (traits[i][at], corrected[row][at] != data.Table.Codes[at][row]))]);
            }
        }

        Corrector = new Corrector(this);
    }

    public RepairData Data { get; }

    /// <summary>Labelled rows of the sample, as codes.</summary>
    public IReadOnlyDictionary<int, int[]> Corrected { get; }

    public Dependency[][] Dependencies { get; }

    public Corrector Corrector { get; }

    /// <summary>Probability of each cell of a row to be wrong.</summary>
    /// <param name="table">The sample, or rows coded with its dictionaries.</param>
    /// <param name="row">Row of that table.</param>
    /// <param name="self">The same row in the sample, whose own vote does not count; -1: it is not in it.</param>
    public double[] Judge(CodedTable table, int row, int self)
    {
        var traits = Traits(table, row, self);
        var result = new double[traits.Length];
        for (var column = 0; column < result.Length; column++)
        {
            var odds = CellLearner.Logit(traits[column].Prior);
            if (learners[column] is { } learner)
            {
                var key = (column, table.Codes[column][row]);
                if (!markOdds.TryGetValue(key, out var ofMarks))
                {
                    markOdds[key] = ofMarks = learner.OfMarks(traits[column].Marks);
                }

                odds += ofMarks + learner.OfDense(traits[column].Dense);
            }

            result[column] = CellLearner.Probability(odds);
        }

        return result;
    }

    /// <summary>Drops what was worked out for values; it is worked out again when needed.</summary>
    public void Forget() => markOdds.Clear();

    /// <summary>What the others say of a cell, by each dependency of its column.</summary>
    public Poll[] Polls(CodedTable table, int column, int row, int self)
    {
        var own = table.Codes[column][row];
        return [.. Dependencies[column].Select(d => d.Ask(d.GroupOf(table, row), own, self))];
    }

    CellTraits[] Traits(CodedTable table, int row, int self)
    {
        var columns = table.Columns;
        var facts = Enumerable.Range(0, columns).Select(c => Data.Facts(c, table.Codes[c][row])).ToArray();
        var polls = Enumerable.Range(0, columns).Select(c => Polls(table, c, row, self)).ToArray();

        // A wrong left side accuses the right one falsely, so a second look trusts each left side as far as the first look does.
        var trust = Enumerable.Repeat(1.0, columns).ToArray();
        var priors = new double[columns];
        for (var look = 0; look < 2; look++)
        {
            for (var c = 0; c < columns; c++)
            {
                priors[c] = Prior(c, table.Codes[c][row], facts[c], polls[c], trust);
            }

            if (look == 0)
            {
                trust = [.. priors.Select(p => 1 - (p * p))];
            }
        }

        var total = priors.Sum();
        return [.. Enumerable.Range(0, columns).Select(c => new CellTraits(
            Measures(c, table.Codes[c][row], facts[c], polls[c], trust, priors[c], (total - priors[c]) / Math.Max(1, columns - 1)), facts[c].Marks, priors[c]))];
    }

    double Prior(int column, int code, ValueFacts facts, Poll[] polls, double[] trust)
    {
        double innocent = 1, support = 0;
        for (var i = 0; i < polls.Length; i++)
        {
            var (poll, dependency) = (polls[i], Dependencies[column][i]);
            if (!poll.Says)
            {
                continue;
            }

            var believed = dependency.Left.Aggregate(1.0, (product, left) => product * trust[left]);
            var weight = poll.Others / (poll.Others + 1.5);
            if (code == CodedTable.Missing)
            {
                innocent *= 1 - (Math.Sqrt(dependency.Strength) * poll.TopShare * (1 - (poll.BlankShare * poll.BlankShare)) * weight * believed);
            }
            else if (poll.Top != code)
            {
                // A value that many others of its group have is an exception of the dependency rather than a mistake.
                var company = poll.OwnShare * poll.Others / CommonCompany;
                innocent *= 1 - (dependency.Strength * Math.Max(0, poll.TopShare - poll.OwnShare) * weight * believed / (1 + (company * company)));
            }
            else
            {
                support = Math.Max(support, dependency.Strength * poll.OwnShare * weight * believed);
            }
        }

        // Others that agree excuse what is odd about a value, and a dependency that others contradict.
        innocent = 1 - ((1 - innocent) * (1 - (0.5 * support)));
        var prior = 1 - (innocent * (1 - (facts.Suspicion * (1 - support))));
        return Math.Clamp(prior, LeastPrior, 1 - LeastPrior);
    }

    double[] Measures(int column, int code, ValueFacts facts, Poll[] polls, double[] trust, double prior, double company)
    {
        var measures = new double[MeasureCount];
        facts.Dense.CopyTo(measures, 0);
        var at = ColumnProfile.DenseCount;
        var (accused, excused, hole) = (0.0, 0.0, 0.0);
        for (var i = 0; i < polls.Length; i++)
        {
            var (poll, dependency) = (polls[i], Dependencies[column][i]);
            var believed = dependency.Left.Aggregate(1.0, (product, left) => product * trust[left]);
            if (poll.Says)
            {
                var accuses = code != CodedTable.Missing && poll.Top != code ? poll.TopShare * believed : 0;
                measures[at + (2 * i)] = accuses;
                measures[at + (2 * i) + 1] = poll.OwnShare;
                accused = Math.Max(accused, accuses * dependency.Strength);
                excused = Math.Max(excused, poll.OwnShare * dependency.Strength);
                hole = Math.Max(hole, code == CodedTable.Missing ? poll.TopShare * dependency.Strength : 0);
            }
        }

        at += 2 * DependencyFinder.PerColumn;
        (measures[at], measures[at + 1], measures[at + 2], measures[at + 3]) = (accused, excused, hole, company);
        return measures;
    }

    /// <summary>Why a cell is thought to be wrong, for people.</summary>
    public (string Operator, string Evidence) Reason(CodedTable table, int column, int row, int self)
    {
        var (code, polls) = (table.Codes[column][row], Polls(table, column, row, self));
        var strongest = -1;
        for (var i = 0; i < polls.Length; i++)
        {
            if (polls[i].Says && polls[i].Top != code && (strongest < 0 || polls[i].TopShare * Dependencies[column][i].Strength > polls[strongest].TopShare * Dependencies[column][strongest].Strength))
            {
                strongest = i;
            }
        }

        var facts = Data.Facts(column, code);
        return strongest >= 0 && polls[strongest].TopShare * Dependencies[column][strongest].Strength >= facts.Suspicion
            ? ("dependency", Told(table, Dependencies[column][strongest], row, polls[strongest]))
            : ("value", facts.Reason);
    }

    internal string Told(CodedTable table, Dependency dependency, int row, Poll poll)
    {
        var left = string.Join(" and ", dependency.Left.Select(l => $"{table.Names[l]} '{ColumnProfile.Shown(table.Text(l, row))}'"));
        return string.Create(CultureInfo.InvariantCulture,
            $"{poll.TopShare:P0} of the other rows with {left} say '{ColumnProfile.Shown(Data.Table.Values[dependency.Right][poll.Top])}'");
    }
}
