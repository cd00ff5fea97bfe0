using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Batches;
using Sluice.Embedding;
using Sluice.Examples;
using Sluice.Runs;

namespace Sluice.Functions.Triggers;

/// <summary>Texts and vectors from elsewhere over HTTP: whether they fit, and the texts are a good set.</summary>
public sealed class CheckVectors(TimeProvider time)
{
    const int MaxBodyBytes = 32 << 20, MaxDimensions = 65_536;

    // NaN and infinity are no JSON numbers; Python writes them all the same.
    static readonly JsonSerializerOptions json = new() { PropertyNameCaseInsensitive = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>
    /// The body is <c>{"texts": ["…"], "embeddings": [[0.1, …]]}</c>, and may have <c>options</c>: limits of the texts, as <c>validate_llm_data</c> takes them. A number that is null, or "NaN",
    /// is not finite. Query: <c>min</c> and <c>max</c> numbers of a vector (default 384 and 768). Answers with the result of the set and every problem of the vectors.
    /// </summary>
    [Function(nameof(CheckVectors))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/embeddings/check")] HttpRequest request, CancellationToken cancellation)
    {
        if (!Asked(request, "min", EmbeddingCheck.MinDimensions, out var min) || !Asked(request, "max", EmbeddingCheck.MaxDimensions, out var max) || min > max)
        {
            return Problem(StatusCodes.Status400BadRequest, $"The queries 'min' and 'max' are '{request.Query["min"]}' and '{request.Query["max"]}'. Expected whole numbers from 1 to {MaxDimensions:N0}, min first.");
        }

        var body = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; body.Length <= MaxBodyBytes && (read = await request.Body.ReadAsync(buffer, cancellation)) > 0;)
        {
            body.Write(buffer, 0, read);
        }

        if (body.Length > MaxBodyBytes)
        {
            return Problem(StatusCodes.Status413PayloadTooLarge, $"The body is too large. It may have {MaxBodyBytes:N0} bytes; check files with 'sluice check-vectors'.");
        }

        try
        {
            var given = JsonSerializer.Deserialize<Given>(body.GetBuffer().AsSpan(0, (int)body.Length), json);
            if (given is not { Texts: { } texts, Embeddings: { } embeddings } || embeddings.Any(e => e is null))
            {
                return Problem(StatusCodes.Status400BadRequest, "The body lacks texts or embeddings. Expected {\"texts\": [\"…\"], \"embeddings\": [[0.1, …]]}.");
            }

            var problems = Check(texts.Count, embeddings, min, max);
            var rows = new Batch(new([new Field("text", ColumnType.Text)]), [TextColumn.Of([.. texts])], texts.Count);
            var step = TextSet.StepOf(rows.Schema, null, given.Options);
            var found = await StepLook.OfAsync(step, rows.Schema, new[] { rows }.ToAsyncEnumerable(), cancellation);
            var result = step.Result(found, time.GetUtcNow(), [.. problems.Select(p => p.Message)]);
            return Results.Json(new { is_valid = result.IsValid, result.Message, result.Metrics, result.Timestamp, embeddings = embeddings.Count, problems });
        }
        catch (PipelineException wrong)
        {
            return Results.Json(
                new { error = "The options have problems; nothing was checked.", problems = wrong.Problems.Select(p => p.Message) }, statusCode: StatusCodes.Status400BadRequest);
        }
        catch (JsonException wrong)
        {
            return Problem(StatusCodes.Status400BadRequest, $"The body is not the JSON that is expected: {wrong.Message}");
        }
    }

    static IReadOnlyList<EmbeddingProblem> Check(int texts, IReadOnlyList<float?[]> embeddings, int min, int max)
    {
        var dimensions = embeddings.Select(e => e.Length).FirstOrDefault();
        if (embeddings.Index().FirstOrDefault(e => e.Item.Length != dimensions) is { Item: { } other, Index: var row })
        {
            return [new EmbeddingProblem("uneven_vectors", embeddings.Count(e => e.Length != dimensions), $"Vector {row} (from 0) has {other.Length} numbers and the first has {dimensions}; expected the same of all. Embed all texts with one model.")];
        }

        return embeddings.Count == 0 && texts == 0
            ? []
            : EmbeddingCheck.Validate(texts, embeddings.SelectMany(e => e).Select(x => x ?? float.NaN).ToArray(), dimensions, min, max);
    }

    static bool Asked(HttpRequest request, string name, int otherwise, out int number)
    {
        number = otherwise;
        return request.Query[name].FirstOrDefault() is not { } text || (int.TryParse(text, out number) && number is >= 1 and <= MaxDimensions);
    }

    static IResult Problem(int status, string error) => Results.Json(new { error }, statusCode: status);

    sealed record Given(IReadOnlyList<string?>? Texts, IReadOnlyList<float?[]>? Embeddings, JsonObject? Options = null);
}
