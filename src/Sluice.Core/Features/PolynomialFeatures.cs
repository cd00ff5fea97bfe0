using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>Adds powers and products of numbers up to a degree, and ratios of pairs. Nothing is learned.</summary>
[Step("polynomial_features", Aliases = ["interactions"])]
public sealed class PolynomialFeatures : Step
{
    const int MaxFeatures = 2_000;
    readonly Options options;
    readonly int[][] terms;

    public PolynomialFeatures(Options options)
    {
        this.options = options;
        terms = [.. Enumerable.Range(2, options.Degree - 1).SelectMany(degree => Terms(0, degree)).Take(MaxFeatures + 1)];
    }

    public sealed record Options
    {
        /// <summary>Number columns to multiply. At least one.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> Columns { get; init; }

        /// <summary>Largest number of factors of a product: 2 gives a_x_b and, for the square, a_x_a. Default: 2.</summary>
        [Range(1, 4)]
        public int Degree { get; init; } = 2;

        /// <summary>Leaves out products that have a column twice, such as squares. Default: false.</summary>
        public bool InteractionOnly { get; init; }

        /// <summary>Adds a_per_b for each two columns; missing where b is 0. Default: false.</summary>
        public bool Ratios { get; init; }
    }

    public override Schema Plan(Schema input, StepProblems problems)
    {
        FeatureColumns.Check(
            input, problems, "columns", options.Columns, f => Numbers.IsNumber(f.Type), "int64 or float64", "Leave it out, or convert it first with fix_types.");
        var outputs = Outputs();
        if (outputs.Count is 0 or > MaxFeatures)
        {
            problems.Add("columns", outputs.Count == 0
                ? "Nothing comes out of these options. Name more columns, raise degree, or set ratios."
                : $"{options.Columns.Count} columns of degree {options.Degree} make more than {MaxFeatures:N0} features; that is the most. Name fewer columns, or lower degree.");
        }

        return problems.Items.Count > 0 ? input : FeatureColumns.Plan(input, options.Columns[0], outputs, keep: true);
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => FeatureColumns.Needs(input, wanted, options.Columns);

    public override StepEffects? Effects(Schema input) => new()
    {
        Reads = StepEffects.Names(options.Columns),
        Writes = StepEffects.Names(Outputs().Select(f => f.Name)),
        KeepsRows = true,
        Silent = true,
        Cost = 2.0 * terms.Length,
    };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var inputs = options.Columns.Select(name => FeatureColumns.Numbers(batch[name]).ToArray()).ToArray();
        var columns = terms.Select(term => Product(inputs, term, batch.Rows)).Concat(Pairs().Select(pair => Ratio(inputs[pair.Over], inputs[pair.Under])));
        return FeatureColumns.Apply(batch, options.Columns[0], [.. Outputs().Zip(columns, (f, c) => (f, (Column)FeatureColumns.Float64(c)))], keep: true);
    }

    List<Field> Outputs() =>
    [
        .. terms.Select(term => new Field(string.Join("_x_", term.Select(i => options.Columns[i])), ColumnType.Float64)),
        .. Pairs().Select(pair => new Field($"{options.Columns[pair.Over]}_per_{options.Columns[pair.Under]}", ColumnType.Float64)),
    ];

    IEnumerable<(int Over, int Under)> Pairs()
    {
        var all = Enumerable.Range(0, options.Ratios ? options.Columns.Count : 0);
        return all.SelectMany(over => all.Where(under => under != over).Select(under => (over, under)));
    }

    /// <summary>Columns of each product, in ascending order.</summary>
    IEnumerable<int[]> Terms(int from, int degree)
    {
        for (var i = from; i < options.Columns.Count; i++)
        {
            if (degree == 1)
            {
                yield return [i];
                continue;
            }

            foreach (var rest in Terms(options.InteractionOnly ? i + 1 : i, degree - 1))
            {
                yield return [i, .. rest];
            }
        }
    }

    static double[] Product(double[][] inputs, int[] term, int rows)
    {
        var values = new double[rows];
        Array.Fill(values, 1);
        foreach (var factor in term)
        {
            for (var row = 0; row < rows; row++)
            {
                values[row] *= inputs[factor][row];
            }
        }

        return values;
    }

    static double[] Ratio(double[] over, double[] under)
    {
        var values = new double[over.Length];
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = under[row] == 0 ? double.NaN : over[row] / under[row];
        }

        return values;
    }
}
