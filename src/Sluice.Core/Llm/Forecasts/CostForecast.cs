using System.Text.Json;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Llm;

/// <summary>What a run will ask in a step and what that costs, from a sample that was really asked: its answers are kept, so the run does not ask for them again.</summary>
/// <param name="Step">Id of the step.</param>
/// <param name="Questions">Different questions of all rows; exact for the first step that asks, an estimate for those after it.</param>
/// <param name="Open">Of these, questions that the run will ask: those that no kept answer serves, the sample's not among them.</param>
/// <param name="Sampled">Questions that were asked for the forecast.</param>
/// <param name="Calls">Calls that <paramref name="Open"/> takes where every answer is valid.</param>
/// <param name="InputTokens">Tokens that they read.</param>
/// <param name="OutputTokens">Tokens that they write.</param>
/// <param name="CostUsd">US dollars, with the bounds between which they lie nine times of ten; null where the price is not known.</param>
/// <param name="Seconds">Time of the calls, so many at once as the step allows.</param>
public sealed record StepForecast(
    string Step, long Questions, long Open, long Sampled, long Calls, Estimate InputTokens, Estimate OutputTokens, Estimate? CostUsd, Estimate Seconds);

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
/// <param name="SampleUsd">What the sample cost; it is not paid again.</param>
public sealed record CostForecast(string Run, double Share, IReadOnlyList<StepForecast> Steps, decimal SampleUsd)
{
    /// <summary>Rows that are left of those that come to the first step that asks, after all steps or those before <see cref="RowsBefore"/>; null where no step asks about rows.</summary>
    public Estimate? Rows { get; init; }

    /// <summary>Id of a later step that has to see all rows before anything can be said of what it leaves; null: there is none, so <see cref="Rows"/> is what the version will have.</summary>
    public string? RowsBefore { get; init; }

    /// <summary>Least share of the questions to ask for.</summary>
    const double LeastShare = 0.01;

    /// <summary>Questions that are enough to tell how much they differ.</summary>
    const double LeastQuestions = 40;

    /// <summary>Share of so many questions to ask for.</summary>
    public static double ShareOf(long questions) => questions == 0 ? 1 : Math.Min(1, Math.Max(LeastShare, LeastQuestions / questions));

    /// <summary>Rows in one of a sample's smaller calls.</summary>
    public static int SmallCall(int rows) => Math.Max(1, rows / 10);

    /// <summary>Tokens that all steps read.</summary>
    public Estimate InputTokens => Sum(s => s.InputTokens);

    /// <summary>Tokens that all steps write.</summary>
    public Estimate OutputTokens => Sum(s => s.OutputTokens);

    /// <summary>US dollars of all steps; null where a price is not known.</summary>
    public Estimate? CostUsd => Steps.Any(s => s.CostUsd is null) ? null : Sum(s => s.CostUsd!);

    /// <summary>Time of all calls, one step after the other.</summary>
    public Estimate Seconds => Sum(s => s.Seconds);

    // What steps after the first have to do depends on the same sample of rows, so their errors go together.
    Estimate Sum(Func<StepForecast, Estimate> of) => Steps.Count == 0 ? Estimate.Exactly(0) : of(Steps[0]) + Steps.Skip(1).Select(of).Aggregate(Estimate.Exactly(0), (sum, step) => sum.Along(step));

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
        return new StepForecast(step, parts.Sum(p => p.Questions), parts.Sum(p => p.Open), 0, parts.Sum(p => p.Calls), input, output, cost, output.Times(1 / tokensPerSecond));
    }

    internal static long QuestionsOf(StepFit asks) => JsonDocument.Parse(asks.Json).RootElement.GetProperty("questions").GetInt64();

    internal static double SquaredRowsOf(StepFit asks) => JsonDocument.Parse(asks.Json).RootElement.GetProperty("squared_rows").GetDouble();

    internal static string PathOf(string run) => $"runs/{run}/forecast.json";

    /// <summary>The forecast that a run made.</summary>
    public static async Task<CostForecast> ReadAsync(ObjectStore store, string run, CancellationToken cancellation) =>
        DocumentJson.Parse<CostForecast>(await store.ReadAsync(PathOf(run), cancellation));
}
