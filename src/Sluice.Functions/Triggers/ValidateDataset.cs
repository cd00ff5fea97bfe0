using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Datasets;
using Sluice.Functions.Access;
using Sluice.Quality;

namespace Sluice.Functions.Triggers;

/// <summary>Datasets over HTTP: the checks on the rows of a version.</summary>
public sealed class ValidateDataset(DatasetCatalogue catalogue, NotedReads reads, TimeProvider time)
{
    const int MaxOptionBytes = 1 << 20;

    // An answer has 230 seconds in Azure; more rows are for a run.
    const long MaxRows = 2_000_000;

    /// <summary>The body is the options of <c>quality_validation</c> as YAML or JSON; without one all checks run. Query: <c>version</c> (default latest).</summary>
    [Function(nameof(ValidateDataset))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/datasets/{dataset}/validate")] HttpRequest request, string dataset, CancellationToken cancellation)
    {
        var body = new byte[MaxOptionBytes + 1];
        var read = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellation);
        if (read > MaxOptionBytes)
        {
            return Problem(StatusCodes.Status413PayloadTooLarge, $"The options are too large. They may have {MaxOptionBytes:N0} bytes.");
        }

        try
        {
            var (entry, manifest) = await catalogue.ShowAsync(dataset, request.Query["version"].FirstOrDefault() ?? "latest", cancellation);
            if (entry.Rows > MaxRows)
            {
                return Problem(
                    StatusCodes.Status422UnprocessableEntity,
                    $"Version {entry.Number} of '{entry.Dataset}' has {entry.Rows:N0} rows; at most {MaxRows:N0} are checked while a request waits. Put the step quality_validation into its pipeline.");
            }

            await reads.NoteAsync(request, entry, manifest, "validate", cancellation);
            var options = read == 0 ? null : Encoding.UTF8.GetString(body, 0, read);
            var report = await QualityLook.OfAsync(
                options, await catalogue.OpenAsync(entry.Dataset, entry.Version, cancellation), DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), cancellation);
            return Results.Json(Answer(entry, report));
        }
        catch (PipelineException wrong)
        {
            return Results.Json(
                new { error = "The options have problems; nothing was checked.", problems = wrong.Problems.Select(p => new { p.Line, p.Column, p.Message }) },
                statusCode: StatusCodes.Status400BadRequest);
        }
        catch (DataException unknown)
        {
            return Problem(StatusCodes.Status404NotFound, unknown.Message);
        }
    }

    static object Answer(VersionEntry entry, QualityReport report) => new
    {
        entry.Dataset,
        entry.Version,
        entry.Number,
        passed = report.GateFailures.Count == 0,
        report.GateFailures,
        report.Score,
        report.Rows,
        checks = report.Checks.Select(c => new { c.Name, c.Column, severity = c.Severity.ToString().ToLowerInvariant(), c.Issues, c.Denominator, c.Unit, c.Rate }),
        report.Notes,
        suggestions = QualityValidation.Suggest(report),
    };

    static IResult Problem(int status, string error) => Results.Json(new { error }, statusCode: status);
}
