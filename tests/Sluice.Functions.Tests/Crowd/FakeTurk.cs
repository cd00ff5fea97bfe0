using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Functions.Crowd;

namespace Sluice.Functions.Tests.Crowd;

/// <summary>An assignment at <see cref="FakeTurk"/>.</summary>
sealed record FakeAssignment(string Id, string Hit, string Worker, string Answer)
{
    public string Status { get; set; } = "Submitted";
}

/// <summary>Mechanical Turk on a free port: it checks signatures, remembers tokens, and refuses as the service does.</summary>
sealed class FakeTurk : IAsyncDisposable
{
    public const string Key = "AKIDEXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    readonly WebApplication app;
    int lost;

    FakeTurk(WebApplication app) => this.app = app;

    public string Address => app.Urls.First();

    public (string Name, string Value)[] Settings => [("MechanicalTurk:Endpoint", Address), ("MechanicalTurk:AccessKey", Key), ("MechanicalTurk:SecretKey", Secret)];

    /// <summary>What CreateHIT was asked, by the HIT.</summary>
    public ConcurrentDictionary<string, JsonElement> Hits { get; } = new();

    public ConcurrentQueue<FakeAssignment> Assignments { get; } = new();

    public ConcurrentQueue<string> Calls { get; } = new();

    public ConcurrentBag<string> Expired { get; } = [];

    /// <summary>CreateHIT that are done, and answered with a fault.</summary>
    public int LostReplies { set => lost = value; }

    public static async Task<FakeTurk> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var turk = new FakeTurk(builder.Build());
        turk.app.Run(turk.AnswerAsync);
        await turk.app.StartAsync();
        return turk;
    }

    /// <summary>The HIT that asks about this text.</summary>
    public string HitOf(string text) => Hits.Single(h => h.Value.GetProperty("Question").GetString()!.Contains(text, StringComparison.Ordinal)).Key;

    /// <summary>A worker chooses a label.</summary>
    public void Answer(string hit, string worker, string label)
    {
        var selections = XDocument.Parse(Hits[hit].GetProperty("Question").GetString()!).Descendants().Where(e => e.Name.LocalName == "Selection");
        var chosen = selections.FirstOrDefault(s => s.Elements().Last().Value == label)?.Elements().First().Value ?? label;
        Assignments.Enqueue(new FakeAssignment(
            $"A{Assignments.Count:D29}", hit, worker,
            "<?xml version=\"1.0\" encoding=\"ASCII\"?><QuestionFormAnswers xmlns=\"http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd\">"
            + $"<Answer><QuestionIdentifier>label</QuestionIdentifier><SelectionIdentifier>{chosen}</SelectionIdentifier></Answer></QuestionFormAnswers>"));
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (!IsSigned(context.Request, body.ToArray()))
        {
            await RefuseAsync(context, 400, new { __type = "InvalidSignatureException", message = "The request signature does not match." });
            return;
        }

        var operation = context.Request.Headers["X-Amz-Target"].ToString().Split('.')[1];
        var request = JsonDocument.Parse(body.ToArray()).RootElement;
        Calls.Enqueue(operation);
        switch (operation)
        {
            case "CreateHIT":
                await CreateAsync(context, request);
                break;
            case "ListAssignmentsForHIT":
                await ListAsync(context, request);
                break;
            case "UpdateExpirationForHIT":
                Expired.Add(request.GetProperty("HITId").GetString()!);
                await context.Response.WriteAsync("{}");
                break;
            default:
                await JudgeAsync(context, request, operation == "ApproveAssignment" ? "Approved" : "Rejected");
                break;
        }
    }

    async Task CreateAsync(HttpContext context, JsonElement request)
    {
        // A limit of the service.
        if (request.GetProperty("UniqueRequestToken").GetString()!.Length > 64)
        {
            await RefuseAsync(context, 400, new { __type = "ValidationException", message = "Member must have length less than or equal to 64." });
            return;
        }

        var (id, isNew) = Created(request);
        if (!isNew)
        {
            await RefuseAsync(context, 400, new { __type = "RequestError", Message = $"The HIT with ID \"{id}\" was made with this token. (1764000000)", TurkErrorCode = "AWS.MechanicalTurk.HitAlreadyExists" });
        }
        else if (Interlocked.Decrement(ref lost) >= 0)
        {
            await RefuseAsync(context, 500, new { __type = "ServiceFault", Message = "Try again." });
        }
        else
        {
            await context.Response.WriteAsync(JsonSerializer.Serialize(new { HIT = new { HITId = id } }));
        }
    }

    (string Id, bool IsNew) Created(JsonElement request)
    {
        lock (Hits)
        {
            var token = request.GetProperty("UniqueRequestToken").GetString();
            if (Hits.FirstOrDefault(h => h.Value.GetProperty("UniqueRequestToken").GetString() == token) is { Key: { } known })
            {
                return (known, false);
            }

            var id = $"3HIT{Hits.Count:D26}";
            Hits[id] = request.Clone();
            return (id, true);
        }
    }

    // One on a page, so that every list has several.
    async Task ListAsync(HttpContext context, JsonElement request)
    {
        var all = Assignments.Where(a => a.Hit == request.GetProperty("HITId").GetString()).ToList();
        var from = request.TryGetProperty("NextToken", out var token) ? int.Parse(token.GetString()!, CultureInfo.InvariantCulture) : 0;
        var page = new Dictionary<string, object>
        {
            ["Assignments"] = all.Skip(from).Take(1).Select(a => new { AssignmentId = a.Id, WorkerId = a.Worker, AssignmentStatus = a.Status, AcceptTime = 1_764_000_000.5, SubmitTime = 1_764_000_012.5, a.Answer }),
        };
        if (from + 1 < all.Count)
        {
            page["NextToken"] = (from + 1).ToString(CultureInfo.InvariantCulture);
        }

        await context.Response.WriteAsync(JsonSerializer.Serialize(page));
    }

    async Task JudgeAsync(HttpContext context, JsonElement request, string status)
    {
        var assignment = Assignments.Single(a => a.Id == request.GetProperty("AssignmentId").GetString());
        if (assignment.Status != "Submitted")
        {
            await RefuseAsync(context, 400, new { __type = "RequestError", Message = "It is not submitted.", TurkErrorCode = "AWS.MechanicalTurk.InvalidAssignmentState" });
            return;
        }

        assignment.Status = status;
        await context.Response.WriteAsync("{}");
    }

    static bool IsSigned(HttpRequest request, byte[] body)
    {
        var given = request.Headers.Authorization.ToString();
        var names = given.Split("SignedHeaders=")[^1].Split(',')[0].Split(';');
        var headers = names.ToDictionary(name => name, name => name == "host" ? request.Host.Value! : request.Headers[name].ToString());
        return names.Contains("x-amz-target") && given == AwsSignature.Authorization("POST", "/", headers, body, Key, Secret, "us-east-1", "mturk-requester");
    }

    static async Task RefuseAsync(HttpContext context, int status, object body)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(JsonSerializer.Serialize(body));
    }
}
