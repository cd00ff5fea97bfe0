using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Datasets;
using Sluice.Privacy.Access;
using Sluice.Runs;

namespace Sluice.Functions.Triggers;

/// <summary>Datasets over HTTP: who read their personal data.</summary>
public sealed class DatasetAccess(AccessLog log, DatasetRegister register)
{
    const int DefaultDays = 7, MaxDays = 400, DefaultLimit = 100, MaxLimit = 1000;

    /// <summary>
    /// Reads of versions with sensitive columns in the clear, the newest first, and reads by principal since the log began. Query: <c>days</c> (1 to 400, default 7),
    /// <c>limit</c> (1 to 1,000, default 100), <c>alerts=true</c> for those alone that broke a rule.
    /// </summary>
    [Function(nameof(DatasetAccess))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/datasets/{dataset}/access")] HttpRequest request, string dataset, CancellationToken cancellation)
    {
        if (Number(request, "days", DefaultDays, MaxDays, out var days) is { } wrongDays)
        {
            return wrongDays;
        }

        if (Number(request, "limit", DefaultLimit, MaxLimit, out var limit) is { } wrongLimit)
        {
            return wrongLimit;
        }

        var alone = request.Query["alerts"].FirstOrDefault() ?? "false";
        if (!bool.TryParse(alone, out var alerts))
        {
            return Problem(StatusCodes.Status400BadRequest, $"The query 'alerts' is '{alone}'. Expected true or false.");
        }

        try
        {
            if (await register.FindAsync(dataset, cancellation) is null)
            {
                return Problem(StatusCodes.Status404NotFound, $"Dataset '{dataset}' does not exist.");
            }

            var reads = await log.ReadAsync(dataset, days, cancellation).Where(read => !alerts || read.Alerts.Count > 0).Take(limit).ToListAsync(cancellation);
            return Results.Json(new { dataset, reads, principals = await log.CountsAsync(dataset, cancellation) }, DocumentJson.Options);
        }
        catch (DataException wrong)
        {
            return Problem(StatusCodes.Status404NotFound, wrong.Message);
        }
    }

    static IResult? Number(HttpRequest request, string name, int otherwise, int most, out int value)
    {
        value = otherwise;
        return request.Query[name].FirstOrDefault() is not { } asked
            || (int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= 1 && value <= most) ? null
            : Problem(StatusCodes.Status400BadRequest, $"The query '{name}' is '{asked}'. Expected a whole number from 1 to {most:N0}.");
    }

    static IResult Problem(int status, string error) => Results.Json(new { error }, statusCode: status);
}
