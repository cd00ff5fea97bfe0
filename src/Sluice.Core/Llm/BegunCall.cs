using System.Security.Cryptography;
using System.Text;

namespace Sluice.Llm;

/// <summary>The most that one call can come to, before anybody has counted: no tokenizer makes more tokens than there are bytes, and what it frames them with is few.</summary>
/// <param name="InputTokens">Tokens that it reads.</param>
/// <param name="OutputTokens">Tokens that it writes, thinking included.</param>
readonly record struct CallBound(long InputTokens, long OutputTokens)
{
    public static CallBound Of(ModelRequest request)
    {
        // More than any model thinks in a second.
        const int framing = 256, thoughtTokensPerSecond = 200;
        var bytes = Encoding.UTF8.GetByteCount(request.Prompt) + Encoding.UTF8.GetByteCount(request.System ?? "") + Encoding.UTF8.GetByteCount(request.AnswerSchema ?? "");
        var thinking = Math.Max(request.ThinkingTokens, (long)(request.ThinkingTime.TotalSeconds * thoughtTokensPerSecond));
        return new CallBound(bytes + framing, request.MaxOutputTokens + thinking);
    }

    public static CallBound operator +(CallBound left, CallBound right) => new(left.InputTokens + right.InputTokens, left.OutputTokens + right.OutputTokens);

    public decimal CostAt(TokenPrice price) => ((InputTokens * Math.Max(price.Input, price.CacheWrite ?? 0)) + (OutputTokens * price.Output)) / 1_000_000m;
}

/// <summary>
/// A call that is about to be made, written down before it is and taken away after its record is written. One that is left without a record was cut off by a kill, a stop or a
/// lost machine, or is being made just now: whether the provider charges for it is in doubt.
/// </summary>
sealed record BegunCall
{
    /// <summary>Hash of what is asked, as its record has it.</summary>
    public required string Id { get; init; }

    /// <summary>Step of the pipeline.</summary>
    public required string Step { get; init; }

    /// <summary>Names this try of the call among all: the same call may be made again.</summary>
    public required string Try { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Model { get; init; }

    /// <summary>Rows that it asks for.</summary>
    public required int Rows { get; init; }

    /// <summary>Tokens that it can come to at most.</summary>
    public required CallBound Most { get; init; }

    /// <summary>US dollars that it can cost at most; null where the price is not known.</summary>
    public decimal? MostUsd { get; init; }

    /// <summary>Calls that it stands for: those of a provider's batch, or one.</summary>
    public int Calls { get; init; } = 1;

    public static BegunCall Of(string id, string step, ModelRequest request, TokenPrice? price, int rows, DateTimeOffset at)
    {
        var most = CallBound.Of(request);
        return new BegunCall
        {
            Id = id,
            Step = step,
            Try = RandomNumberGenerator.GetHexString(16, lowercase: true),
            At = at,
            Model = request.Model,
            Rows = rows,
            Most = most,
            MostUsd = price is null ? null : most.CostAt(price),
        };
    }
}

/// <summary>
/// Calls that a run began and has no record of: being made just now, or cut off by a kill, a stop or a lost machine. Nobody knows what the provider charges for these, so they are in no sum.
/// </summary>
/// <param name="Calls">How many.</param>
/// <param name="MostInputTokens">Tokens that they can have read at most.</param>
/// <param name="MostOutputTokens">Tokens that they can have written at most.</param>
/// <param name="MostUsd">US dollars that they can have cost at most; calls without a known price are not in it.</param>
/// <param name="AskedAgain">Of these, calls that were made again later and have a record, which is in the total.</param>
/// <param name="AskedAgainUsd">What those records say that they cost: about what the calls that were cut off cost too, if they were answered.</param>
public sealed record CallsInDoubt(long Calls, long MostInputTokens, long MostOutputTokens, decimal MostUsd, long AskedAgain, decimal AskedAgainUsd)
{
    /// <summary>Those of several runs together; null: there are none.</summary>
    internal static CallsInDoubt? Together(IEnumerable<CallsInDoubt?> parts) => parts.OfType<CallsInDoubt>().Aggregate((CallsInDoubt?)null, (sum, part) => sum is null ? part : new CallsInDoubt(
        sum.Calls + part.Calls, sum.MostInputTokens + part.MostInputTokens, sum.MostOutputTokens + part.MostOutputTokens, sum.MostUsd + part.MostUsd,
        sum.AskedAgain + part.AskedAgain, sum.AskedAgainUsd + part.AskedAgainUsd));

    /// <summary>Of what was begun, what has no record; null: all has.</summary>
    internal static CallsInDoubt? Of(IReadOnlyList<BegunCall> begun, IReadOnlyList<CallRecord> calls)
    {
        var recorded = calls.Select(c => c.Try).ToHashSet(StringComparer.Ordinal);
        var open = begun.Where(b => !recorded.Contains(b.Try)).ToList();
        if (open.Count == 0)
        {
            return null;
        }

        var cutOff = open.Select(b => (b.Step, b.Id)).ToHashSet();
        var again = calls.Where(c => !c.Superseded && cutOff.Contains((c.Step, c.Id))).ToList();
        var most = open.Aggregate(default(CallBound), (sum, b) => sum + b.Most);
        return new CallsInDoubt(open.Sum(b => (long)b.Calls), most.InputTokens, most.OutputTokens, open.Sum(b => b.MostUsd ?? 0), again.Count, again.Sum(c => c.CostUsd ?? 0));
    }
}
