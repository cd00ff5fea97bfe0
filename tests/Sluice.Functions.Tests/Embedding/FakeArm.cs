using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.ResourceManager;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sluice.Functions.Tests.Embedding;

/// <summary>
/// Azure Resource Manager on loopback, with answers in the shape of the service's own (Microsoft.App 2025-01-01: jobs, executions, start, stop).
/// </summary>
sealed class FakeArm : IAsyncDisposable
{
    public const string JobId = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.App/jobs/job-embed";

    readonly WebApplication app;

    FakeArm(WebApplication app) => this.app = app;

    /// <summary>Executions by name, in the order they began.</summary>
    public ConcurrentDictionary<string, JsonObject> Executions { get; } = [];

    /// <summary>Bodies of starts.</summary>
    public ConcurrentQueue<JsonNode> Starts { get; } = [];

    /// <summary>Names of executions that were told to stop.</summary>
    public ConcurrentQueue<string> Stops { get; } = [];

    /// <summary>Status of an answer to give instead, by method; null: the true answer.</summary>
    public Func<HttpRequest, int?> Fault { get; set; } = _ => null;

    /// <summary>Times that an accepted start is asked for before it is known.</summary>
    public int AcceptedPolls { get; set; } = 1;

    public static async Task<FakeArm> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var arm = new FakeArm(builder.Build());
        arm.app.Run(arm.AnswerAsync);
        await arm.app.StartAsync();
        return arm;
    }

    /// <summary>A client of it. Tokens travel by https only, so the address is changed after the policies that insist on it.</summary>
    public ArmClient Client()
    {
        var options = new ArmClientOptions { Transport = new HttpClientTransport(new ToLoopback(new Uri(app.Urls.First()))) };
        options.Retry.MaxRetries = 0;
        return new ArmClient(new FixedToken(), null, options);
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var path = request.Path.Value!;
        if (request.Headers.Authorization != "Bearer token" || !request.Query.ContainsKey("api-version"))
        {
            response.StatusCode = 401;
            return;
        }

        if (Fault(request) is { } status)
        {
            response.StatusCode = status;
            await response.WriteAsJsonAsync(new { error = new { code = "AuthorizationFailed", message = "The client does not have authorization." } });
            return;
        }

        if (path == JobId)
        {
            await WriteAsync(response, Job());
        }
        else if (path == $"{JobId}/start")
        {
            Start(context, await JsonNode.ParseAsync(request.Body) ?? throw new InvalidOperationException("A start without a template."));
        }
        else if (path.StartsWith("/operations/", StringComparison.Ordinal))
        {
            await OperationAsync(response, path["/operations/".Length..]);
        }
        else if (path == $"{JobId}/executions")
        {
            // Two pages, as for many executions.
            var page = request.Query["page"] == "2" ? Executions.Values.Skip(1) : Executions.Values.Take(1);
            var list = new JsonObject { ["value"] = new JsonArray([.. page.Select(e => e.DeepClone())]) };
            if (request.Query["page"] != "2" && Executions.Count > 1)
            {
                list["nextLink"] = $"https://management.azure.com{JobId}/executions?api-version=2025-01-01&page=2";
            }

            await WriteAsync(response, list);
        }
        else if (path.EndsWith("/stop", StringComparison.Ordinal))
        {
            Stops.Enqueue(path.Split('/')[^2]);
            response.StatusCode = 202;
        }
        else if (Executions.TryGetValue(path.Split('/')[^1], out var execution))
        {
            await WriteAsync(response, execution);
        }
        else
        {
            response.StatusCode = 404;
            await response.WriteAsJsonAsync(new { error = new { code = "JobExecutionNotFound", message = "The execution does not exist." } });
        }
    }

    void Start(HttpContext context, JsonNode template)
    {
        Starts.Enqueue(template);
        var name = $"job-embed-{Starts.Count:d7}";
        Executions[name] = Execution(name, "Running", template);
        context.Response.StatusCode = 202;
        context.Response.Headers.Location = $"https://management.azure.com/operations/{name}?api-version=2025-01-01";
        context.Response.Headers.RetryAfter = "0";
    }

    async Task OperationAsync(HttpResponse response, string name)
    {
        if (AcceptedPolls-- > 0)
        {
            response.StatusCode = 202;
            response.Headers.Location = $"https://management.azure.com/operations/{name}?api-version=2025-01-01";
            response.Headers.RetryAfter = "0";
            return;
        }

        await WriteAsync(response, new JsonObject { ["id"] = $"{JobId}/executions/{name}", ["name"] = name });
    }

    public static JsonObject Execution(string name, string status, JsonNode template) => new()
    {
        ["id"] = $"{JobId}/executions/{name}",
        ["name"] = name,
        ["type"] = "Microsoft.App/jobs/executions",
        ["properties"] = new JsonObject { ["status"] = status, ["startTime"] = "2026-03-01T12:00:00+00:00", ["template"] = template.DeepClone() },
    };

    static JsonNode Job() => JsonNode.Parse($$"""
        {
          "id": "{{JobId}}", "name": "job-embed", "type": "Microsoft.App/jobs", "location": "Sweden Central",
          "identity": { "type": "UserAssigned", "userAssignedIdentities": {} },
          "properties": {
            "provisioningState": "Succeeded", "workloadProfileName": "gpu",
            "configuration": { "triggerType": "Manual", "replicaTimeout": 7200, "replicaRetryLimit": 0, "manualTriggerConfig": { "parallelism": 1, "replicaCompletionCount": 1 } },
            "template": {
              "containers": [ {
                "name": "embed", "image": "cr.azurecr.io/sluice-embed:1", "resources": { "cpu": 8.0, "memory": "56Gi" },
                "command": ["/job/Sluice.EmbedJob"], "args": ["-v"],
                "env": [ { "name": "Store", "value": "https://data.blob.core.windows.net/sluice" }, { "name": "Run", "value": "stale" } ] } ]
            }
          }
        }
        """)!;

    static Task WriteAsync(HttpResponse response, JsonNode body)
    {
        response.ContentType = "application/json; charset=utf-8";
        return response.WriteAsync(body.ToJsonString());
    }

    sealed class ToLoopback(Uri address) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new UriBuilder(request.RequestUri!) { Scheme = "http", Host = address.Host, Port = address.Port }.Uri;
            return base.SendAsync(request, cancellationToken);
        }
    }

    sealed class FixedToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
