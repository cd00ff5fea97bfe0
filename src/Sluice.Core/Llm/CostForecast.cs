using System.Text.Json;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Llm;

/// <summary>What a step will ask and cost, from a sample that was really asked: its answers are kept, so the run does not ask for them again.</summary>
/// <param name="Step">Id of the step.</param>
/// <param name="Questions">Different questions; exact for the first step that asks, an estimate for those after it.</param>
/// <param name="Open">Of these, questions that no kept answer serves, the sample's among them.</param>
/// <param name="Sampled">Questions of the sample that were asked.</param>
/// <param name="Calls">Calls that <paramref name="Open"/> takes where every answer is valid.</param>
/// <param name="InputTokens">Tokens that they read.</param>
/// <param name="OutputTokens">Tokens that they write.</param>
/// <param name="CostUsd">US dollars, with the bounds between which they lie nine times of ten; null where the price is not known.</param>
/// <param name="Seconds">Time of the calls, so many at once as the step allows.</param>
public sealed record StepForecast(
    string Step, long Questions, long Open, long Sampled, long Calls, Estimate InputTokens, Estimate OutputTokens, Estimate? CostUsd, double Seconds);

/// <summary>A number that is not known, and the bounds of a 90 % interval.</summary>
public sealed record Estimate(double Value, double Low, double High)
{
    public static Estimate operator +(Estimate left, Estimate right) => new(left.Value + right.Value, left.Low + right.Low, left.High + right.High);

    /// <summary>
    /// A fixed part and a sum over a population of which some were seen: mean by number, and Student's interval with the correction for a finite population.
    /// </summary>
    internal static Estimate Of(double known, IReadOnlyList<double> seen, long population)
    {
        var mean = seen.Count == 0 ? 0 : seen.Average();
        var value = known + (mean * population);
        if (seen.Count < 2 || seen.Count >= population)
        {
            return seen.Count >= population ? new Estimate(value, value, value) : new Estimate(value, known, double.PositiveInfinity);
        }

        var variance = seen.Sum(x => (x - mean) * (x - mean)) / (seen.Count - 1);
        var error = population * Math.Sqrt(variance / seen.Count * (1 - ((double)seen.Count / population))) * StudentAt95(seen.Count - 1);
        return new Estimate(value, Math.Max(known + seen.Sum(), value - error), value + error);
    }

    // Quantile 0.95 of Student's distribution (Abramowitz and Stegun 26.7.5), within 1 % from 3 degrees of freedom on; the exact values before.
    static double StudentAt95(int degrees)
    {
        const double z = 1.6448536;
        return degrees switch
        {
            1 => 6.3138,
            2 => 2.92,
            _ => z + (((z * z * z) + z) / (4 * degrees)) + (((5 * Math.Pow(z, 5)) + (16 * z * z * z) + (3 * z)) / (96.0 * degrees * degrees)),
        };
    }
}

/// <summary>Questions of one kind that a forecast counts and does not ask.</summary>
/// <param name="Questions">How many.</param>
/// <param name="Open">Those that no kept answer serves.</param>
/// <param name="Calls">Calls that these take.</param>
/// <param name="Bytes">Bytes that the calls send.</param>
/// <param name="AnswerTokens">Tokens that there is room for in one answer.</param>
sealed record UnaskedQuestions(long Questions, long Open, long Calls, long Bytes, int AnswerTokens);

/// <summary>What a run will cost.</summary>
/// <param name="Run">The run that asked for the sample.</param>
/// <param name="Share">Share of the first step's questions that was drawn, by their keys.</param>
/// <param name="Steps">Each step that asks.</param>
/// <param name="SampleUsd">What the sample cost.</param>
public sealed record CostForecast(string Run, double Share, IReadOnlyList<StepForecast> Steps, decimal SampleUsd)
{
    /// <summary>Least share of the questions to ask for.</summary>
    const double LeastShare = 0.01;

    /// <summary>Questions that are enough to tell how much they differ.</summary>
    const double LeastQuestions = 40;

    /// <summary>Share of so many questions to ask for.</summary>
    public static double ShareOf(long questions) => questions == 0 ? 1 : Math.Min(1, Math.Max(LeastShare, LeastQuestions / questions));

    /// <summary>US dollars of all steps; null where a price is not known.</summary>
    public Estimate? CostUsd => Steps.Any(s => s.CostUsd is null) ? null : Steps.Aggregate(new Estimate(0, 0, 0), (sum, step) => sum + step.CostUsd!);

    /// <summary>The forecast of a step from what its sample cost.</summary>
    /// <param name="step">Id of the step.</param>
    /// <param name="asked">What it asks.</param>
    /// <param name="price">Price of its model.</param>
    /// <param name="questions">Questions of all rows.</param>
    /// <param name="open">Questions without an answer.</param>
    /// <param name="callRows">Rows in one call, at most.</param>
    /// <param name="calls">Calls of the sample.</param>
    internal static StepForecast Of(string step, Question asked, TokenPrice? price, long questions, long open, int callRows, IReadOnlyList<CallRecord> calls)
    {
        // What is said in every call is paid by call, and a call of the run holds more rows than one of the sample.
        var overhead = calls.Count == 0 ? 0 : calls.Average(c => c.Usage.Input * asked.FixedShare(c.Rows.Count, c.PromptBytes));
        var rows = calls.SelectMany(c => c.Rows.Select(r => (Row: (c.Batch, r.Row), Input: Math.Max(0, r.Usage.Input - (overhead / c.Rows.Count)), Output: (double)r.Usage.Output)))
            .GroupBy(r => r.Row).Select(g => (Input: g.Sum(r => r.Input), Output: g.Sum(r => r.Output))).ToArray();
        var needed = (open + callRows - 1) / callRows;
        var input = Estimate.Of(needed * overhead, [.. rows.Select(r => r.Input)], open);
        var output = Estimate.Of(0, [.. rows.Select(r => r.Output)], open);
        var cost = price is null ? null : Estimate.Of(
            needed * overhead * (double)price.Input / 1e6, [.. rows.Select(r => ((r.Input * (double)price.Input) + (r.Output * (double)price.Output)) / 1e6)], open);
        var seconds = calls.Count == 0 ? 0 : calls.Average(c => c.Milliseconds) / 1_000 * Math.Ceiling(needed / (double)asked.Options.Concurrency);
        return new StepForecast(step, questions, open, rows.Length, needed, input, output, cost, seconds);
    }

    /// <summary>The forecast of a step that is not asked for a sample, from what its questions are: a token has three to six bytes, and an answer as many tokens as there is room for, or a quarter of that.</summary>
    internal static StepForecast Unasked(string step, IReadOnlyList<UnaskedQuestions> parts, TokenPrice? price)
    {
        const double tokensPerSecond = 50;
        var (input, output) = parts.Aggregate((In: new Estimate(0, 0, 0), Out: new Estimate(0, 0, 0)), (sum, part) =>
        {
            double written = part.Open * part.AnswerTokens;
            return (sum.In + new Estimate(part.Bytes / 4.0, part.Bytes / 6.0, part.Bytes / 3.0), sum.Out + new Estimate(written / 2, written / 4, written));
        });
        double Cost(double read, double written) => ((read * (double)price!.Input) + (written * (double)price.Output)) / 1e6;
        var cost = price is null ? null : new Estimate(Cost(input.Value, output.Value), Cost(input.Low, output.Low), Cost(input.High, output.High));
        return new StepForecast(step, parts.Sum(p => p.Questions), parts.Sum(p => p.Open), 0, parts.Sum(p => p.Calls), input, output, cost, output.Value / tokensPerSecond);
    }

    internal static long QuestionsOf(StepFit asks) => JsonDocument.Parse(asks.Json).RootElement.GetProperty("questions").GetInt64();

    internal static string PathOf(string run) => $"runs/{run}/forecast.json";

    /// <summary>The forecast that a run made.</summary>
    public static async Task<CostForecast> ReadAsync(ObjectStore store, string run, CancellationToken cancellation) =>
        DocumentJson.Parse<CostForecast>(await store.ReadAsync(PathOf(run), cancellation));
}
