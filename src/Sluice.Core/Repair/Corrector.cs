namespace Sluice.Repair;

/// <summary>A value that a cell may be meant to have.</summary>
readonly record struct Candidate(string Value, double Confidence, string Operator, string Evidence);

/// <summary>
/// Proposes what a wrong cell should say: what rows that agree with it say (vicinity), the frequent value it is a slip of (domain), and the
/// rewritings and replacements that labelled rows showed (value). Each kind's word counts for as much as it has proved to be worth.
/// </summary>
sealed class Corrector
{
    const int Bins = 10;
    readonly RepairModel model;
    readonly Lazy<(double Hits, double Tries)[][][]> reliability;
    readonly List<(Rewrite Rewrite, double Reliability)>[] rewrites;
    readonly Dictionary<string, Dictionary<string, int>>[] replacements;

    public Corrector(RepairModel model)
    {
        this.model = model;
        reliability = new(Calibrate);
        rewrites = new List<(Rewrite, double)>[model.Data.Table.Columns];
        replacements = new Dictionary<string, Dictionary<string, int>>[model.Data.Table.Columns];
        for (var column = 0; column < rewrites.Length; column++)
        {
            Learn(column);
        }
    }

    /// <summary>The best candidate for a cell; null when there is none.</summary>
    public Candidate? Best(CodedTable table, int column, int row, int self)
    {
        var candidates = new SortedDictionary<string, List<Candidate>>(StringComparer.Ordinal);
        var (value, code) = (table.Text(column, row), table.Codes[column][row]);
        FromDependencies(table, column, row, self, Propose);
        if (code != CodedTable.Missing)
        {
            var facts = model.Data.Facts(column, code);
            if (facts.Near is { } near)
            {
                Propose(new Candidate(near, 0.9 * facts.Nearness, "slip", $"close to the more frequent '{ColumnProfile.Shown(near)}'"));
            }

            FromRewrites(column, value, Propose);
        }

        FromReplacements(column, value, Propose);
        Candidate? best = null;
        var (second, doubt) = (0.0, 0.0);
        foreach (var (proposed, supports) in candidates)
        {
            var confidence = 1 - supports.Aggregate(1.0, (left, c) => left * (1 - c.Confidence));
            if (best is null || confidence > best.Value.Confidence)
            {
                second = best?.Confidence ?? 0;
                best = supports.MaxBy(c => c.Confidence) with { Value = proposed, Confidence = confidence };
            }
            else
            {
                second = Math.Max(second, confidence);
            }
        }

        doubt = best is null || second == 0 ? 0 : second / (best.Value.Confidence + second);
        return best is null ? null : best.Value with { Confidence = best.Value.Confidence * (1 - (doubt * doubt)) };

        void Propose(Candidate candidate)
        {
            if (candidate.Value != value && candidate.Value.Length > 0)
            {
                (candidates.TryGetValue(candidate.Value, out var list) ? list : candidates[candidate.Value] = []).Add(candidate);
            }
        }
    }

    void FromDependencies(CodedTable table, int column, int row, int self, Action<Candidate> propose)
    {
        // Dependencies share rows, so their votes for one value are one testimony: the most reliable speaks for all.
        var said = new Dictionary<int, Candidate>();
        var polls = model.Polls(table, column, row, self);
        for (var i = 0; i < polls.Length; i++)
        {
            if (polls[i].Says && polls[i].Top != table.Codes[column][row])
            {
                var (hits, tries) = reliability.Value[column][i][Bin(polls[i])];
                var worth = (hits + 0.5) / (tries + 1) * (polls[i].Others / (polls[i].Others + 0.5));
                if (!said.TryGetValue(polls[i].Top, out var known) || known.Confidence < worth)
                {
                    said[polls[i].Top] = new Candidate(
                        model.Data.Table.Values[column][polls[i].Top], worth, "dependency", model.Told(table, model.Dependencies[column][i], row, polls[i]));
                }
            }
        }

        foreach (var candidate in said.Values)
        {
            propose(candidate);
        }
    }

    void FromRewrites(int column, string value, Action<Candidate> propose)
    {
        var best = new Dictionary<string, Candidate>(StringComparer.Ordinal);
        foreach (var (rewrite, worth) in rewrites[column])
        {
            if (rewrite.Apply(value) is { Length: > 0 } result && result != value)
            {
                // A result that the column knows, or that looks like its values, is likelier to be one.
                var code = model.Data.Table.Find(column, result);
                var known = code > 0 && model.Data.Profiles[column].CountOf(code) > 0;
                var confidence = worth * (known || worth >= 0.75 ? 1 : 0.8);
                if (!best.TryGetValue(result, out var other) || other.Confidence < confidence)
                {
                    best[result] = new Candidate(result, confidence, "rewrite", rewrite.Words);
                }
            }
        }

        foreach (var candidate in best.Values)
        {
            propose(candidate);
        }
    }

    void FromReplacements(int column, string value, Action<Candidate> propose)
    {
        if (replacements[column].TryGetValue(value, out var meant))
        {
            double all = meant.Values.Sum();
            foreach (var (clean, count) in meant)
            {
                propose(new Candidate(clean, 0.6 * count / all * (count / (count + 0.5)), "replacement", "corrected so in a labelled row"));
            }
        }
    }

    // How often the others' majority is what a cell says, by how clear the majority is: measured on cells that are thought to be right.
    (double Hits, double Tries)[][][] Calibrate()
    {
        var table = model.Data.Table;
        var bins = model.Dependencies.Select(dependencies => dependencies.Select(_ => new (double Hits, double Tries)[Bins]).ToArray()).ToArray();
        for (var row = 0; row < table.Rows; row++)
        {
            if (model.Corrected.ContainsKey(row))
            {
                continue;
            }

            var wrong = model.Judge(table, row, row);
            for (var column = 0; column < table.Columns; column++)
            {
                if (wrong[column] < 0.5 && table.Codes[column][row] != CodedTable.Missing)
                {
                    Count(bins[column], column, row, table.Codes[column][row], _ => 1);
                }
            }
        }

        // Labelled cells say it better: a right answer on a wrong cell is what a repair is.
        foreach (var (row, codes) in model.Corrected)
        {
            for (var column = 0; column < table.Columns; column++)
            {
                if (codes[column] != table.Codes[column][row])
                {
                    Count(bins[column], column, row, codes[column], tries => 1 + (tries / 10));
                }
            }
        }

        return bins;
    }

    void Count((double Hits, double Tries)[][] bins, int column, int row, int right, Func<double, double> weigh)
    {
        var polls = model.Polls(model.Data.Table, column, row, row);
        for (var i = 0; i < polls.Length; i++)
        {
            if (polls[i].Says)
            {
                ref var bin = ref bins[i][Bin(polls[i])];
                var weight = weigh(bin.Tries);
                bin = (bin.Hits + (polls[i].Top == right ? weight : 0), bin.Tries + weight);
            }
        }
    }

    static int Bin(Poll poll) => Math.Min(Bins - 1, (int)(poll.TopShare * Bins));

    void Learn(int column)
    {
        var table = model.Data.Table;
        var examples = new List<(string Dirty, string Clean)>();
        var right = new List<string>();
        replacements[column] = new(StringComparer.Ordinal);
        foreach (var (row, codes) in model.Corrected.OrderBy(c => c.Key))
        {
            if (codes[column] != table.Codes[column][row])
            {
                var (dirty, clean) = (table.Text(column, row), table.Values[column][codes[column]]);
                examples.Add((dirty, clean));
                var meant = replacements[column].TryGetValue(dirty, out var known) ? known : replacements[column][dirty] = new(StringComparer.Ordinal);
                meant[clean] = meant.GetValueOrDefault(clean) + 1;
            }
            else
            {
                right.Add(table.Text(column, row));
            }
        }

        rewrites[column] = [];
        foreach (var rewrite in examples.SelectMany(e => Rewrite.From(e.Dirty, e.Clean)).Distinct().OrderBy(r => r.ToString(), StringComparer.Ordinal))
        {
            // Rewriting a value that was right counts against it as much.
            double tries = right.Count(value => rewrite.Apply(value) is { } result && result != value), hits = 0;
            foreach (var (dirty, clean) in examples)
            {
                if (rewrite.Apply(dirty) is { } result && result != dirty)
                {
                    tries++;
                    hits += result == clean ? 1 : 0;
                }
            }

            rewrites[column].Add((rewrite, hits / (tries + 0.4)));
        }
    }
}
