using System.Text;
using Sluice.Connectors;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>Count and exact sum of the target, by fold.</summary>
sealed class FoldSums(int folds) : State
{
    readonly long[] counts = new long[folds];
    readonly ExactSum?[] sums = new ExactSum?[folds];

    public void Add(int fold, double value)
    {
        counts[fold]++;
        (sums[fold] ??= new ExactSum()).Add(value);
    }

    /// <summary>Rows and sum of all folds but one; −1 leaves none out.</summary>
    public (long Rows, double Sum) Without(int fold)
    {
        var (rows, total) = (0L, new ExactSum());
        for (var i = 0; i < folds; i++)
        {
            if (i != fold && sums[i] is { } sum)
            {
                rows += counts[i];
                total.Add(sum);
            }
        }

        return (rows, total.Value);
    }

    public override void Merge(State other)
    {
        var theirs = (FoldSums)other;
        for (var i = 0; i < folds; i++)
        {
            if (theirs.sums[i] is { } sum)
            {
                counts[i] += theirs.counts[i];
                (sums[i] ??= new ExactSum()).Add(sum);
            }
        }
    }

    public override void Write(BinaryWriter writer)
    {
        for (var i = 0; i < folds; i++)
        {
            writer.Write7BitEncodedInt64(counts[i]);
            sums[i]?.Write(writer);
        }
    }

    public override void Read(BinaryReader reader)
    {
        for (var i = 0; i < folds; i++)
        {
            counts[i] = reader.Read7BitEncodedInt64();
            if (counts[i] > 0)
            {
                (sums[i] = new ExactSum()).Read(reader);
            }
        }
    }
}

/// <summary>The target over all training rows, and for each category of each column.</summary>
sealed class TargetState(int folds, int cap) : State
{
    public FoldSums All { get; } = new(folds);

    public ColumnStates<CategoryStates<FoldSums>> Columns { get; } = new(() => new CategoryStates<FoldSums>(cap, () => new FoldSums(folds)));

    public override void Merge(State other)
    {
        All.Merge(((TargetState)other).All);
        Columns.Merge(((TargetState)other).Columns);
    }

    public override void Write(BinaryWriter writer)
    {
        All.Write(writer);
        Columns.Write(writer);
    }

    public override void Read(BinaryReader reader)
    {
        All.Read(reader);
        Columns.Read(reader);
    }
}

/// <summary>
/// Mean of the target by category, shrunk towards the mean of all (m-estimate; Micci-Barreca, 2001). A training row is encoded with what the rows of
/// the other folds say (cross-fitting), so that its own target is not in its feature; any other row with what all say.
/// </summary>
sealed class TargetEncoding
{
    readonly EncodeCategoricals.Options options;
    readonly TrainSet train;
    readonly FittedCache<Known> learned;

    public TargetEncoding(EncodeCategoricals.Options options, TrainSet train)
    {
        (this.options, this.train) = (options, train);
        learned = new(fitted => new Known(fitted.As<LearnedTarget>()));
    }

    public TargetState NewState() => new(options.Folds, options.MaxValues);

    public void Observe(Batch rows, TargetState state)
    {
        var targets = Targets(rows);
        var folds = Folds(rows);
        var scratch = new byte[CellText.MaxLength];
        for (var row = 0; row < rows.Rows; row++)
        {
            if (double.IsFinite(targets[row]))
            {
                state.All.Add(folds[row], targets[row]);
            }
        }

        foreach (var name in options.Columns)
        {
            var (column, seen) = (rows[name], state.Columns[name]);
            for (var row = 0; row < rows.Rows; row++)
            {
                if (double.IsFinite(targets[row]) && FeatureColumns.TryCategory(column, row, scratch, out var value))
                {
                    seen.Of(value)?.Add(folds[row], targets[row]);
                }
            }
        }
    }

    public byte[] Fit(TargetState state)
    {
        var overall = Enumerable.Range(-1, options.Folds + 1).Select(fold => state.All.Without(fold) is var (rows, sum) ? sum / rows : 0).ToArray();
        return Fitted.Of(new LearnedTarget(overall, [.. options.Columns.Select(name => Learn(name, state.Columns[name], overall))]));
    }

    public Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts, bool forNewRows)
    {
        var known = learned.Of(fitted);

        // Which of a category's means a row gets: 0 for that of all folds, else 1 + its own fold.
        var means = new int[batch.Rows];
        if (!forNewRows)
        {
            var (folds, training) = (Folds(batch), train.Mask(batch));
            for (var row = 0; row < means.Length; row++)
            {
                means[row] = training is null || training[row] ? 1 + folds[row] : 0;
            }
        }

        var result = batch;
        var scratch = new byte[CellText.MaxLength];
        foreach (var name in options.Columns)
        {
            var (column, (categories, values)) = (batch[name], known.Columns[name]);
            var encoded = new double[batch.Rows];
            int? rule = null;
            for (var row = 0; row < encoded.Length; row++)
            {
                encoded[row] = known.Overall[means[row]];
                if (!FeatureColumns.TryCategory(column, row, scratch, out var value))
                {
                    continue;
                }

                if (categories.Find(value) is var found and >= 0)
                {
                    encoded[row] = values[found][means[row]];
                }
                else
                {
                    verdicts.Fail(rule ??= CategoryColumns.UnknownRule(verdicts, name, options.Unknown), row);
                }
            }

            result = FeatureColumns.Apply(result, name, [(CategoryColumns.Fields(name, null, options)[0], FeatureColumns.Float64(encoded))], options.KeepColumns);
        }

        return result;
    }

    LearnedMeans Learn(string column, CategoryStates<FoldSums> seen, double[] overall)
    {
        if (seen.IsOver)
        {
            throw EncodeCategoricals.TooMany(column, options.MaxValues);
        }

        var categories = seen.InOrder().ToList();
        return new LearnedMeans(
            column,
            [.. categories.Select(c => Encoding.UTF8.GetString(c.Value))],
            [.. categories.Select(c => overall.Select((mean, i) => Mean(c.State.Without(i - 1), mean)).ToArray())]);
    }

    double Mean((long Rows, double Sum) category, double overall) =>
        category.Rows == 0 ? overall : (category.Sum + (options.Smoothing * overall)) / (category.Rows + options.Smoothing);

    int[] Folds(Batch rows)
    {
        var columns = options.FoldColumns.Count == 0 ? rows.Columns : [.. options.FoldColumns.Select(name => rows[name])];
        return Array.ConvertAll(RowHash.Rows(columns, rows.Rows, unchecked((ulong)options.Seed)), key => (int)(key.High % (ulong)options.Folds));
    }

    sealed class Known(LearnedTarget learned)
    {
        public double[] Overall => learned.Overall;

        public IReadOnlyDictionary<string, (Categories Known, double[][] Means)> Columns { get; } =
            learned.Columns.ToDictionary(c => c.Column, c => (new Categories(new LearnedCategories(c.Column, c.Values, [], 0)), c.Means));
    }

    /// <summary>The target of each row; NaN where it is missing.</summary>
    ReadOnlySpan<double> Targets(Batch rows)
    {
        var column = rows[options.Target!];
        if (options.TargetValue is not { } one)
        {
            return FeatureColumns.Numbers(column);
        }

        var wanted = Encoding.UTF8.GetBytes(one);
        var scratch = new byte[CellText.MaxLength];
        var values = new double[rows.Rows];
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = !FeatureColumns.TryCategory(column, row, scratch, out var value) ? double.NaN : value.SequenceEqual(wanted) ? 1 : 0;
        }

        return values;
    }
}

/// <summary>What target encoding learned. Means are first over all folds, then without each fold in turn.</summary>
sealed record LearnedTarget(double[] Overall, LearnedMeans[] Columns);

sealed record LearnedMeans(string Column, string[] Values, double[][] Means);
