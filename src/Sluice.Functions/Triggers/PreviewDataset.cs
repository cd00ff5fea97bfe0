using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Datasets;
using Sluice.Functions.Access;

namespace Sluice.Functions.Triggers;

/// <summary>Datasets over HTTP: a look at the rows of a version.</summary>
public sealed class PreviewDataset(DatasetCatalogue catalogue, NotedReads reads)
{
    const int DefaultRows = 20, MaxRows = 1000, MaxCells = 100_000;

    /// <summary>The first rows with their types. Query: <c>rows</c> (1 to 1,000, default 20), <c>version</c> (default latest).</summary>
    [Function(nameof(PreviewDataset))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/datasets/{dataset}/preview")] HttpRequest request, string dataset, CancellationToken cancellation)
    {
        var asked = request.Query["rows"].FirstOrDefault();
        var limit = DefaultRows;
        if (asked is not null && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxRows))
        {
            return Problem(StatusCodes.Status400BadRequest, $"The query 'rows' is '{asked}'. Expected a whole number from 1 to {MaxRows:N0}.");
        }

        try
        {
            var (entry, manifest) = await catalogue.ShowAsync(dataset, request.Query["version"].FirstOrDefault() ?? "latest", cancellation);
            await reads.NoteAsync(request, entry, manifest, "preview", cancellation);
            var wanted = Math.Min(limit, Math.Max(1, MaxCells / Math.Max(1, manifest.Schema.Count)));
            var rows = await FirstAsync(await catalogue.OpenAsync(entry.Dataset, entry.Version, cancellation), wanted, cancellation);
            return Results.Json(new
            {
                entry.Dataset,
                entry.Version,
                entry.Number,
                totalRows = entry.Rows,
                schema = manifest.Schema.Select(f => new { f.Name, type = f.Type.ToString().ToLowerInvariant(), f.Nullable }),
                rows,
            });
        }
        catch (DataException unknown)
        {
            return Problem(StatusCodes.Status404NotFound, unknown.Message);
        }
    }

    static async Task<List<object?[]>> FirstAsync(DatasetRows dataset, int wanted, CancellationToken cancellation)
    {
        var rows = new List<object?[]>();
        await foreach (var batch in dataset.ReadAsync(cancellation))
        {
            for (var row = 0; row < batch.Rows && rows.Count < wanted; row++)
            {
                rows.Add([.. batch.Columns.Select(column => Value(column, row))]);
            }

            if (rows.Count == wanted)
            {
                break;
            }
        }

        return rows;
    }

    /// <summary>As JSON has it: numbers and truths as such, all else as text; NaN and infinity too, which JSON does not have.</summary>
    static object? Value(Column column, int row) => column switch
    {
        _ when column.IsNull(row) => null,
        ValueColumn<bool> flags => flags.Values[row],
        ValueColumn<double> numbers when double.IsFinite(numbers.Values[row]) => numbers.Values[row],
        ValueColumn<long> { Type: ColumnType.Int64 } integers => integers.Values[row],
        _ => column.Display(row),
    };

    static IResult Problem(int status, string error) => Results.Json(new { error }, statusCode: status);
}
