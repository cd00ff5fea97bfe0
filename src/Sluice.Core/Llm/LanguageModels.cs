namespace Sluice.Llm;

/// <summary>
/// The port to language models, whoever provides them. One call of <see cref="AskAsync"/> is one paid call: retries, fallbacks and limits are decided behind it, batches of
/// rows, answers that are kept, budgets and checks of what was answered in front of it.
/// </summary>
public abstract class LanguageModels
{
    /// <summary>No provider is configured: whatever asks falls back to what it can do without, and says so.</summary>
    public static LanguageModels None { get; } = new NotConfigured();

    internal const string NotConfiguredMessage = "No language model is configured.";

    /// <summary>The model that a name stands for once aliases and routing are applied, or null with the reason why there is none.</summary>
    public abstract ModelInfo? Find(string model, out string? reason);

    /// <summary>Asks once. Only an answer that ended is returned, whatever its <see cref="ModelAnswer.Finish"/>.</summary>
    /// <exception cref="TransientException">Throttled or unreachable after all retries of all fallbacks.</exception>
    /// <exception cref="ModelException">Refused by the provider: a wrong key, an unknown model, a request that it does not take. Asking again does not help.</exception>
    public abstract Task<ModelAnswer> AskAsync(ModelRequest request, CancellationToken cancellation);

    /// <summary>Batches of a model, or null where it takes none.</summary>
    /// <param name="model">A name as <see cref="Find"/> takes it.</param>
    public virtual ModelBatches? Batches(string model) => null;

    sealed class NotConfigured : LanguageModels
    {
        public override ModelInfo? Find(string model, out string? reason)
        {
            reason = NotConfiguredMessage;
            return null;
        }

        public override Task<ModelAnswer> AskAsync(ModelRequest request, CancellationToken cancellation) => throw new ModelException(NotConfiguredMessage);
    }
}

/// <summary>A language model as it is known here.</summary>
/// <param name="Id">Provider and model, as answers and costs name it: <c>anthropic/claude-sonnet-4-5</c>.</param>
/// <param name="Price">What its tokens cost; null: unknown, and then no budget in money can be kept.</param>
/// <param name="ContextTokens">Tokens that a prompt and its answer may have together.</param>
/// <param name="MaxOutputTokens">Tokens that an answer may have.</param>
/// <param name="Notes">What a user should know of the name: that it is retired, what it now stands for.</param>
public sealed record ModelInfo(string Id, TokenPrice? Price, int ContextTokens, int MaxOutputTokens, IReadOnlyList<string> Notes);

/// <summary>Prices in US dollars for a million tokens.</summary>
/// <param name="Input">Tokens that are read.</param>
/// <param name="CachedInput">Tokens that the provider had kept.</param>
/// <param name="Output">Tokens that are written, thinking included.</param>
/// <param name="CacheWrite">Tokens that are read and kept; null: as <paramref name="Input"/>.</param>
public sealed record TokenPrice(decimal Input, decimal CachedInput, decimal Output, decimal? CacheWrite = null);

/// <summary>One question.</summary>
public sealed record ModelRequest
{
    /// <summary>Model, by a name of the configuration, an alias or <c>provider/model</c>.</summary>
    public required string Model { get; init; }

    /// <summary>What holds for all questions of a step; providers keep it at a lower price.</summary>
    public string? System { get; init; }

    public required string Prompt { get; init; }

    /// <summary>Pictures that belong to the prompt.</summary>
    public IReadOnlyList<ModelImage> Images { get; init; } = [];

    /// <summary>JSON Schema of the answer, as canonical JSON; null: plain text. A provider that can enforces it; the asker checks it in any case.</summary>
    public string? AnswerSchema { get; init; }

    /// <summary>0 to 2; 0: as repeatable as the provider can.</summary>
    public double Temperature { get; init; }

    public long? Seed { get; init; }

    public int MaxOutputTokens { get; init; } = 4096;

    /// <summary>Tokens for thinking before the answer; 0: none, or what <see cref="ThinkingTime"/> comes to.</summary>
    public int ThinkingTokens { get; init; }

    /// <summary>Time for thinking where no tokens are given: made into tokens by what the model was measured to write in a second. Zero: no thinking.</summary>
    public TimeSpan ThinkingTime { get; init; }

    /// <summary>How much of <see cref="ThinkingTime"/> may be used.</summary>
    public ThinkingDepth ThinkingDepth { get; init; } = ThinkingDepth.Comprehensive;

    /// <summary>For one call, thinking included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);
}

/// <summary>How thoroughly a model thinks within the time that it has.</summary>
public enum ThinkingDepth
{
    /// <summary>A quarter of the time.</summary>
    Quick,

    /// <summary>Half of the time.</summary>
    Standard,

    /// <summary>All of the time.</summary>
    Comprehensive,
}

/// <summary>A picture beside a prompt.</summary>
/// <param name="MediaType">Such as <c>image/png</c>.</param>
/// <param name="Bytes">The file.</param>
public sealed record ModelImage(string MediaType, ReadOnlyMemory<byte> Bytes);

/// <summary>Why an answer ended.</summary>
public enum AnswerFinish
{
    /// <summary>It is whole.</summary>
    Stop,

    /// <summary>It was cut at the limit of tokens.</summary>
    Length,

    /// <summary>The model would not answer, or a filter of the provider removed it.</summary>
    Refused,
}

/// <summary>An answer and what it cost.</summary>
/// <param name="Model">Provider and model that answered, which a fallback may have changed.</param>
/// <param name="Text">The answer; JSON when a schema was asked for.</param>
/// <param name="Finish">Why it ended.</param>
/// <param name="Usage">As the provider counted.</param>
/// <param name="RequestId">The provider's own id of the call, for its support and for reconciling bills.</param>
/// <param name="Wasted">Tokens of calls that were paid and gave nothing: tries before this one.</param>
public sealed record ModelAnswer(string Model, string Text, AnswerFinish Finish, TokenUsage Usage, string? RequestId, TokenUsage Wasted = default);

/// <summary>Tokens that were read and written. Cached ones and those put into a cache are among <paramref name="Input"/>, thinking among <paramref name="Output"/>.</summary>
public readonly record struct TokenUsage(long Input, long CachedInput, long Output, long CacheWrites = 0)
{
    public static TokenUsage operator +(TokenUsage left, TokenUsage right) =>
        new(left.Input + right.Input, left.CachedInput + right.CachedInput, left.Output + right.Output, left.CacheWrites + right.CacheWrites);

    internal static TokenUsage Sum(IEnumerable<TokenUsage> usages) => usages.Aggregate(default(TokenUsage), (sum, usage) => sum + usage);

    /// <summary>In US dollars.</summary>
    public decimal CostAt(TokenPrice price) =>
        (((Input - CachedInput - CacheWrites) * price.Input) + (CachedInput * price.CachedInput)
            + (CacheWrites * (price.CacheWrite ?? price.Input)) + (Output * price.Output)) / 1_000_000m;
}
