using System.Buffers.Binary;
using System.ComponentModel.DataAnnotations;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Clusters;

/// <summary>How rows are grouped.</summary>
public enum ClusterBy
{
    /// <summary>Around a given number of centres; every row belongs to one.</summary>
    KMeans,

    /// <summary>By density: as many clusters as there are, and rows that belong to none.</summary>
    Hdbscan,
}

/// <summary>
/// Groups rows that are alike and puts the number of the group into a new column; 0 is the largest group. The groups depend on the rows' content, the options and
/// the seed alone, not on the order of the rows or the size of batches.
/// </summary>
[Step("cluster_rows", Aliases = ["cluster", "gold_clusterizer"])]
public sealed class ClusterRows(ClusterRows.Options options) : StepOverVectors(options.Features)
{
    public sealed record Options
    {
        /// <summary>What rows are compared by: <c>text</c> (a column, embedded by <c>model</c>), or <c>columns</c> of numbers.</summary>
        [Required]
        public VectorSource Features { get; init; } = new();

        /// <summary><c>k_means</c> (a given number of round groups) or <c>hdbscan</c> (dense places of any shape, and rows in none). Default: k_means.</summary>
        public ClusterBy Method { get; init; } = ClusterBy.KMeans;

        /// <summary>For k_means: how many groups; fewer where there are fewer different rows. Default: the square root of half the rows, at most 100.</summary>
        [Range(1, 10_000)]
        public int? Clusters { get; init; }

        /// <summary>For hdbscan: rows that a group has at least. Default: 5.</summary>
        [Range(2, 1_000)]
        public int MinClusterSize { get; init; } = 5;

        /// <summary>New column with the number of the group, from 0; missing for a row in none. Default: cluster.</summary>
        public string OutputColumn { get; init; } = "cluster";

        /// <summary>Seed of the first centres. Default: 42.</summary>
        public long Seed { get; init; } = 42;
    }

    const int MaxDefaultClusters = 100;

    public override int DecisionBytes => sizeof(int);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        options.Features.Plan(input, problems);
        if (options.Clusters is not null && options.Method != ClusterBy.KMeans)
        {
            problems.Add("clusters", "hdbscan finds out how many groups there are. Choose method k_means, or leave clusters out.");
        }

        if (string.IsNullOrWhiteSpace(options.OutputColumn) || input.Has(options.OutputColumn))
        {
            problems.Add("output_column", $"Column '{options.OutputColumn}' {(input.Has(options.OutputColumn) ? "is already there" : "has no name")}. Choose another output_column.");
            return input;
        }

        return input.With(Output);
    }

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var vectors = rows.Vectors!;
        var wanted = options.Clusters ?? Math.Clamp((int)Math.Sqrt(vectors.Rows / 2.0), 1, MaxDefaultClusters);
        var clusters = options.Method == ClusterBy.Hdbscan
            ? DensityClusters.Of(vectors, options.MinClusterSize, CancellationToken.None)
            : KMeans.Of(vectors, wanted, unchecked((ulong)options.Seed), CancellationToken.None).Of(vectors, CancellationToken.None);
        var sizes = clusters.Where(c => c >= 0).CountBy(c => c).OrderByDescending(c => c.Value).ThenBy(c => c.Key).ToList();
        var numbers = sizes.Select((c, i) => (c.Key, i)).ToDictionary(c => c.Key, c => c.i);
        var at = 0;
        foreach (var row in rows)
        {
            var cluster = clusters[at++];
            BinaryPrimitives.WriteInt32LittleEndian(decisions.Row(row.Batch, row.Row), cluster < 0 ? 0 : numbers[cluster] + 1);
        }

        return new ClusterReport(options.Method, options.Seed, [.. sizes.Select(s => s.Value)], clusters.Count(c => c < 0));
    }

    public override byte[] Fit(State? state, object? decided) => Fitted.Of((ClusterReport)decided!);

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var (numbers, validity) = (new long[batch.Rows], Column.NewValidity(batch.Rows));
        for (var row = 0; row < numbers.Length; row++)
        {
            var decision = BinaryPrimitives.ReadInt32LittleEndian(fitted.Decisions[(row * sizeof(int))..]);
            numbers[row] = Math.Max(0, decision - 1);
            validity[row >> 6] |= decision > 0 ? 1UL << (row & 63) : 0;
        }

        return batch.With(Output, new ValueColumn<long>(ColumnType.Int64, numbers, validity));
    }

    Field Output => new(options.OutputColumn, ColumnType.Int64);
}

/// <summary>What a clustering found; part of the version.</summary>
/// <param name="Method">How rows were grouped.</param>
/// <param name="Seed">Seed.</param>
/// <param name="Sizes">Rows of each group, the largest first.</param>
/// <param name="Alone">Rows in no group.</param>
public sealed record ClusterReport(ClusterBy Method, long Seed, IReadOnlyList<int> Sizes, int Alone);
