namespace Sluice.Llm.Providers;

/// <summary>One service that answers. It asks once: trying again, limits and fallbacks are decided in front of it.</summary>
public abstract class ModelProvider : IDisposable
{
    /// <summary>What came of one call. A fault of the service is a value; only cancellation is thrown.</summary>
    public abstract Task<ProviderReply> AskAsync(ModelCall call, CancellationToken cancellation);

    /// <summary>Batches of a model; null: the service takes none.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="thinking">Tokens for thinking that a request comes to.</param>
    public virtual ModelBatches? BatchesOf(ModelSpec spec, Func<ModelRequest, int> thinking) => null;

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>One call.</summary>
/// <param name="Spec">Model that is asked.</param>
/// <param name="Request">The question.</param>
/// <param name="ThinkingTokens">Tokens for thinking, decided.</param>
public sealed record ModelCall(ModelSpec Spec, ModelRequest Request, int ThinkingTokens)
{
    // From above: English has more than four bytes a token, other scripts about three.
    const int BytesPerToken = 3, TokensPerImage = 1_600;

    /// <summary>Tokens that are read, from above, before anybody has counted them.</summary>
    public int EstimatedInput => Tokens(Request.System) + Tokens(Request.Prompt) + Tokens(Request.AnswerSchema) + (Request.Images.Count * TokensPerImage) + 16;

    /// <summary>Most tokens that it can come to.</summary>
    public int EstimatedTokens => EstimatedInput + Request.MaxOutputTokens + ThinkingTokens;

    static int Tokens(string? text) => text is null ? 0 : (System.Text.Encoding.UTF8.GetByteCount(text) / BytesPerToken) + 1;
}

/// <summary>What came of a call.</summary>
public abstract record ProviderReply
{
    ProviderReply()
    {
    }

    /// <summary>It answered, or said that it will not.</summary>
    public sealed record Answered(ModelAnswer Answer) : ProviderReply;

    /// <summary>Asking again may help: throttled, overloaded, unreachable, or an answer that broke off.</summary>
    /// <param name="Reason">One sentence.</param>
    /// <param name="After">When, if the service says.</param>
    /// <param name="Throttled">Whether the service asked everybody to wait.</param>
    /// <param name="Paid">Whether tokens were probably charged for it.</param>
    public sealed record Again(string Reason, TimeSpan? After = null, bool Throttled = false, bool Paid = false) : ProviderReply;

    /// <summary>Asking this model again does not help.</summary>
    /// <param name="Reason">One sentence.</param>
    /// <param name="OfQuestion">Whether another question may be answered: this one is too long.</param>
    public sealed record Never(string Reason, bool OfQuestion = false) : ProviderReply;
}
