using System.Buffers.Binary;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Maps;

/// <summary>How vectors become shorter.</summary>
public enum ReduceBy
{
    /// <summary>Principal components: the directions in which rows vary the most.</summary>
    Pca,

    /// <summary>Neighbours stay neighbours: for pictures.</summary>
    Umap,

    /// <summary>Rows that are likely to belong together lie together (t-SNE): for pictures of groups.</summary>
    Tsne,

    /// <summary>Gaussian random projection: distances roughly stay, and nothing is learned.</summary>
    RandomProjection,
}

/// <summary>
/// Adds a few numbers for each row that keep what its vector says: two for a map, more for a model. They depend on the rows' content, the options and the seed
/// alone, not on the order of the rows or the size of batches.
/// </summary>
[Step("reduce_dimensions", Aliases = ["map_rows", "gold_reducer"])]
public sealed class ReduceDimensions(ReduceDimensions.Options options) : StepOverVectors(options.Features)
{
    public sealed record Options
    {
        /// <summary>What stands for a row: <c>text</c> (a column, embedded by <c>model</c>), or <c>columns</c> of numbers.</summary>
        [Required]
        public VectorSource Features { get; init; } = new();

        /// <summary>
        /// <c>pca</c> (principal components), <c>umap</c> (neighbours stay neighbours, for pictures), <c>tsne</c> (the same, with groups further apart; at most 3 numbers) or
        /// <c>random_projection</c>. Default: umap.
        /// </summary>
        public ReduceBy Method { get; init; } = ReduceBy.Umap;

        /// <summary>Numbers for each row. Default: 2.</summary>
        [Range(1, 64)]
        public int Dimensions { get; init; } = 2;

        /// <summary>For tsne: how many rows count as near to one, about. With few rows it is at most a third of them. Default: 30.</summary>
        [Range(2.0, 500.0)]
        public double Perplexity { get; init; } = Tsne.DefaultPerplexity;

        /// <summary>Start of the names of the new columns, which go on with 1, 2…: <c>map_1</c>, <c>map_2</c>. Default: map_.</summary>
        public string Prefix { get; init; } = "map_";

        /// <summary>Seed of umap, tsne and random_projection. Default: 42.</summary>
        public long Seed { get; init; } = 42;
    }

    public override int DecisionBytes => options.Dimensions * sizeof(float);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        options.Features.Plan(input, problems);
        if (options.Method == ReduceBy.Tsne && options.Dimensions > Tsne.MaxDimensions)
        {
            problems.Add("dimensions", $"Method tsne makes at most {Tsne.MaxDimensions} numbers; found {options.Dimensions}. For more, choose pca or umap.");
        }

        foreach (var field in Outputs)
        {
            if (input.Has(field.Name))
            {
                problems.Add("prefix", $"Column '{field.Name}' is already there. Choose another prefix.");
                return input;
            }
        }

        return Outputs.Aggregate(input, (schema, field) => schema.With(field));
    }

    public override int CodeVersion => 2;

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var places = Places(rows.Vectors!);
        var (at, first, key) = (0, 0, default(RowKey));
        foreach (var row in rows)
        {
            // Rows that are alike stand in one place, that of the first, whatever the order in which they came.
            (first, key) = at > 0 && row.Key == key ? (first, key) : (at, row.Key);
            var decision = decisions.Row(row.Batch, row.Row);
            for (var i = 0; i < options.Dimensions; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(decision[(i * sizeof(float))..], places[((long)first * options.Dimensions) + i]);
            }

            at++;
        }

        return null;
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        for (var i = 0; i < options.Dimensions; i++)
        {
            var numbers = new double[batch.Rows];
            for (var row = 0; row < numbers.Length; row++)
            {
                numbers[row] = BinaryPrimitives.ReadSingleLittleEndian(fitted.Decisions[((row * DecisionBytes) + (i * sizeof(float)))..]);
            }

            batch = batch.With(Outputs[i], new ValueColumn<double>(ColumnType.Float64, numbers));
        }

        return batch;
    }

    Field[] Outputs =>
        [.. Enumerable.Range(1, options.Dimensions).Select(i => new Field(options.Prefix + i.ToString(CultureInfo.InvariantCulture), ColumnType.Float64, Nullable: false))];

    float[] Places(VectorRows vectors)
    {
        var seed = unchecked((ulong)options.Seed);
        return options.Method switch
        {
            ReduceBy.Umap => LearnedPlaces.Of(vectors, options.Dimensions, some => NeighbourLayout.Learn(some, options.Dimensions, seed, CancellationToken.None), CancellationToken.None),
            ReduceBy.Tsne => LearnedPlaces.Of(
                vectors, options.Dimensions, some => Tsne.Learn(some, options.Dimensions, options.Perplexity, seed, CancellationToken.None), CancellationToken.None),
            _ => Projected(vectors, seed),
        };
    }

    float[] Projected(VectorRows vectors, ulong seed)
    {
        var places = new float[(long)vectors.Rows * options.Dimensions];
        var pca = options.Method == ReduceBy.Pca ? Pca.Of(vectors, options.Dimensions, CancellationToken.None) : null;
        var projection = pca is null ? new RandomProjection(vectors.Dimensions, options.Dimensions, seed) : null;
        Parallel.For(0, vectors.Rows, row =>
        {
            // There may be fewer principal components than numbers asked for: the others stay 0.
            var place = places.AsSpan(row * options.Dimensions, options.Dimensions);
            pca?.Project(vectors[row], place[..Math.Min(options.Dimensions, vectors.Dimensions)]);
            projection?.Project(vectors[row], place);
        });
        return places;
    }
}
