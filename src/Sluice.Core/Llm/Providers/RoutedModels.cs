using System.Collections.Concurrent;

namespace Sluice.Llm.Providers;

/// <summary>How often and how long a question is tried.</summary>
/// <param name="Tries">Calls of one model, the first included.</param>
/// <param name="LongestWait">Time waited for one model between its tries, all together.</param>
public sealed record RetryLimits(int Tries, TimeSpan LongestWait);

/// <summary>The models of the configuration: each call keeps to the limits that all workers share, is tried again when its provider says so, and goes to the fallbacks then.</summary>
public sealed class RoutedModels(
    ModelRoutes routes, IReadOnlyDictionary<string, ModelProvider> providers, RateLimiter limiter, RetryLimits retries, TimeProvider time, Random? random = null) : LanguageModels, IDisposable
{
    static readonly TimeSpan firstBackoff = TimeSpan.FromSeconds(1), longestBackoff = TimeSpan.FromSeconds(60);

    readonly ConcurrentDictionary<string, OutputSpeed> speeds = new();
    readonly Random random = random ?? Random.Shared;

    public override ModelInfo? Find(string model, out string? reason)
    {
        var route = routes.Find(model, out reason);
        return route?.Candidates[0].Spec is { } spec ? new ModelInfo(spec.Id, spec.Price, spec.ContextTokens, spec.MaxOutputTokens, route.Notes) : null;
    }

    public override ModelBatches? Batches(string model) =>
        routes.Find(model, out _)?.Candidates[0].Spec is { } spec ? providers[spec.Provider].BatchesOf(spec, request => ThinkingTokens(spec, request)) : null;

    public override async Task<ModelAnswer> AskAsync(ModelRequest request, CancellationToken cancellation)
    {
        var route = routes.Find(request.Model, out var none) ?? throw new ModelException(none!);
        var failures = new List<Failure>();
        var wasted = default(TokenUsage);
        foreach (var entry in route.Candidates)
        {
            var outcome = Refusal(entry.Spec, request) is { } refusal ? new Failure(refusal, MayPass: false, default, OfQuestion: true) : null;
            if (outcome is null)
            {
                (var answer, outcome) = await TryAsync(entry, request, cancellation);
                if (answer is not null)
                {
                    return answer with { Wasted = wasted + answer.Wasted };
                }
            }

            wasted += outcome!.Wasted;
            failures.Add(outcome);
        }

        var message = string.Join(" ", failures.Select(f => f.Reason));
        throw failures.Exists(f => f.MayPass)
            ? new TransientException(message) { Wasted = wasted }
            : new ModelException(message) { OfQuestion = failures.Exists(f => f.OfQuestion), Wasted = wasted };
    }

    public void Dispose()
    {
        foreach (var provider in providers.Values)
        {
            provider.Dispose();
        }
    }

    // What need not be sent to know the answer.
    static string? Refusal(ModelSpec spec, ModelRequest request) =>
        request.Images.Count > 0 && !spec.Vision ? $"{spec.Id} takes no pictures."
        : new ModelCall(spec, request, 0).EstimatedInput is var tokens && tokens > spec.ContextTokens ? $"The prompt, {tokens:N0} tokens at most, may be too long for {spec.Id}, which takes {spec.ContextTokens:N0} tokens. Ask about fewer rows at once."
        : null;

    async Task<(ModelAnswer? Answer, Failure? Failure)> TryAsync(ModelEntry entry, ModelRequest request, CancellationToken cancellation)
    {
        var spec = entry.Spec;
        var thinking = ThinkingTokens(spec, request);
        var wasted = default(TokenUsage);
        var waited = TimeSpan.Zero;
        for (var tries = 1; ; tries++)
        {
            var call = new ModelCall(spec, request, thinking);
            var (reply, tookTooLong) = await CallAsync(entry, call, cancellation);
            if (reply is ProviderReply.Answered answered)
            {
                return (answered.Answer with { Wasted = answered.Answer.Wasted + wasted }, null);
            }

            if (reply is not ProviderReply.Again again)
            {
                var never = (ProviderReply.Never)reply;
                return (null, new Failure(never.Reason, MayPass: false, wasted, never.OfQuestion));
            }

            wasted += again.Paid ? new TokenUsage(call.EstimatedInput, 0, 0) : default;
            var wait = again.After is { } hint ? hint + (random.NextDouble() * 0.1 * hint) : Backoff(tries);
            if (tries >= retries.Tries || waited + wait > retries.LongestWait)
            {
                return (null, new Failure($"{spec.Id} did not answer in {tries} {(tries == 1 ? "try" : "tries")}: {again.Reason}", MayPass: true, wasted));
            }

            if (again is { Throttled: true, After: { } pause })
            {
                await limiter.PauseAsync(spec.Id, entry.Limits, time.GetUtcNow() + pause, cancellation);
            }

            thinking = tookTooLong ? ThinkingBudget.Halve(thinking) : thinking;
            await Task.Delay(wait, time, cancellation);
            waited += wait;
        }
    }

    async Task<(ProviderReply Reply, bool TookTooLong)> CallAsync(ModelEntry entry, ModelCall call, CancellationToken cancellation)
    {
        var lease = await limiter.AcquireAsync(entry.Spec.Id, entry.Limits, call.EstimatedTokens, cancellation);
        long used = 0;
        try
        {
            using var timeout = new CancellationTokenSource(call.Request.Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
            var started = time.GetTimestamp();
            try
            {
                var reply = await providers[entry.Spec.Provider].AskAsync(call, either.Token);
                if (reply is ProviderReply.Answered { Answer.Usage: var usage })
                {
                    used = usage.Input + usage.Output;
                    SpeedOf(entry.Spec).Saw(usage.Output, time.GetElapsedTime(started));
                }
                else if (reply is ProviderReply.Again { Paid: true })
                {
                    used = call.EstimatedTokens;
                }

                return (reply, false);
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                used = call.EstimatedTokens;
                return (new ProviderReply.Again($"no answer within {call.Request.Timeout.TotalSeconds:0.#} s.", TimeSpan.Zero, Paid: true), true);
            }
        }
        finally
        {
            await lease.SettleAsync(used);
        }
    }

    int ThinkingTokens(ModelSpec spec, ModelRequest request)
    {
        if (spec.Thinking == ThinkingKind.None)
        {
            return 0;
        }

        var most = Math.Min(spec.MaxOutputTokens, spec.ContextTokens) - request.MaxOutputTokens;
        return request.ThinkingTokens > 0
            ? Math.Min(request.ThinkingTokens, Math.Max(most, 0))
            : ThinkingBudget.Tokens(request.ThinkingTime, request.ThinkingDepth, SpeedOf(spec).TokensPerSecond, most);
    }

    OutputSpeed SpeedOf(ModelSpec spec) => speeds.GetOrAdd(spec.Id, _ => new OutputSpeed());

    // Full jitter: workers that failed together do not come back together.
    TimeSpan Backoff(int tries)
    {
        var most = firstBackoff * Math.Pow(2, Math.Min(tries - 1, 10));
        return random.NextDouble() * (most < longestBackoff ? most : longestBackoff);
    }

    sealed record Failure(string Reason, bool MayPass, TokenUsage Wasted, bool OfQuestion = false);
}
