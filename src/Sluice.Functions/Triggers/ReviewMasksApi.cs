using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Functions.Api;
using Sluice.Labels.Masks;
using Sluice.Labels.Review;
using Sluice.Storage;

namespace Sluice.Functions.Triggers;

/// <summary>Images of a review queue with masks: what a reviewer sees, and what is found where the reviewer clicks. Nothing is recorded here; an answer with the same clicks is.</summary>
public sealed class ReviewMasksApi(ReviewStore reviews, ObjectStore store)
{
    const int MaxBodyBytes = 64 << 10;

    /// <summary>An item's image as PNG. Clicks are in pixels of the image itself, whose size is in the item.</summary>
    [Function("ReviewImage")]
    public async Task<IResult> ImageAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/reviews/{queue}/items/{item:int}/image")] HttpRequest request, string queue, int item, CancellationToken cancellation)
    {
        if (await FindAsync(queue, item, cancellation) is not ({ } plan, { } image))
        {
            return NoImage(queue, item);
        }

        var headers = request.HttpContext.Response.Headers;
        headers.CacheControl = "private, max-age=3600";
        headers.XContentTypeOptions = "nosniff";
        return Results.Bytes(await new ReviewImages(store).PreviewAsync(plan.Queue, image, cancellation), "image/png");
    }

    /// <summary>The body is <c>{"clicks": [{"x": 210, "y": 96}, {"x": 12, "y": 8, "inside": false}]}</c>, the clicks so far in their order. The same clicks give the same mask.</summary>
    [Function("ReviewMask")]
    public async Task<IResult> MaskAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/reviews/{queue}/items/{item:int}/mask")] HttpRequest request, string queue, int item, CancellationToken cancellation)
    {
        try
        {
            var asked = await JsonBody.ReadAsync<Asked>(request, MaxBodyBytes, cancellation);
            if (await FindAsync(queue, item, cancellation) is not ({ } plan, { } image))
            {
                return NoImage(queue, item);
            }

            var found = await new ReviewImages(store).MaskAsync(plan, image, asked.Clicks ?? [], cancellation);
            var mask = found.Mask.ToMask();
            return Results.Json(new
            {
                found.Mask,
                area = mask.Area,
                box = mask.Box(),
                polygons = Outline.Of(mask),
                found.Model,
                isModel = plan.Mask!.Model != Segmenters.Regions,
                found.Score,
                image = found.Image,
            });
        }
        catch (DataException wrong)
        {
            return Results.Json(new { error = wrong.Message }, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    async Task<(ReviewPlan? Plan, ReviewedImage? Image)> FindAsync(string queue, int item, CancellationToken cancellation) =>
        RunIds.IsOf(ReviewsApi.Prefix, queue) && await reviews.FindAsync(queue, cancellation) is { Mask: not null } plan && item >= 0 && item < plan.Items
            ? (plan, (await reviews.RowAsync(queue, item, cancellation)).Image)
            : default;

    static IResult NoImage(string queue, int item) =>
        Results.Json(new { error = $"There is no image of item {item} in a review queue '{queue}'." }, statusCode: StatusCodes.Status404NotFound);

    sealed record Asked(IReadOnlyList<Click>? Clicks);
}
