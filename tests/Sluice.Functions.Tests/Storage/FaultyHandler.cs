using System.Net;

namespace Sluice.Functions.Tests.Storage;

/// <summary>A network that does what the test says to some requests.</summary>
sealed class FaultyHandler(Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> behaviour)
    : DelegatingHandler(new SocketsHttpHandler())
{
    int requests;

    public int Requests => requests;

    /// <summary>The request arrives and is carried out, but of the first of its kind no answer comes back.</summary>
    public static FaultyHandler LosesFirstAnswer(HttpMethod method)
    {
        var lost = 0;
        return new FaultyHandler(async (request, send) =>
        {
            var answer = await send();
            return request.Method == method && answer.IsSuccessStatusCode && Interlocked.Exchange(ref lost, 1) == 0
                ? throw new HttpRequestException("The connection was reset.")
                : answer;
        });
    }

    public static FaultyHandler Answers(HttpStatusCode status, string code) => new((request, _) =>
    {
        var answer = new HttpResponseMessage(status) { RequestMessage = request, Content = new StringContent("") };
        answer.Headers.Add("x-ms-error-code", code);
        return Task.FromResult(answer);
    });

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref requests);
        return behaviour(request, () => base.SendAsync(request, cancellationToken));
    }
}
