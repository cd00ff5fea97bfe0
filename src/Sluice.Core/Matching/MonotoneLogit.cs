namespace Sluice.Matching;

/// <summary>Logistic regression whose weights are never negative, so that more similarity is never less probable; fitted by coordinate descent.</summary>
sealed class MonotoneLogit
{
    const int MaxRounds = 60;
    const double Ridge = 1, Settled = 1e-3, MaxStep = 2;
    readonly double[] weights, middles, scales;
    double intercept = -2;

    /// <param name="features">Similarities of each pair; NaN counts as halfway between matches and others.</param>
    /// <param name="matches">Whether each is one, 0 or 1.</param>
    public MonotoneLogit(float[][] features, double[] matches)
    {
        var width = features.Length == 0 ? 0 : features[0].Length;
        (weights, middles, scales) = (new double[width], new double[width], new double[width]);
        Centre(features, matches);
        var centred = features.Select(own => own.Select((v, k) => float.IsNaN(v) ? 0 : (v - middles[k]) / scales[k]).ToArray()).ToArray();
        var logOdds = new double[features.Length];
        Array.Fill(logOdds, intercept);
        for (var round = 0; round < MaxRounds && Descend(centred, matches, logOdds) >= Settled; round++)
        {
        }
    }

    public double LogOdds(ReadOnlySpan<float> features)
    {
        var sum = intercept;
        for (var k = 0; k < weights.Length; k++)
        {
            sum += float.IsNaN(features[k]) ? 0 : weights[k] * (features[k] - middles[k]) / scales[k];
        }

        return sum;
    }

    void Centre(float[][] features, double[] matches)
    {
        for (var k = 0; k < weights.Length; k++)
        {
            double yes = 0, yesSum = 0, no = 0, noSum = 0;
            for (var i = 0; i < features.Length; i++)
            {
                if (features[i][k] is var value && !float.IsNaN(value))
                {
                    yes += matches[i];
                    yesSum += matches[i] * value;
                    no += 1 - matches[i];
                    noSum += (1 - matches[i]) * value;
                }
            }

            middles[k] = ((yes > 0 ? yesSum / yes : 0.5) + (no > 0 ? noSum / no : 0.5)) / 2;
            var squares = features.Where(own => !float.IsNaN(own[k])).Sum(own => (own[k] - middles[k]) * (own[k] - middles[k]));
            scales[k] = yes + no > 0 ? Math.Sqrt(squares / (yes + no)) + 1e-6 : 1;
        }
    }

    double Descend(double[][] centred, double[] matches, double[] logOdds)
    {
        double largest = 0;
        for (var k = -1; k < weights.Length; k++)
        {
            double gradient = 0, curvature = 1e-9;
            for (var i = 0; i < centred.Length; i++)
            {
                var value = k < 0 ? 1 : centred[i][k];
                var probability = 1 / (1 + Math.Exp(-logOdds[i]));
                gradient += (probability - matches[i]) * value;
                curvature += probability * (1 - probability) * value * value;
            }

            var old = k < 0 ? intercept : weights[k];
            var step = k < 0 ? -gradient / curvature : -(gradient + (Ridge * old)) / (curvature + Ridge);
            var next = old + Math.Clamp(step, -MaxStep, MaxStep);
            next = k < 0 ? next : Math.Max(0, next);
            if (next != old)
            {
                for (var i = 0; i < centred.Length; i++)
                {
                    logOdds[i] += (next - old) * (k < 0 ? 1 : centred[i][k]);
                }
            }

            _ = k < 0 ? intercept = next : weights[k] = next;
            largest = Math.Max(largest, Math.Abs(next - old));
        }

        return largest;
    }
}
