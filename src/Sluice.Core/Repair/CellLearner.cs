namespace Sluice.Repair;

/// <summary>What the learner sees of a cell: measures, traits of its value, and the odds it has without any label.</summary>
readonly record struct CellTraits(double[] Dense, int[] Marks, double Prior);

/// <summary>
/// Logistic regression that starts from odds found without labels and moves away from them only as labels ask: ridge-penalised, solved in the
/// span of the labelled cells by Newton's method, so that twenty labels and any number of traits cost a 20 × 20 system. One per column.
/// </summary>
sealed class CellLearner
{
    const double DenseVariance = 3, MarkVariance = 6, InterceptVariance = 0.5;
    const int Rounds = 40;
    readonly double[] dense;
    readonly Dictionary<int, double> marks = [];
    readonly double intercept;

    public CellLearner(IReadOnlyList<(CellTraits Traits, bool IsError)> labelled)
    {
        dense = new double[labelled.Count == 0 ? 0 : labelled[0].Traits.Dense.Length];
        var alphas = Solve(labelled);
        for (var i = 0; i < alphas.Length; i++)
        {
            var traits = labelled[i].Traits;
            intercept += alphas[i] * InterceptVariance;
            for (var k = 0; k < dense.Length; k++)
            {
                dense[k] += alphas[i] * DenseVariance * traits.Dense[k];
            }

            var share = MarkVariance / Math.Sqrt(traits.Marks.Length);
            foreach (var mark in traits.Marks)
            {
                marks[mark] = marks.GetValueOrDefault(mark) + (alphas[i] * share);
            }
        }
    }

    /// <summary>Log-odds that a value's traits add, whatever its row.</summary>
    public double OfMarks(int[] valueMarks)
    {
        var sum = 0.0;
        foreach (var mark in valueMarks)
        {
            sum += marks.GetValueOrDefault(mark);
        }

        return intercept + (sum / Math.Sqrt(valueMarks.Length));
    }

    /// <summary>Log-odds that the measures of a cell add.</summary>
    public double OfDense(ReadOnlySpan<double> measures)
    {
        var sum = 0.0;
        for (var k = 0; k < dense.Length; k++)
        {
            sum += dense[k] * measures[k];
        }

        return sum;
    }

    public static double Logit(double probability) => Math.Log(probability / (1 - probability));

    public static double Probability(double odds) => 1 / (1 + Math.Exp(-odds));

    static double[] Solve(IReadOnlyList<(CellTraits Traits, bool IsError)> labelled)
    {
        var n = labelled.Count;
        var kernel = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                kernel[i, j] = kernel[j, i] = Kernel(labelled[i].Traits, labelled[j].Traits);
            }
        }

        // α = y − p at the optimum of the penalised likelihood. A full step may overshoot where labels are separable: then half of it, and so on.
        var alphas = new double[n];
        var loss = Loss(labelled, kernel, alphas);
        for (var round = 0; round < Rounds; round++)
        {
            var step = Step(labelled, kernel, alphas);
            var length = 1.0;
            double[] next;
            double nextLoss;
            do
            {
                next = [.. alphas.Select((alpha, i) => alpha + (length * step[i]))];
                nextLoss = Loss(labelled, kernel, next);
                length /= 2;
            }
            while (!(nextLoss <= loss) && length > 1e-6);

            if (!(nextLoss < loss - 1e-9))
            {
                break;
            }

            (alphas, loss) = (next, nextLoss);
        }

        return alphas;
    }

    static double[] Step(IReadOnlyList<(CellTraits Traits, bool IsError)> labelled, double[,] kernel, double[] alphas)
    {
        var n = alphas.Length;
        var system = new double[n, n + 1];
        for (var i = 0; i < n; i++)
        {
            var p = Probability(Odds(labelled, kernel, alphas, i));
            for (var j = 0; j < n; j++)
            {
                system[i, j] = (p * (1 - p) * kernel[i, j]) + (i == j ? 1 : 0);
            }

            system[i, n] = (labelled[i].IsError ? 1 : 0) - p - alphas[i];
        }

        return Eliminate(system, n);
    }

    static double Loss(IReadOnlyList<(CellTraits Traits, bool IsError)> labelled, double[,] kernel, double[] alphas)
    {
        var loss = 0.0;
        for (var i = 0; i < alphas.Length; i++)
        {
            var odds = Odds(labelled, kernel, alphas, i);
            var against = labelled[i].IsError ? -odds : odds;
            loss += (against > 0 ? against + Math.Log(1 + Math.Exp(-against)) : Math.Log(1 + Math.Exp(against)))
                + (0.5 * alphas[i] * (odds - Logit(labelled[i].Traits.Prior)));
        }

        return loss;
    }

    static double Odds(IReadOnlyList<(CellTraits Traits, bool IsError)> labelled, double[,] kernel, double[] alphas, int at)
    {
        var odds = Logit(labelled[at].Traits.Prior);
        for (var j = 0; j < alphas.Length; j++)
        {
            odds += kernel[at, j] * alphas[j];
        }

        return odds;
    }

    static double Kernel(CellTraits left, CellTraits right)
    {
        var sum = InterceptVariance;
        for (var k = 0; k < left.Dense.Length; k++)
        {
            sum += DenseVariance * left.Dense[k] * right.Dense[k];
        }

        // Marks are sorted. A mark weighs less in a value that has many.
        var shared = 0;
        for (int i = 0, j = 0; i < left.Marks.Length && j < right.Marks.Length;)
        {
            if (left.Marks[i] == right.Marks[j])
            {
                shared++;
                i++;
                j++;
            }
            else if (left.Marks[i] < right.Marks[j])
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return sum + (MarkVariance * shared / Math.Sqrt((double)left.Marks.Length * right.Marks.Length));
    }

    static double[] Eliminate(double[,] system, int n)
    {
        for (var column = 0; column < n; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < n; row++)
            {
                pivot = Math.Abs(system[row, column]) > Math.Abs(system[pivot, column]) ? row : pivot;
            }

            for (var k = 0; k <= n; k++)
            {
                (system[column, k], system[pivot, k]) = (system[pivot, k], system[column, k]);
            }

            for (var row = 0; row < n; row++)
            {
                var factor = row == column || system[column, column] == 0 ? 0 : system[row, column] / system[column, column];
                for (var k = column; k <= n && factor != 0; k++)
                {
                    system[row, k] -= factor * system[column, k];
                }
            }
        }

        var solution = new double[n];
        for (var row = 0; row < n; row++)
        {
            solution[row] = system[row, row] == 0 ? 0 : system[row, n] / system[row, row];
        }

        return solution;
    }
}
