namespace Sluice.Functions.Llm;

/// <summary>How services are spoken to: no redirect is followed, because it would carry the key to whoever it names, and no answer is read beyond a limit.</summary>
static class ProviderHttp
{
    /// <summary>Most of one answer: the longest that a model writes, every character escaped, is a tenth.</summary>
    public const long MostAnswerBytes = 32 << 20;

    /// <summary>Most of the file with a batch's answers.</summary>
    public const long MostFileBytes = 1 << 30;

    /// <param name="mostBytes">Most that is read of one answer; a longer one is a <see cref="HttpRequestError.ConfigurationLimitExceeded"/>.</param>
    /// <param name="before">What sees every call first; null: nothing.</param>
    public static HttpClient Client(long mostBytes = MostAnswerBytes, DelegatingHandler? before = null)
    {
        HttpMessageHandler handler = new Bounded(mostBytes)
        {
            InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) },
        };
        if (before is not null)
        {
            before.InnerHandler = handler;
            handler = before;
        }

        // Time-outs are counted in front of this.
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    sealed class Bounded(long mostBytes) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            try
            {
                await response.Content.LoadIntoBufferAsync(mostBytes, cancellationToken);
                return response;
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
    }
}
