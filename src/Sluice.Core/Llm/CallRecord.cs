namespace Sluice.Llm;

/// <summary>
/// A call that was paid, written once as soon as it has answered and before anything is made of the answer: a run that is killed finds it and does not ask again.
/// All costs are sums of these.
/// </summary>
public sealed record CallRecord
{
    /// <summary>Ends the id of tries that gave nothing.</summary>
    internal const string Failed = "-failed";

    /// <summary>Hash of what was asked.</summary>
    public required string Id { get; init; }

    /// <summary>Step of the pipeline.</summary>
    public required string Step { get; init; }

    /// <summary>Names this try of the call, as what was written down when it began; null: it was answered in a batch.</summary>
    public string? Try { get; init; }

    /// <summary>Batch of the run that the rows are of.</summary>
    public required int Batch { get; init; }

    /// <summary>0: asked the first time; 1 and more: asked again because answers were not valid.</summary>
    public required int Round { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Bytes of the rows that it asked for, as they were sent.</summary>
    public long PromptBytes { get; init; }

    /// <summary>Provider and model that answered.</summary>
    public required string Model { get; init; }

    public required AnswerFinish Finish { get; init; }

    /// <summary>The answer.</summary>
    public required string Text { get; init; }

    /// <summary>Why the provider refused the question; null where it answered.</summary>
    public string? Error { get; init; }

    public required TokenUsage Usage { get; init; }

    /// <summary>Tokens of tries before this one that gave nothing.</summary>
    public TokenUsage Wasted { get; init; }

    /// <summary>What all these tokens cost, in US dollars; null where the price is not known.</summary>
    public decimal? CostUsd { get; init; }

    public string? RequestId { get; init; }

    /// <summary>The provider's id of the batch that it was answered in; null: it was a call of its own.</summary>
    public string? BatchId { get; init; }

    public double Milliseconds { get; init; }

    /// <summary>Each row's share of all tokens; they add up to exactly <see cref="Usage"/> and <see cref="Wasted"/>.</summary>
    public required IReadOnlyList<RowShare> Rows { get; init; }

    /// <summary>The same question was asked by two at once and the other's answer counts: this one was paid for nothing.</summary>
    public bool Superseded { get; init; }

    /// <summary>Tokens that were paid.</summary>
    public TokenUsage Total() => Usage + Wasted;
}

/// <summary>What a row has of a call.</summary>
/// <param name="Row">Row of the batch.</param>
/// <param name="Usage">Its share of the tokens.</param>
/// <param name="CostUsd">What that cost; rows add up to exactly the call.</param>
public sealed record RowShare(int Row, TokenUsage Usage, decimal CostUsd);

/// <summary>Shares of a whole number that add up to it.</summary>
static class Shares
{
    /// <summary>
    /// Each row's tokens: those read by the length of its prompt, those written by the length of its result. What is left of rounding goes to the largest
    /// remainders, the first of equal ones.
    /// </summary>
    public static IReadOnlyList<RowShare> Of(TokenUsage total, TokenPrice? price, IReadOnlyList<AskedRow> rows, IReadOnlyList<long> written)
    {
        long[] read = [.. rows.Select(r => (long)r.Json.Length + 1)];
        var (input, cached, writes) = (Split(total.Input, read), Split(total.CachedInput, read), Split(total.CacheWrites, read));
        var output = Split(total.Output, [.. written.Select(w => w + 1)]);
        return [.. rows.Select((row, i) => Share(row.Row, new TokenUsage(input[i], cached[i], output[i], writes[i])))];

        RowShare Share(int row, TokenUsage usage) => new(row, usage, price is null ? 0 : usage.CostAt(price));
    }

    public static long[] Split(long total, IReadOnlyList<long> weights)
    {
        var sum = weights.Sum(w => (decimal)w);
        var exact = weights.Select(w => total * (w / sum)).ToArray();
        var shares = exact.Select(e => (long)decimal.Floor(e)).ToArray();
        var left = total - shares.Sum();
        foreach (var i in Enumerable.Range(0, shares.Length).OrderByDescending(i => exact[i] - shares[i]).Take((int)left))
        {
            shares[i]++;
        }

        return shares;
    }
}
