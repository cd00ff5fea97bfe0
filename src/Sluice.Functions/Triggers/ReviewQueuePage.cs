using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Reports;

namespace Sluice.Functions.Triggers;

/// <summary>The page for reviewers of a queue. It holds no data, so it is given to everybody; what its script then asks for needs the key as ever.</summary>
public sealed class ReviewQueuePage
{
    [Function(nameof(ReviewQueuePage))]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/reviews/{queue}/page")] HttpRequest request, string queue)
    {
        var headers = request.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = ReviewPage.Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        return Results.Text(ReviewPage.Markup, "text/html", System.Text.Encoding.UTF8);
    }
}
