using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;

namespace Sluice.Embedded.Tests.Host;

/// <summary>What the runtime does not have fails at start, by name, all at once.</summary>
public sealed class RefusalTests
{
    const string at = " (Sluice.Embedded.Tests.Host.RefusalTests+";

    [Theory]
    [InlineData(typeof(NoTrigger), "Function 'NoTrigger'" + at + "NoTrigger.Run): it has 0 triggers; expected exactly one parameter with HttpTrigger, TimerTrigger, BlobTrigger, OrchestrationTrigger or ActivityTrigger.")]
    [InlineData(typeof(QueueTrigger), "Function 'Queue'" + at + "QueueTrigger.Run): parameter 'message' has the trigger 'QueueTriggerAttribute', which is not supported. Supported: HttpTrigger, TimerTrigger, BlobTrigger, OrchestrationTrigger, ActivityTrigger.")]
    [InlineData(typeof(WrongHttpType), "Function 'Wrong'" + at + "WrongHttpType.Run): parameter 'request' is 'System.String', which httpTrigger cannot fill. Supported: HttpRequest.")]
    [InlineData(typeof(UnknownParameter), "Function 'Unknown'" + at + "UnknownParameter.Run): parameter 'item' is 'System.String', which nothing fills for httpTrigger. Supported: FunctionContext, CancellationToken, [DurableClient] DurableTaskClient, [FromBody] T, and route parameters by name")]
    [InlineData(typeof(UnknownInput), "Function 'Input'" + at + "UnknownInput.Run): parameter 'row' is 'System.String' with 'TableInputAttribute', which httpTrigger does not support.")]
    [InlineData(typeof(MvcFromBody), "Function 'Mvc'" + at + "MvcFromBody.Run): parameter 'film' is 'Sluice.Embedded.Tests.Host.Film', which nothing fills for httpTrigger.")]
    [InlineData(typeof(Output), "Function 'Output'" + at + "Output.Run): the attribute 'QueueOutputAttribute' on the method is not supported. There are no output bindings here: write the result with a client.")]
    [InlineData(typeof(OutputProperty), "Function 'Property'" + at + "OutputProperty.Run): the output binding on property 'Message' is not supported.")]
    [InlineData(typeof(Poco), "Function 'Poco'" + at + "Poco.Run): it returns 'System.Threading.Tasks.Task`1[Sluice.Embedded.Tests.Host.Film]', for which Azure's ASP.NET Core model sends an empty response. Return IResult or IActionResult")]
    [InlineData(typeof(Typed), "Function 'Typed'" + at + "Typed.Run): it returns 'Microsoft.AspNetCore.Mvc.ActionResult`1[Sluice.Embedded.Tests.Host.Film]', for which Azure's ASP.NET Core model sends an empty response.")]
    [InlineData(typeof(BlobClients), "Function 'Client'" + at + "BlobClients.Run): parameter 'blob' is 'Sluice.Embedded.Tests.Host.RefusalTests+BlobClient', which blobTrigger cannot fill. Supported: Stream, string, byte[], ReadOnlyMemory<byte>, BinaryData (not Azure.Storage.Blobs clients")]
    [InlineData(typeof(ClientInOrchestrator), "Function 'Orchestrator'" + at + "ClientInOrchestrator.Run): parameter 'client' is 'Microsoft.DurableTask.Client.DurableTaskClient' with 'DurableClientAttribute', which orchestrationTrigger does not support.")]
    [InlineData(typeof(TokenInOrchestrator), "Function 'Token'" + at + "TokenInOrchestrator.Run): parameter 'cancellation' is 'System.Threading.CancellationToken', which nothing fills for orchestrationTrigger.")]
    [InlineData(typeof(TwoInputs), "Function 'Two'" + at + "TwoInputs.Run): the parameters 'a', 'b' would all receive the input; expected at most one. Put them into one record.")]
    [InlineData(typeof(OtherHub), "Function 'Hub'" + at + "OtherHub.Run): parameter 'client': TaskHub is 'Elsewhere'; the only hub here is 'TestHubName' (hubName of host.json). Leave it out.")]
    [InlineData(typeof(OtherConnection), "Function 'Connection'" + at + "OtherConnection.Run): parameter 'client': ConnectionName is 'Far'; the embedded runtime has one store and no connections. Leave it out.")]
    [InlineData(typeof(BadName), "Function '1st'" + at + "BadName.Run): the name '1st' is not allowed; expected a letter, then letters, digits, '-' or '_', at most 128 in all.")]
    [InlineData(typeof(Hidden), "Function 'Hidden'" + at + "Hidden.Run): the method or its class is not public; Azure's worker calls public methods of public classes only.")]
    [InlineData(typeof(AsyncVoid), "Function 'Void'" + at + "AsyncVoid.Run): it is 'async void', so nobody can tell when it ends; return Task.")]
    [InlineData(typeof(Reserved), "Function 'Reserved'" + at + "Reserved.Run): parameter 'request': the route '/x' begins with '/'; write it without.")]
    [InlineData(typeof(BadRoute), "Function 'Route'" + at + "BadRoute.Run): parameter 'request': the route '{x' is not a route template: ")]
    [InlineData(typeof(UserLevel), "Function 'User'" + at + "UserLevel.Run): AuthorizationLevel.User is obsolete in Azure and not supported; use Anonymous, Function or Admin.")]
    [InlineData(typeof(SameName), "the name is taken by Sluice.Embedded.Tests.Host.RefusalTests+SameName.Run. Names are compared ignoring case; choose another.")]
    [InlineData(typeof(SameRoute), "Functions 'First' and 'Second' both answer 'api/films/{id}' for one method. Give one of them another route or method.")]
    [InlineData(typeof(SameTask), "Functions 'B1', 'B2' are all the activity 'Shared'. Give each a name of its own.")]
    public void Refuses_at_start(Type type, string message)
    {
        using var folder = new TempFolder();

        var thrown = Assert.Throws<NotSupportedException>(() => TestApp.Build(new AppSetup { Functions = [type] }, folder));

        Assert.StartsWith("The embedded runtime cannot run this app, 1 problem. See docs/embedded.md.", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_all_problems_at_once()
    {
        using var folder = new TempFolder();

        var thrown = Assert.Throws<NotSupportedException>(() => TestApp.Build(new AppSetup { Functions = [typeof(Poco), typeof(BadName), typeof(HttpFunctions)] }, folder));

        Assert.StartsWith("The embedded runtime cannot run this app, 2 problems.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_http_functions_without_the_asp_net_core_model()
    {
        using var folder = new TempFolder();

        var thrown = Assert.Throws<NotSupportedException>(() => TestApp.Build(new AppSetup { Functions = [typeof(HttpFunctions)], AspNetCore = false }, folder));

        Assert.Contains("has an HttpTrigger, but ConfigureFunctionsWebApplication was not called.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_route_that_belongs_to_the_host()
    {
        using var folder = new TempFolder();
        var setup = new AppSetup { Functions = [typeof(Admin)], HostJson = """{ "version": "2.0", "extensions": { "http": { "routePrefix": "" } } }""" };

        var thrown = Assert.Throws<NotSupportedException>(() => TestApp.Build(setup, folder));

        Assert.Contains("the route 'admin/x' begins with 'admin', which belongs to the host; choose another.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_to_be_built_twice_or_changed_afterwards()
    {
        var builder = Microsoft.Azure.Functions.Worker.Builder.FunctionsApplication.CreateBuilder([]);
        builder.Services.Add(new(typeof(FunctionTypes), new FunctionTypes([])));
        builder.Build().Dispose();

        Assert.Throws<InvalidOperationException>(builder.Build);
        Assert.Throws<InvalidOperationException>(() => builder.UseMiddleware((_, next) => next()));
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class QueueTriggerAttribute : TriggerBindingAttribute;

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class TableInputAttribute : InputBindingAttribute;

    [AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
    public sealed class QueueOutputAttribute : OutputBindingAttribute;

    public sealed class BlobClient;

    public static class NoTrigger
    {
        [Function("NoTrigger")]
        public static void Run()
        {
        }
    }

    public static class QueueTrigger
    {
        [Function("Queue")]
        public static void Run([QueueTrigger] string message)
        {
        }
    }

    public static class WrongHttpType
    {
        [Function("Wrong")]
        public static void Run([HttpTrigger] string request)
        {
        }
    }

    public static class UnknownParameter
    {
        [Function("Unknown")]
        public static void Run([HttpTrigger(Route = "items")] HttpRequest request, string item)
        {
        }
    }

    public static class UnknownInput
    {
        [Function("Input")]
        public static void Run([HttpTrigger] HttpRequest request, [TableInput] string row)
        {
        }
    }

    public static class MvcFromBody
    {
        [Function("Mvc")]
        public static void Run([HttpTrigger] HttpRequest request, [FromBody] Film film)
        {
        }
    }

    public static class Output
    {
        [Function("Output")]
        [QueueOutput]
        public static void Run([HttpTrigger] HttpRequest request)
        {
        }
    }

    public static class OutputProperty
    {
        [Function("Property")]
        public static Answer Run([HttpTrigger] HttpRequest request) => new(Results.Ok(), "");

        public sealed record Answer([property: HttpResult] IResult Result, [property: QueueOutput] string Message);
    }

    public static class Poco
    {
        [Function("Poco")]
        public static Task<Film> Run([HttpTrigger] HttpRequest request) => Task.FromResult(new Film("", 0));
    }

    public static class Typed
    {
        [Function("Typed")]
        public static ActionResult<Film> Run([HttpTrigger] HttpRequest request) => new Film("", 0);
    }

    public static class BlobClients
    {
        [Function("Client")]
        public static void Run([BlobTrigger("films/{name}")] BlobClient blob)
        {
        }
    }

    public static class ClientInOrchestrator
    {
        [Function("Orchestrator")]
        public static void Run([OrchestrationTrigger] TaskOrchestrationContext context, [DurableClient] DurableTaskClient client)
        {
        }
    }

    public static class TokenInOrchestrator
    {
        [Function("Token")]
        public static void Run([OrchestrationTrigger] TaskOrchestrationContext context, CancellationToken cancellation)
        {
        }
    }

    public static class TwoInputs
    {
        [Function("Two")]
        public static void Run([OrchestrationTrigger] TaskOrchestrationContext context, string a, string b)
        {
        }
    }

    public static class OtherHub
    {
        [Function("Hub")]
        public static void Run([HttpTrigger] HttpRequest request, [DurableClient(TaskHub = "Elsewhere")] DurableTaskClient client)
        {
        }
    }

    public static class OtherConnection
    {
        [Function("Connection")]
        public static void Run([HttpTrigger] HttpRequest request, [DurableClient(ConnectionName = "Far")] DurableTaskClient client)
        {
        }
    }

    public static class BadName
    {
        [Function("1st")]
        public static void Run([HttpTrigger(Route = "first")] HttpRequest request)
        {
        }
    }

    public static class Hidden
    {
        [Function("Hidden")]
        internal static void Run([HttpTrigger] HttpRequest request)
        {
        }
    }

    public static class AsyncVoid
    {
        [Function("Void")]
        public static async void Run([HttpTrigger] HttpRequest request) => await Task.Yield();
    }

    public static class Reserved
    {
        [Function("Reserved")]
        public static void Run([HttpTrigger(Route = "/x")] HttpRequest request)
        {
        }
    }

    public static class Admin
    {
        [Function("Admin")]
        public static void Run([HttpTrigger(Route = "admin/x")] HttpRequest request)
        {
        }
    }

    public static class BadRoute
    {
        [Function("Route")]
        public static void Run([HttpTrigger(Route = "{x")] HttpRequest request)
        {
        }
    }

    public static class UserLevel
    {
        [Function("User")]
        public static void Run([HttpTrigger(AuthorizationLevel.User)] HttpRequest request)
        {
        }
    }

    public static class SameName
    {
        [Function("Twin")]
        public static void Run([HttpTrigger] HttpRequest request)
        {
        }

        [Function("twin")]
        public static void Again([HttpTrigger(Route = "other")] HttpRequest request)
        {
        }
    }

    public static class SameRoute
    {
        [Function("First")]
        public static void First([HttpTrigger("get", "post", Route = "films/{id}")] HttpRequest request)
        {
        }

        [Function("Second")]
        public static void Second([HttpTrigger("POST", Route = "Films/{name}")] HttpRequest request)
        {
        }

        [Function("Third")]
        public static void Third([HttpTrigger("delete", Route = "films/{id}")] HttpRequest request)
        {
        }
    }

    public static class SameTask
    {
        [Function("B1")]
        public static void First([ActivityTrigger(Activity = "Shared")] string input)
        {
        }

        [Function("B2")]
        public static void Second([ActivityTrigger(Activity = "shared")] string input)
        {
        }
    }
}
