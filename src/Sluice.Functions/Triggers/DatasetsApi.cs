using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Datasets;
using Sluice.Runs;

namespace Sluice.Functions.Triggers;

/// <summary>Datasets over HTTP: find, make, look at, describe, archive.</summary>
public sealed class DatasetsApi(DatasetRegister register, DatasetSearch search)
{
    const int DefaultLimit = 100, MaxLimit = 1000, MaxBodyBytes = 1 << 18;

    /// <summary>Datasets by name. Query: <c>q</c>, <c>tag</c>, <c>column</c>, <c>kind</c>, <c>min_quality</c>, <c>state</c>; <c>limit</c> (1 to 1,000, default 100), <c>after</c> (the <c>next</c> of the page before).</summary>
    [Function("ListDatasets")]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/datasets")] HttpRequest request, CancellationToken cancellation)
    {
        string? Asked(string name) => request.Query[name].FirstOrDefault() is { Length: > 0 } value ? value : null;
        var limit = DefaultLimit;
        if (Asked("limit") is { } most && (!int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
        {
            return Problem(StatusCodes.Status400BadRequest, $"The query 'limit' is '{most}'. Expected a whole number from 1 to {MaxLimit:N0}.");
        }

        try
        {
            var query = new DatasetQuery(Asked("q"), Asked("tag"), Asked("column"), Asked("kind"), DatasetQuery.QualityOf(Asked("min_quality")), DatasetQuery.StateOf(Asked("state")));
            var found = new List<DatasetView>();
            await foreach (var dataset in search.FindAsync(query, Asked("after"), cancellation))
            {
                if (found.Count == limit)
                {
                    return Json(new { datasets = found, next = found[^1].Dataset });
                }

                found.Add(dataset);
            }

            return Json(new { datasets = found, next = (string?)null });
        }
        catch (DataException wrong)
        {
            return Problem(StatusCodes.Status400BadRequest, wrong.Message);
        }
    }

    /// <summary>The body is a JSON object: <c>name</c>, and some of <c>description</c>, <c>owner</c>, <c>tags</c>, <c>metadata</c>, <c>schema</c>.</summary>
    [Function("CreateDataset")]
    public async Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/datasets")] HttpRequest request, CancellationToken cancellation)
    {
        if (await ReadAsync(request.Body, cancellation) is not { } body)
        {
            return TooLarge();
        }

        try
        {
            var (name, change) = DatasetChange.ParseNamed(body);
            return await register.CreateAsync(name, change, cancellation) is { } made
                ? await AnswerAsync(request, made, StatusCodes.Status201Created, $"{request.Path}/{name}", cancellation)
                : Problem(StatusCodes.Status409Conflict, $"There is a dataset '{name}' already. Choose another name, or change that one with PATCH.");
        }
        catch (DataException wrong)
        {
            return Problem(StatusCodes.Status400BadRequest, wrong.Message);
        }
    }

    [Function("GetDataset")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/datasets/{dataset}")] HttpRequest request, string dataset, CancellationToken cancellation) =>
        await register.FindAsync(dataset, cancellation) is { } found
            ? await AnswerAsync(request, found, StatusCodes.Status200OK, null, cancellation)
            : Unknown(dataset);

    /// <summary>The body is a JSON merge patch. <c>{"state": "archived"}</c> retires the dataset. Header <c>If-Match</c>: only while it is what was seen.</summary>
    [Function("ChangeDataset")]
    public async Task<IResult> ChangeAsync(
        [HttpTrigger(AuthorizationLevel.Function, "patch", Route = "v1/datasets/{dataset}")] HttpRequest request, string dataset, CancellationToken cancellation)
    {
        if (await ReadAsync(request.Body, cancellation) is not { } body)
        {
            return TooLarge();
        }

        DatasetChange? change = null;
        try
        {
            change = DatasetChange.Parse(body);
            return await register.FindAsync(dataset, cancellation) is null ? Unknown(dataset)
                : await register.ChangeAsync(dataset, change, IfMatch(request), cancellation) is { } changed ? await AnswerAsync(request, changed, StatusCodes.Status200OK, null, cancellation)
                : Stale(dataset);
        }
        catch (DataException wrong)
        {
            // What it may become depends on where it is; all else is wrong whatever it is.
            return Problem(change?.State is null ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict, wrong.Message);
        }
    }

    /// <summary>Forgets a dataset that has no version; others can only be archived. Header <c>If-Match</c> as in PATCH.</summary>
    [Function("DeleteDataset")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "v1/datasets/{dataset}")] HttpRequest request, string dataset, CancellationToken cancellation)
    {
        if (await register.FindAsync(dataset, cancellation) is not { } found)
        {
            return Unknown(dataset);
        }

        return IfMatch(request) is { } seen && seen != found.ETag ? Stale(dataset)
            : await register.DeleteAsync(dataset, found.ETag, cancellation) is { } refused ? Problem(StatusCodes.Status409Conflict, refused)
            : Results.NoContent();
    }

    async Task<IResult> AnswerAsync(HttpRequest request, StoredDataset dataset, int status, string? location, CancellationToken cancellation)
    {
        var headers = request.HttpContext.Response.Headers;
        headers.ETag = $"\"{dataset.ETag}\"";
        if (location is not null)
        {
            headers.Location = location;
        }

        var answer = JsonSerializer.SerializeToNode(await search.ViewAsync(dataset.Record, cancellation), DocumentJson.Options)!.AsObject();
        answer["run"] = dataset.Record.Run;
        answer["moves"] = JsonSerializer.SerializeToNode(dataset.Record.Moves, DocumentJson.Options);
        return Json(answer, status);
    }

    // Null: whatever it is.
    static string? IfMatch(HttpRequest request) => request.Headers.IfMatch.FirstOrDefault() is { } seen && seen != "*" ? seen.Trim('"') : null;

    // A body without a length (chunked) has its limit too. Null: it is larger.
    static async Task<byte[]?> ReadAsync(Stream body, CancellationToken cancellation)
    {
        var bytes = new byte[MaxBodyBytes + 1];
        var read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        return read > MaxBodyBytes ? null : bytes[..read];
    }

    static IResult Json(object answer, int status = StatusCodes.Status200OK) => Results.Json(answer, DocumentJson.Options, statusCode: status);

    static IResult TooLarge() => Problem(StatusCodes.Status413PayloadTooLarge, $"The body is too large. It may have {MaxBodyBytes:N0} bytes.");

    static IResult Stale(string dataset) =>
        Problem(StatusCodes.Status412PreconditionFailed, $"Dataset '{dataset}' is not what 'If-Match' says any more. Get it again and look at what changed.");

    static IResult Unknown(string dataset) => Problem(StatusCodes.Status404NotFound, $"Dataset '{dataset}' does not exist.");

    static IResult Problem(int status, string error) => Results.Json(new { error }, statusCode: status);
}
