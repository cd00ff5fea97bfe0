using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Sluice.Functions.Api;
using Sluice.Functions.Orchestrations;
using Sluice.Labels.Review;
using Sluice.Llm;
using Sluice.Steps;
using Sluice.Storage;

namespace Sluice.Functions.Triggers;

/// <summary>Budgets of runs over HTTP: what a run asks for that has spent its own, and the decision of whoever pays.</summary>
public sealed class ApprovalsApi(ObjectStore store, TimeProvider time)
{
    const int MaxBodyBytes = 16 << 10, MaxNote = 300;
    const decimal MostUsd = 1_000_000_000;

    /// <summary>What a run asked for, and what was decided, in order; of several chains, of each in turn.</summary>
    [Function("RunApprovals")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/runs/{run}/approvals")] HttpRequest request,
        string run,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        var all = new List<object>();
        foreach (var chain in (await ChainsAsync(client, run, cancellation)).Select(c => c.InstanceId))
        {
            all.AddRange((await new Approvals(store, chain).AllAsync(cancellation)).Select(a => new { run = chain, a.Ask, a.Decision }));
        }

        return Results.Json(all);
    }

    /// <summary>The runs that may ask for money under an id: itself, or its chains that have begun. None where there is no such run.</summary>
    static async Task<IReadOnlyList<OrchestrationMetadata>> ChainsAsync(DurableTaskClient client, string run, CancellationToken cancellation)
    {
        if (!RunIds.IsValid(run) || await client.GetInstanceAsync(run, getInputsAndOutputs: true, cancellation) is not { } instance)
        {
            return [];
        }

        if (!GraphStatus.IsGraph(instance))
        {
            return [instance];
        }

        var chains = new List<OrchestrationMetadata>();
        foreach (var id in GraphStatus.RunIdsOf(instance).Skip(1))
        {
            chains.AddRange(await client.GetInstanceAsync(id, getInputsAndOutputs: false, cancellation) is { } chain ? [chain] : []);
        }

        return chains;
    }

    /// <summary>The body is <c>{"budget_usd": 20, "by": "anna", "note": "…"}</c>: US dollars that the run may spend in all, who says so, and, if there is something to say, why.</summary>
    [Function("ApproveRun")]
    public Task<IResult> ApproveAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/runs/{run}/approve")] HttpRequest request,
        string run,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation) => DecideAsync(client, request, run, approves: true, cancellation);

    /// <summary>The body is <c>{"by": "anna", "note": "…"}</c>. The run fails with it; what was answered is kept.</summary>
    [Function("RefuseRun")]
    public Task<IResult> RefuseAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "v1/runs/{run}/refuse")] HttpRequest request,
        string run,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation) => DecideAsync(client, request, run, approves: false, cancellation);

    async Task<IResult> DecideAsync(DurableTaskClient client, HttpRequest request, string run, bool approves, CancellationToken cancellation)
    {
        Decision body;
        try
        {
            body = await BodyAsync(request, cancellation);
        }
        catch (JsonException wrong)
        {
            return Problem(StatusCodes.Status400BadRequest, $"The body is not the JSON that is expected: {wrong.Message}");
        }

        if (ProblemOf(body, approves) is { } problem)
        {
            return Problem(StatusCodes.Status400BadRequest, problem);
        }

        var asks = new List<(OrchestrationMetadata Chain, Approval Last)>();
        foreach (var chain in await ChainsAsync(client, run, cancellation))
        {
            asks.AddRange(await new Approvals(store, chain.InstanceId).AllAsync(cancellation) is [.., var last] ? [(chain, last)] : []);
        }

        if (asks.Count == 0)
        {
            return Problem(StatusCodes.Status404NotFound, $"There is no run '{run}' that asks for a budget.");
        }

        var open = asks.FindAll(a => a.Last.Decision is null && !a.Chain.IsCompleted);
        if (open.Count == 0 && asks.Find(a => a.Last.Decision is null) is { Chain: { } ended })
        {
            return Problem(StatusCodes.Status410Gone, $"Run '{ended.InstanceId}' has ended: {ended.RuntimeStatus}.");
        }

        if (approves && open.Count > 0 && open.Max(a => a.Last.Ask.LeastUsd) is var least && body.BudgetUsd < least)
        {
            return Problem(StatusCodes.Status400BadRequest, string.Create(
                CultureInfo.InvariantCulture, $"The budget is {body.BudgetUsd:0.00####} US dollars; expected at least {least:0.00####}, or the run stops again at its next call."));
        }

        // Of a run of several chains, all that wait are answered at once; where none does, what was said before is told again.
        ApprovalDecision counts = null!;
        foreach (var (chain, last) in open.Count > 0 ? open : asks)
        {
            // Written before it is told: whoever tells it may fail, and the run looks by itself too.
            var decision = new ApprovalDecision(approves ? body.BudgetUsd : null, body.By, time.GetUtcNow(), body.Note);
            counts = last.Decision ?? await new Approvals(store, chain.InstanceId).DecideAsync(last.Ask.Number, decision, cancellation);
            if (counts.BudgetUsd != decision.BudgetUsd || counts.By != decision.By)
            {
                return Problem(StatusCodes.Status409Conflict, $"It was decided before: {(counts.BudgetUsd is null ? "refused" : "approved")} by {counts.By ?? "the time"}, {counts.At:u}. The first decision stays.");
            }

            if (!chain.IsCompleted)
            {
                await client.RaiseEventAsync(chain.InstanceId, BudgetPause.Decided(last.Ask.Number), body.By, cancellation);
            }
        }

        return Results.Json(new
        {
            run,
            number = asks is [var one] ? one.Last.Ask.Number : (int?)null,
            status = approves ? "approved" : "refused",
            budget_usd = counts.BudgetUsd,
            counts.By,
            counts.At,
            runs = (open.Count > 0 ? open : asks).Select(a => a.Chain.InstanceId),
        });
    }

    static string? ProblemOf(Decision body, bool approves) =>
        body.By is null || !ReviewRequest.IsName(body.By) ? $"'by' must say who decides: a name of 1 to 64 of a-z, A-Z, 0-9, '.', '_', '-', '@' and '+'. Found {(body.By is null ? "nothing" : "another text")}."
        : approves && body.BudgetUsd is not (> 0 and <= MostUsd) ? $"'budget_usd' must be the US dollars that the run may spend in all, more than 0 and at most {MostUsd:N0}. Found {body.BudgetUsd?.ToString(CultureInfo.InvariantCulture) ?? "nothing"}."
        : !approves && body.BudgetUsd is not null ? "A refusal has no 'budget_usd'. To approve, post to '/approve'."
        : body.Note is { Length: > MaxNote } ? $"'note' has {body.Note.Length:N0} characters; expected {MaxNote} at most."
        : null;

    static async Task<Decision> BodyAsync(HttpRequest request, CancellationToken cancellation)
    {
        var bytes = new byte[MaxBodyBytes];
        var read = await request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        return JsonSerializer.Deserialize<Decision>(bytes.AsSpan(0, read), StepJson.Options) ?? throw new JsonException("it is null.");
    }

    static IResult Problem(int status, string error) => Results.Json(new { error }, statusCode: status);

    sealed record Decision(string? By = null, decimal? BudgetUsd = null, string? Note = null);
}
