using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Embedding;
using Sluice.Functions.Access;
using Sluice.Functions.Api;
using Sluice.Functions.Crowd;
using Sluice.Functions.Orchestrations;
using Sluice.Functions.Storage;
using Sluice.Labels.Masks;
using Sluice.Labels.Review;
using Sluice.Runs;
using Sluice.Steps;
using Sluice.Storage;

namespace Sluice.Functions.Triggers;

/// <summary>Labels reviewed by people over HTTP: create a queue, get the next row, answer, watch, cancel, take the labels.</summary>
public sealed class ReviewsApi(DatasetCatalogue catalogue, NotedReads reads, ReviewStore reviews, ObjectStore store, AllowedModels models, CrowdReviews crowd, RunFolders folders)
{
    internal const string Prefix = "review";
    const int MaxBodyBytes = 1 << 20, MaxLabelBytes = 500;

    /// <summary>The body is a <see cref="ReviewRequest"/> as JSON. Header <c>Idempotency-Key</c>: the same key creates one queue.</summary>
    [Function("CreateReview")]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/reviews")] HttpRequest request, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        try
        {
            var asked = await JsonBody.ReadAsync<ReviewRequest>(request, MaxBodyBytes, cancellation);
            if (asked.Problems().ToList() is { Count: > 0 } problems)
            {
                return Results.Json(new { error = "The review has problems; nothing was created.", problems }, statusCode: StatusCodes.Status400BadRequest);
            }

            if (asked.Features is { Text: not null, Model: var model } && models.Problem(model) is { } refused)
            {
                return Problem(StatusCodes.Status400BadRequest, refused);
            }

            if (asked.Mask is { Model: var segmenter })
            {
                if (Segmenters.Problem(segmenter, models) is { } unusable)
                {
                    return Problem(StatusCodes.Status400BadRequest, unusable);
                }

                // Opened now: a model of another kind is told of here, and not to the first reviewer.
                await Segmenters.OpenAsync(segmenter, cancellation);
            }

            if (asked.Crowd is not null && !crowd.IsConfigured)
            {
                return Problem(StatusCodes.Status400BadRequest, "This app has no account of Mechanical Turk. Set MechanicalTurk:AccessKey and MechanicalTurk:SecretKey, or name reviewers instead of a crowd.");
            }

            var (entry, manifest) = await catalogue.ShowAsync(asked.Dataset, asked.Version, cancellation);
            var queue = RunIds.Of(Prefix, request.Headers["Idempotency-Key"].FirstOrDefault() ?? JsonSerializer.Serialize(asked with { Version = entry.Version }, StepJson.Options));
            if (await reviews.FindAsync(queue, cancellation) is not { } plan)
            {
                await reads.NoteAsync(request, entry, manifest, "review", cancellation);
                var opened = await catalogue.OpenAsync(entry.Dataset, entry.Version, cancellation);
                var rows = await ReviewSelection.ChooseAsync(opened, asked, new VectorStore(store), cancellation);
                rows = asked.Mask is null ? rows : await new ReviewImages(store).AddAsync(queue, asked, opened, rows, FilesOf(queue, entry.Dataset), cancellation);
                plan = asked.Plan(queue, entry.Dataset, entry.Version) with { Items = rows.Count };
                await reviews.CreateAsync(plan, rows, cancellation);
            }

            await StartAsync(client, plan, cancellation);
            return Results.Accepted($"{request.PathBase}/api/v1/reviews/{queue}", new { queue, plan.Dataset, plan.Version, plan.Items, status = $"{request.PathBase}/api/v1/reviews/{queue}" });
        }
        catch (DataException wrong)
        {
            return Problem(StatusCodes.Status400BadRequest, wrong.Message);
        }
    }

    /// <summary>How far a queue is, and how good its reviewers are.</summary>
    [Function("ReviewStatus")]
    public async Task<IResult> StatusAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/reviews/{queue}")] HttpRequest request, string queue, CancellationToken cancellation) =>
        await FindAsync(queue, cancellation) is { } plan ? Results.Json(await ReviewProgress.OfAsync(reviews, plan, cancellation)) : Unknown(queue);

    /// <summary>The next row for a reviewer (query <c>reviewer</c>); 204 when there is none now.</summary>
    [Function("NextReview")]
    public async Task<IResult> NextAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/reviews/{queue}/next")] HttpRequest request, string queue, CancellationToken cancellation)
    {
        var reviewer = request.Query["reviewer"].FirstOrDefault() ?? "";
        return await FindAsync(queue, cancellation) is not { } plan ? Unknown(queue)
            : !plan.Everybody().Contains(reviewer) ? Problem(StatusCodes.Status403Forbidden, $"'{reviewer}' is no reviewer of this queue. Name one with '?reviewer=NAME'.")
            : await reviews.IsCancelledAsync(queue, cancellation) ? Problem(StatusCodes.Status410Gone, "The queue was cancelled.")
            : await reviews.NextAsync(plan, reviewer, cancellation) is { } next ? Results.Json(new { next.Item, next.Until, next.Adjudicates, next.Answers, next.Row, plan.LabelColumn, plan.Labels, mask = plan.Mask is null ? null : new { plan.Mask.Model, isModel = plan.Mask.Model != Segmenters.Regions } })
            : Results.NoContent();
    }

    /// <summary>The body is <c>{"item": 3, "reviewer": "anna", "label": "cat"}</c>, <c>seconds</c> that it took if known, and <c>clicks</c> where a mask is asked for. The same answer may come twice.</summary>
    [Function("AnswerReview")]
    public async Task<IResult> AnswerAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/reviews/{queue}/answers")] HttpRequest request,
        string queue,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        try
        {
            var answer = await JsonBody.ReadAsync<Answer>(request, MaxBodyBytes, cancellation);
            if (await FindAsync(queue, cancellation) is not { } plan)
            {
                return Unknown(queue);
            }

            if (answer.Label.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(answer.Label) > MaxLabelBytes || (plan.Labels.Count > 0 && !plan.Labels.Contains(answer.Label)))
            {
                return Problem(
                    StatusCodes.Status400BadRequest,
                    $"The label '{(answer.Label.Length <= 50 ? answer.Label : answer.Label[..50] + "…")}' cannot be given. Expected {(plan.Labels.Count > 0 ? $"one of {string.Join(", ", plan.Labels)}" : $"1 to {MaxLabelBytes} bytes of text")}.");
            }

            var mask = await MaskAsync(plan, answer, cancellation);
            var status = ReviewRequest.IsName(answer.Reviewer) ? await reviews.AnswerAsync(queue, answer.Item, answer.Reviewer, answer.Label, cancellation, answer.Took, mask) : AnswerStatus.NotAssigned;
            if (status is AnswerStatus.Accepted or AnswerStatus.Repeated && !await reviews.IsCancelledAsync(queue, cancellation))
            {
                // Also for a repeated one: the first delivery may have ended between the record and the event.
                await UnlessEndedAsync(
                    client, ReviewRun.ItemId(queue, answer.Item), item => client.RaiseEventAsync(item, ReviewLabel.Answered, answer.Reviewer, cancellation), cancellation);
            }

            return Told(status, answer);
        }
        catch (DataException wrong)
        {
            return Problem(StatusCodes.Status400BadRequest, wrong.Message);
        }
    }

    /// <summary>The labels so far as JSON lines, for the step apply_labels; with <c>format=coco</c>, of a queue with masks, as a COCO file.</summary>
    [Function("ReviewResults")]
    public async Task<IResult> ResultsAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/reviews/{queue}/results")] HttpRequest request, string queue, CancellationToken cancellation)
    {
        if (await FindAsync(queue, cancellation) is not { } plan)
        {
            return Unknown(queue);
        }

        var outcomes = await reviews.OutcomesAsync(queue, cancellation);
        if (request.Query["format"].FirstOrDefault() is { } format)
        {
            return format == "coco" && plan.Mask is not null ? Results.Bytes(CocoFile.Of(plan, outcomes), "application/json")
                : Problem(StatusCodes.Status400BadRequest, $"The format '{format}' cannot be had of this queue. Expected 'coco' of a queue with masks; leave it out for labels as JSON lines.");
        }

        var labels = ReviewReport.Labels(plan, outcomes);
        request.HttpContext.Response.Headers.ETag = $"\"{labels.Id()}\"";
        return Results.Bytes(labels.ToBytes(), "application/x-ndjson");
    }

    /// <summary>What every row cost so far, in time and, where prices were given, money.</summary>
    [Function("ReviewCosts")]
    public async Task<IResult> CostsAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/reviews/{queue}/costs")] HttpRequest request, string queue, CancellationToken cancellation) =>
        await FindAsync(queue, cancellation) is { } plan ? Results.Json(new { queue, currency = plan.Prices?.Currency, items = await ReviewCost.ItemsAsync(reviews, plan, cancellation) }) : Unknown(queue);

    /// <summary>Cancels a queue. What was answered stays; nobody is asked any more.</summary>
    [Function("CancelReview")]
    public async Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/reviews/{queue}/cancel")] HttpRequest request,
        string queue,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        if (await FindAsync(queue, cancellation) is not { } plan)
        {
            return Unknown(queue);
        }

        // Marked first: from here on no answer is taken, even if the orchestration is ended only by a second delivery.
        await reviews.CancelAsync(queue, cancellation);
        await UnlessEndedAsync(client, queue, run => client.TerminateInstanceAsync(run, new TerminateInstanceOptions("cancelled", Recursive: true), cancellation), cancellation);
        await crowd.ExpireAsync(plan, cancellation);
        return Results.Json(new { queue, status = "cancelled" });
    }

    async Task<ReviewPlan?> FindAsync(string queue, CancellationToken cancellation) => RunIds.IsOf(Prefix, queue) ? await reviews.FindAsync(queue, cancellation) : null;

    static async Task StartAsync(DurableTaskClient client, ReviewPlan plan, CancellationToken cancellation)
    {
        if (plan.Items > 0 && await client.GetInstanceAsync(plan.Queue, getInputsAndOutputs: false, cancellation) is null)
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(ReviewLabels), new ReviewRun(plan.Queue, plan.Items, plan.InFlight), new StartOrchestrationOptions(plan.Queue), cancellation);
        }
    }

    // What has ended needs no waking and no stopping; it may end between the look and the call.
    static async Task UnlessEndedAsync(DurableTaskClient client, string run, Func<string, Task> call, CancellationToken cancellation)
    {
        if (await client.GetInstanceAsync(run, getInputsAndOutputs: false, cancellation) is { IsCompleted: false })
        {
            try
            {
                await call(run);
            }
            catch (InvalidOperationException)
            {
                if (await client.GetInstanceAsync(run, getInputsAndOutputs: false, cancellation) is { IsCompleted: false })
                {
                    throw;
                }
            }
        }
    }

    static IResult Told(AnswerStatus status, Answer answer) => status switch
    {
        AnswerStatus.Accepted => Results.Json(new { answer.Item, status = "accepted" }),
        AnswerStatus.Repeated => Results.Json(new { answer.Item, status = "repeated" }),
        AnswerStatus.AlreadyAnswered => Problem(StatusCodes.Status409Conflict, $"'{answer.Reviewer}' has answered item {answer.Item} before, and otherwise. The first answer stays."),
        AnswerStatus.Late => Problem(StatusCodes.Status410Gone, $"Item {answer.Item} was decided before this answer came. It is not counted."),
        AnswerStatus.Cancelled => Problem(StatusCodes.Status410Gone, "The queue was cancelled. The answer is not counted."),
        _ => Problem(StatusCodes.Status403Forbidden, $"Item {answer.Item} was never given to '{answer.Reviewer}'. Ask for the next row with '/next?reviewer=NAME'."),
    };

    // Where the dataset's pipeline finds its files, if it is registered under the dataset's name; other folders are named in full.
    InputFiles FilesOf(string queue, string dataset) => folders.Inputs(new RunRequest(queue, "", "", folders.Incoming(dataset)));

    // Found again from the clicks: what is recorded is what the clicks give, whoever sends them.
    async Task<MaskAnswer?> MaskAsync(ReviewPlan plan, Answer answer, CancellationToken cancellation)
    {
        if (plan.Mask is null != answer.Clicks is null)
        {
            throw new DataException(plan.Mask is null
                ? "This queue asks for labels alone. Leave 'clicks' out."
                : "This queue asks for a mask. Send the 'clicks' that it is made of, or an empty list where nothing is to be marked.");
        }

        return answer.Clicks is not { Count: > 0 } clicks || answer.Item < 0 || answer.Item >= plan.Items ? null
            : await new ReviewImages(store).MaskAsync(plan, (await reviews.RowAsync(plan.Queue, answer.Item, cancellation)).Image!, clicks, cancellation);
    }

    sealed record Answer(int Item, string Reviewer, string Label, double? Seconds = null, IReadOnlyList<Click>? Clicks = null)
    {
        // A page that was left open over night says nothing of the row.
        [JsonIgnore]
        public double? Took => Seconds is > 0 and < 3_600 ? Math.Round(Seconds.Value, 1) : null;
    }

    static IResult Unknown(string queue) => Problem(StatusCodes.Status404NotFound, $"There is no review queue '{queue}'.");

    static IResult Problem(int status, string error) => Results.Json(new { error }, statusCode: status);
}
