namespace Sluice.Llm.Providers;

/// <summary>Makes seconds of thinking into tokens: providers take tokens, people think in time.</summary>
public static class ThinkingBudget
{
    /// <summary>Fewest tokens that a provider takes as a budget.</summary>
    public const int Least = 1_024;

    /// <summary>Room beside the answer for a model that cannot be kept from thinking: without it a short answer is cut.</summary>
    public const int Unasked = 2_048;

    /// <summary>Tokens that fit into the time at the measured speed; 0 for no time.</summary>
    /// <param name="time">Time for thinking.</param>
    /// <param name="depth">How much of it.</param>
    /// <param name="tokensPerSecond">As measured.</param>
    /// <param name="most">What the model and the answer leave room for.</param>
    public static int Tokens(TimeSpan time, ThinkingDepth depth, double tokensPerSecond, int most)
    {
        if (time <= TimeSpan.Zero || most < Least)
        {
            return 0;
        }

        var share = depth switch
        {
            ThinkingDepth.Quick => 0.25,
            ThinkingDepth.Standard => 0.5,
            _ => 1.0,
        };
        return (int)Math.Clamp(time.TotalSeconds * share * tokensPerSecond, Least, most);
    }

    /// <summary>Word for providers that take an effort instead of tokens.</summary>
    public static string Effort(int tokens) => tokens switch
    {
        <= 2_048 => "low",
        <= 12_288 => "medium",
        _ => "high",
    };

    /// <summary>For a try after one that took too long: half, or none.</summary>
    public static int Halve(int tokens) => tokens / 2 >= Least ? tokens / 2 : 0;
}

/// <summary>What a model was lately seen to write in a second. Of this process: another one measures for itself.</summary>
sealed class OutputSpeed
{
    /// <summary>Before anything was measured: what hosted models of middle size write.</summary>
    public const double Assumed = 50;

    // Shorter answers measure the way there and back.
    const int LeastTokens = 64;
    const double WeightOfNew = 0.2;

    readonly Lock gate = new();
    double? measured;

    public double TokensPerSecond
    {
        get
        {
            lock (gate)
            {
                return measured ?? Assumed;
            }
        }
    }

    public void Saw(long outputTokens, TimeSpan elapsed)
    {
        if (outputTokens < LeastTokens || elapsed <= TimeSpan.Zero)
        {
            return;
        }

        var speed = outputTokens / elapsed.TotalSeconds;
        lock (gate)
        {
            measured = measured is { } before ? before + (WeightOfNew * (speed - before)) : speed;
        }
    }
}
