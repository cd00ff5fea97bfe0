using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Sluice.Storage;

namespace Sluice.Functions.Triggers;

/// <summary>Probes: <c>live</c> answers, <c>startup</c> and <c>ready</c> also reach the store and the ledger.</summary>
public sealed class Health(ObjectStore store, Ledger ledger)
{
    [Function(nameof(Health))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/{probe:regex(^(live|ready|startup)$)}")] HttpRequest request, string probe, CancellationToken cancellation)
    {
        try
        {
            if (probe != "live")
            {
                await store.StatAsync("health", cancellation);
                await ledger.GetAsync("health", "probe", cancellation);
            }

            return Results.Json(new { status = "ok" });
        }
        catch (Exception e) when (e is StoreException or TransientException)
        {
            return Results.Json(new { status = "unavailable", error = "The store cannot be reached; see the log." }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
