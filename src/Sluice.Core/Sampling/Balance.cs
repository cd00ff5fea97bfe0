using System.Text.Json.Serialization;
using Sluice.Steps;

namespace Sluice.Sampling;

/// <summary>How classes are balanced.</summary>
public enum BalanceMethod
{
    /// <summary>A column of weights: a class weighs the more the rarer it is.</summary>
    Weights,

    /// <summary>Rows of frequent classes are left out.</summary>
    Undersample,

    /// <summary>Rows of rare classes come several times.</summary>
    Oversample,

    /// <summary>New rows of rare classes are made between those there are.</summary>
    Smote,
}

/// <summary>
/// Balances the classes of the training set: by a column of weights, by leaving out rows of the frequent classes, by copies of rows of the rare ones, or by new rows
/// between those of the rare ones (SMOTE: Chawla, Bowyer, Hall, Kegelmeyer 2002). Rows of other sets are as they were: a model is judged on the classes as they come. Needs a split before it, or <c>set_column</c> set to nothing for data that is all for training.
/// </summary>
[Step("balance")]
public sealed partial class Balance(Balance.Options options) : Step
{
    const byte LeftOut = 1;

    /// <summary>What was found.</summary>
    /// <param name="Rows">Rows for training.</param>
    /// <param name="Classes">Rows of each class of them, by the hash of its value.</param>
    /// <param name="LeftOut">Rows left out.</param>
    public sealed record Found(long Rows, IReadOnlyDictionary<string, long> Classes, long LeftOut)
    {
        /// <summary>Copies made; null unless oversampled.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public long? Copies { get; init; }

        /// <summary>What rows were made of; null unless by smote.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public MadeRows? Made { get; init; }
    }

    public override bool IsKeyed => true;

    public override int DecisionBytes => options.Method switch
    {
        BalanceMethod.Oversample => sizeof(int),
        BalanceMethod.Smote => MadeOf.Bytes,
        _ => 1,
    };

    public override bool Augments => options.Method is not (BalanceMethod.Weights or BalanceMethod.Undersample);

    bool HasSets => options.SetColumn.Length > 0;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        problems.Column(input, "column", options.Column);
        if (HasSets && !input.Has(options.SetColumn))
        {
            problems.Add(
                "set_column",
                $"Column '{options.SetColumn}' does not exist here, so nobody knows which rows are for training; balancing all of them would change what models are tested on. "
                + "Put a split before this step, or set set_column to \"\" when all rows are for training.");
        }

        PlanOptionsOfSmote(problems);
        if (options.Method == BalanceMethod.Smote)
        {
            return PlanSmote(input, problems);
        }

        if (options.Method != BalanceMethod.Weights)
        {
            return PlanCopies(input, problems);
        }

        if (input.Has(options.WeightColumn))
        {
            problems.Add("weight_column", $"Column '{options.WeightColumn}' is already there. Choose another weight_column, or remove that column before.");
        }

        return input.With(Weight);
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => options.Method switch
    {
        BalanceMethod.Weights =>
            wanted.Where(name => name != options.WeightColumn).Append(options.Column).Concat(HasSets ? [options.SetColumn] : []).ToHashSet(StringComparer.Ordinal),

        // A row is found again among those that rows were made of by all its cells.
        BalanceMethod.Smote => null,
        _ => wanted.Where(name => name != options.CopyColumn).ToHashSet(StringComparer.Ordinal),
    };

    /// <summary>(class, row): the rows of a class lie together, in the order of their lots. Rows that are not for training come last.</summary>
    public override RowKey[] Keys(Batch batch)
    {
        var (lots, classes, training) = (Lots(batch), Classes(batch), Training(batch));
        return [.. lots.Select((lot, row) => training[row] ? new RowKey(classes[row], lot.High) : Other)];
    }

    RowKey[] Lots(Batch batch) => RowHash.Rows(batch.Columns, batch.Rows, unchecked((ulong)options.Seed));

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var classes = new SortedDictionary<ulong, long>();
        foreach (var row in rows)
        {
            if (row.Key != Other)
            {
                classes[row.Key.High] = classes.GetValueOrDefault(row.Key.High) + 1;
                if (classes.Count > options.MaxClasses)
                {
                    throw new DataException(
                        $"balance found more than {options.MaxClasses:N0} different values of '{options.Column}'; the limit is max_classes = {options.MaxClasses}. "
                        + "Raise max_classes, or name the column with the class.");
                }
            }
        }

        if (classes.Count == 0)
        {
            throw new DataException(
                $"balance found no row of set '{options.TrainSet}' in column '{options.SetColumn}'; expected at least one. "
                + "Set train_set to the name that the split gave it.");
        }

        var leftOut = options.Method == BalanceMethod.Undersample ? LeaveOut(rows, decisions, (long)(classes.Values.Min() * options.MaxRatio)) : 0;
        return new Found(classes.Values.Sum(), classes.ToDictionary(c => c.Key.ToString("x16"), c => c.Value), leftOut)
        {
            Copies = options.Method == BalanceMethod.Oversample ? Copy(rows, decisions, classes) : null,
            Made = options.Method == BalanceMethod.Smote ? Make(rows, decisions, classes) : null,
        };
    }

    public override byte[] Fit(State? state, object? decided) => Fitted.Of((Found)decided!);

    public override string ApplyKey(Fitted fitted) => options.Method == BalanceMethod.Weights ? base.ApplyKey(fitted) : "";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        if (options.Method == BalanceMethod.Weights)
        {
            return batch.With(Weight, new ValueColumn<double>(ColumnType.Float64, Weights(batch, fitted.As<Found>())));
        }

        if (options.Method == BalanceMethod.Oversample)
        {
            return WithCopies(batch, fitted, verdicts);
        }

        if (options.Method == BalanceMethod.Smote)
        {
            return WithMadeRows(batch, fitted, verdicts);
        }

        var rule = verdicts.Rule("undersampled", options.Column, rejects: true);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (fitted.Decisions[row] == LeftOut)
            {
                verdicts.Fail(rule, row);
            }
        }

        return verdicts.Keep(batch);
    }

    static readonly RowKey Other = new(ulong.MaxValue, ulong.MaxValue);

    Field Weight => new(options.WeightColumn, ColumnType.Float64, Nullable: false);

    static long LeaveOut(KeyedRows rows, Decisions decisions, long most)
    {
        var (leftOut, kept, last) = (0L, 0L, 0UL);
        foreach (var row in rows)
        {
            if (row.Key == Other)
            {
                continue;
            }

            kept = row.Key.High == last ? kept + 1 : 1;
            last = row.Key.High;
            if (kept > most)
            {
                decisions.Set(row.Batch, row.Row, LeftOut);
                leftOut++;
            }
        }

        return leftOut;
    }

    double[] Weights(Batch batch, Found found)
    {
        var weights = found.Classes.ToDictionary(c => c.Key, c => found.Rows / ((double)found.Classes.Count * c.Value), StringComparer.Ordinal);
        var (classes, training) = (Classes(batch), Training(batch));
        return [.. classes.Select((value, row) => training[row] ? weights[value.ToString("x16")] : 1)];
    }

    ulong[] Classes(Batch batch) => [.. RowHash.Rows([batch[options.Column]], batch.Rows).Select(key => key.High)];

    bool[] Training(Batch batch) => HasSets
        ? [.. Enumerable.Range(0, batch.Rows).Select(row => batch[options.SetColumn].Display(row) == options.TrainSet)]
        : [.. Enumerable.Repeat(true, batch.Rows)];
}
