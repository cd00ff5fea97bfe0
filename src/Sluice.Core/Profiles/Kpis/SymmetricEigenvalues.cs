namespace Sluice.Profiles.Kpis;

/// <summary>Eigenvalues of a symmetric matrix: Householder's reduction to three diagonals, then QL steps with Wilkinson's shift (Golub and Van Loan 2013, 8.3).</summary>
static class SymmetricEigenvalues
{
    const int MaxSteps = 60;

    /// <param name="matrix">The matrix, which is used up.</param>
    /// <returns>In no order.</returns>
    public static double[] Of(double[,] matrix)
    {
        var size = matrix.GetLength(0);
        var (diagonal, beside) = (new double[size], new double[size]);
        for (var column = 0; column < size - 2; column++)
        {
            beside[column + 1] = Reduce(matrix, column, size);
        }

        for (var i = 0; i < size; i++)
        {
            diagonal[i] = matrix[i, i];
        }

        if (size > 1)
        {
            beside[size - 1] = matrix[size - 1, size - 2];
        }

        Diagonalise(diagonal, beside);
        return diagonal;
    }

    /// <summary>Reflects the rest of the matrix so that a column has nothing below the second diagonal; gives what is on it.</summary>
    static double Reduce(double[,] matrix, int column, int size)
    {
        var squares = 0.0;
        for (var i = column + 1; i < size; i++)
        {
            squares += matrix[i, column] * matrix[i, column];
        }

        var first = matrix[column + 1, column];
        var norm = Math.Sqrt(squares);
        if (squares - (first * first) <= double.Epsilon)
        {
            return first;
        }

        var alpha = first > 0 ? -norm : norm;
        var reflector = new double[size];
        for (var i = column + 1; i < size; i++)
        {
            reflector[i] = matrix[i, column];
        }

        reflector[column + 1] -= alpha;
        var half = squares - (first * alpha);
        var product = new double[size];
        var dot = 0.0;
        for (var i = column + 1; i < size; i++)
        {
            var sum = 0.0;
            for (var j = column + 1; j < size; j++)
            {
                sum += matrix[i, j] * reflector[j];
            }

            product[i] = sum / half;
            dot += product[i] * reflector[i];
        }

        for (var i = column + 1; i < size; i++)
        {
            product[i] -= dot / (2 * half) * reflector[i];
        }

        for (var i = column + 1; i < size; i++)
        {
            for (var j = column + 1; j < size; j++)
            {
                matrix[i, j] -= (reflector[i] * product[j]) + (product[i] * reflector[j]);
            }
        }

        return alpha;
    }

    static void Diagonalise(double[] diagonal, double[] beside)
    {
        var size = diagonal.Length;
        for (var i = 1; i < size; i++)
        {
            beside[i - 1] = beside[i];
        }

        if (size > 0)
        {
            beside[size - 1] = 0;
        }

        for (var start = 0; start < size; start++)
        {
            for (var step = 0; step < MaxSteps; step++)
            {
                var end = start;
                while (end < size - 1 && Math.Abs(beside[end]) > double.Epsilon + (1e-16 * (Math.Abs(diagonal[end]) + Math.Abs(diagonal[end + 1]))))
                {
                    end++;
                }

                if (end == start)
                {
                    break;
                }

                Sweep(diagonal, beside, start, end);
            }
        }
    }

    static void Sweep(double[] diagonal, double[] beside, int start, int end)
    {
        var shift = (diagonal[start + 1] - diagonal[start]) / (2 * beside[start]);
        var root = double.Hypot(shift, 1);
        shift = diagonal[end] - diagonal[start] + (beside[start] / (shift + (shift >= 0 ? root : -root)));
        var (sine, cosine, carried) = (1.0, 1.0, 0.0);
        for (var i = end - 1; i >= start; i--)
        {
            var (turned, kept) = (sine * beside[i], cosine * beside[i]);
            root = double.Hypot(turned, shift);
            beside[i + 1] = root;
            if (root == 0)
            {
                diagonal[i + 1] -= carried;
                beside[end] = 0;
                return;
            }

            (sine, cosine) = (turned / root, shift / root);
            shift = diagonal[i + 1] - carried;
            root = ((diagonal[i] - shift) * sine) + (2 * cosine * kept);
            carried = sine * root;
            diagonal[i + 1] = shift + carried;
            shift = (cosine * root) - kept;
        }

        diagonal[start] -= carried;
        beside[start] = shift;
        beside[end] = 0;
    }
}
