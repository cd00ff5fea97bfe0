namespace Sluice.Matching;

/// <summary>
/// Finds rows that mean the same thing, in two tables or in one, without labels. The result depends on the rows alone: not on their order, and not on which
/// table is the left one.
/// </summary>
public sealed class RecordMatcher
{
    /// <summary>Least similarity where none is asked for.</summary>
    public const double DefaultSimilarity = 0.85;

    readonly MatchTable table;
    readonly MatchOptions options;
    readonly List<(int First, int Second)> pairs;
    readonly double[] scores;
    readonly MatchMethod method;
    readonly PairSimilarity similarity;

    RecordMatcher(Batch left, Batch? right, MatchOptions options, IReadOnlyList<(int Left, int Right)> given, CancellationToken cancellation)
    {
        Check(left, right, options);
        this.options = options;
        table = new MatchTable(left, right, options.Columns);
        pairs = Blocking.Candidates(table, options);
        if (given.Count > 0)
        {
            var positions = table.Positions();
            pairs = [.. pairs.Concat(given.Select(p => Ordered(positions[p.Left], positions[(right is null ? 0 : left.Rows) + p.Right]))).Distinct().Order()];
        }

        cancellation.ThrowIfCancellationRequested();
        similarity = new PairSimilarity(table.Columns, [.. table.Columns.SkipLast(1).Select(c => options.Weights.GetValueOrDefault(c.Name, 1))]);
        var learned = options.Method == MatchMethod.Learned ? Learned(cancellation) : null;
        method = learned is null ? MatchMethod.Similar : MatchMethod.Learned;
        scores = learned ?? Similar(cancellation);
        Threshold = method == options.Method && options.Threshold is { } asked ? asked : learned is null ? DefaultSimilarity : MatchModel.BestThreshold(learned);
    }

    /// <summary>Least score of a match.</summary>
    public double Threshold { get; }

    /// <summary>Pairs of rows of two tables that match.</summary>
    /// <exception cref="DataException">No column to compare, or one that a table lacks.</exception>
    public static MatchResult Link(Batch left, Batch right, MatchOptions options, CancellationToken cancellation) =>
        new RecordMatcher(left, right, options, [], cancellation).Result();

    /// <summary>Pairs of rows of one table that match.</summary>
    /// <exception cref="DataException">No column to compare.</exception>
    public static MatchResult Dedupe(Batch rows, MatchOptions options, CancellationToken cancellation) =>
        new RecordMatcher(rows, null, options, [], cancellation).Result();

    /// <summary>Pairs of two tables, or of one, that match among the candidates and the given pairs.</summary>
    /// <exception cref="DataException">No column to compare, or one that a table lacks.</exception>
    public static MatchResult Among(Batch left, Batch? right, IReadOnlyList<(int Left, int Right)> given, MatchOptions options, CancellationToken cancellation) =>
        new RecordMatcher(left, right, options, given, cancellation).Result();

    /// <summary>Scores of given pairs of two tables, judged among all candidates, and the threshold that would be used.</summary>
    public static (double[] Scores, double Threshold) Score(
        Batch left, Batch right, IReadOnlyList<(int Left, int Right)> given, MatchOptions options, CancellationToken cancellation)
    {
        var matcher = new RecordMatcher(left, right, options, given, cancellation);
        var positions = matcher.table.Positions();
        var places = matcher.pairs.Index().ToDictionary(p => p.Item, p => p.Index);
        return ([.. given.Select(p => matcher.scores[places[Ordered(positions[p.Left], positions[left.Rows + p.Right])]])], matcher.Threshold);
    }

    /// <summary>Columns that are compared where none are named: all, or of many those with the most different values.</summary>
    public static IReadOnlyList<string> ColumnsOf(Batch rows) => MatchTable.MostTelling([rows]);

    static (int First, int Second) Ordered(int one, int other) => (Math.Min(one, other), Math.Max(one, other));

    static void Check(Batch left, Batch? right, MatchOptions options)
    {
        var named = options.Columns.Concat(options.Weights.Keys).ToList();
        foreach (var table in right is null ? [left] : new[] { left, right })
        {
            if (named.Find(name => !table.Schema.Has(name)) is { } missing)
            {
                throw new DataException($"Column '{missing}' is to be compared, and {(right is null ? "the" : table == left ? "the left" : "the right")} table lacks it. It has: {table.Schema.Names}.");
            }
        }

        if (right is not null && named.Count == 0 && !left.Schema.Any(f => right.Schema.Has(f.Name)))
        {
            throw new DataException($"The tables have no column of the same name. Left: {left.Schema.Names}. Right: {right.Schema.Names}. Rename columns so that those to compare are called the same.");
        }
    }

    double[] Similar(CancellationToken cancellation)
    {
        var found = new double[pairs.Count];
        Parallel.For(0, pairs.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            Span<float> columns = new float[table.Columns.Count];
            found[i] = similarity.Compare(pairs[i].First, pairs[i].Second, columns);
        });
        return found;
    }

    // Null where nothing can be learned.
    double[]? Learned(CancellationToken cancellation)
    {
        var comparer = new PairComparer(table.Columns);

        // Pairs come by their first row, and rows by their hash: the first pairs are those of a random sample of rows.
        var model = MatchModel.Learn(table, comparer, pairs.Count <= options.MaxTrainingPairs ? pairs : pairs.GetRange(0, options.MaxTrainingPairs));
        if (model is null)
        {
            return null;
        }

        var found = new double[pairs.Count];
        Parallel.For(0, pairs.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            Span<float> features = new float[comparer.Width];
            comparer.Compare(pairs[i].First, pairs[i].Second, features);
            found[i] = MatchModel.Probability(model.LogOdds(features));
        });
        return found;
    }

    MatchResult Result()
    {
        IEnumerable<int> chosen = options.OneToOne ? Competition.OneToOne(pairs, scores, table.Rows) : Enumerable.Range(0, pairs.Count);
        var matched = chosen.Where(i => scores[i] >= Threshold).Select(Pair).OrderByDescending(p => p.Score).ThenBy(p => p.Left).ThenBy(p => p.Right).ToList();
        var precision = method == MatchMethod.Learned && matched.Count > 0 ? matched.Average(p => p.Score) : default(double?);
        return new MatchResult(matched, [.. table.Columns.SkipLast(1).Select(c => c.Name)], method, Threshold, pairs.Count, precision);
    }

    MatchedPair Pair(int i)
    {
        var similarities = new float[table.Columns.Count - 1];
        similarity.Compare(pairs[i].First, pairs[i].Second, similarities);
        var (first, second) = (table.OriginOf(pairs[i].First), table.OriginOf(pairs[i].Second));
        var isTurned = table.IsLink ? !table.IsLeft(pairs[i].First) : first > second;
        return new MatchedPair(isTurned ? second : first, isTurned ? first : second, scores[i], similarities);
    }
}
