using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded.Tests.Host;

public sealed class HttpTests : IAsyncLifetime
{
    TestApp app = null!;

    public async Task InitializeAsync() => app = await TestApp.StartAsync(typeof(HttpFunctions));

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Answers_below_the_default_prefix_and_injects_services()
    {
        var answer = await app.Http.GetStringAsync(new Uri("/api/Hello?name=world", UriKind.Relative));

        Assert.Equal("hello world", answer);
        Assert.Contains("hello world", app.Logs.At(LogLevel.Information));
    }

    [Fact]
    public async Task Fills_route_parameters_by_name_and_hands_over_the_context()
    {
        var answer = await app.Http.GetFromJsonAsync<JsonElement>("/api/films/7/blue");

        Assert.Equal(7, answer.GetProperty("id").GetInt32());
        Assert.Equal("Blue", answer.GetProperty("colour").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("tag").ValueKind);
        Assert.Equal("Parts", answer.GetProperty("name").GetString());
        Assert.Equal("7", answer.GetProperty("data").GetString());
        Assert.True(answer.GetProperty("same").GetBoolean());
        Assert.True(answer.GetProperty("canBeCanceled").GetBoolean());
    }

    [Theory]
    [InlineData("/api/films/7/blue/extra", HttpStatusCode.OK)]
    [InlineData("/api/films/seven/blue", HttpStatusCode.NotFound)]
    [InlineData("/api/films/7/green", HttpStatusCode.InternalServerError)]
    [InlineData("/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("/Hello", HttpStatusCode.NotFound)]
    public async Task Matches_routes_and_their_constraints(string path, HttpStatusCode expected)
    {
        var response = await app.Http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Refuses_a_method_that_the_trigger_does_not_name()
    {
        var response = await app.Http.DeleteAsync(new Uri("/api/Hello", UriKind.Relative));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task Reads_the_body_as_json()
    {
        var response = await app.Http.PostAsJsonAsync("/api/films", new { title = "Alien", year = 1979 });

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("/api/films/1979", response.Headers.Location!.ToString());
        Assert.Equal("""{"title":"Alien","year":1979}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("{", "application/json", "The body is not JSON that fits 'film' of type 'Film'")]
    [InlineData("null", "application/json", "The body for 'film' is 'null'; expected a JSON value of 'Film'.")]
    [InlineData("{}", "text/plain", "The body for 'film' has content type 'text/plain; charset=utf-8'; expected application/json.")]
    public async Task Fails_the_call_for_a_body_that_cannot_be_read(string body, string type, string message)
    {
        using var content = new StringContent(body, Encoding.UTF8, type);

        var response = await app.Http.PostAsync(new Uri("/api/films", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains(app.Logs.At(LogLevel.Error), line => line.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("object", 203, "application/json; charset=utf-8", """{"title":"Alien","year":1979}""")]
    [InlineData("status", 418, null, "")]
    [InlineData("content", 200, "text/html", "<p>")]
    [InlineData("file", 200, "application/x-three", "\u0001\u0002\u0003")]
    [InlineData("json", 200, "application/json; charset=utf-8", """{"title":"Heat","year":1995}""")]
    [InlineData("other", 404, null, "")]
    public async Task Executes_action_results(string kind, int status, string? type, string body)
    {
        var response = await app.Http.PutAsync(new Uri($"/api/results/{kind}", UriKind.Relative), null);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.ToString());
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/api/Written", 202, "written")]
    [InlineData("/api/Multiple", 200, "the property")]
    public async Task Takes_what_was_written_directly_or_marked_as_the_result(string path, int status, string body)
    {
        var response = await app.Http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/api/Throws", "secret details")]
    [InlineData("/api/Loose", "Function 'Loose' returned 'Sluice.Embedded.Tests.Host.Film', for which Azure's ASP.NET Core model sends an empty response.")]
    public async Task An_unhandled_exception_is_an_empty_500_and_a_log(string path, string logged)
    {
        var response = await app.Http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
        Assert.Contains(app.Logs.At(LogLevel.Error), line => line.Contains(logged, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    [InlineData("localhost:7071", HttpStatusCode.OK)]
    public async Task Refuses_host_names_that_a_rebound_dns_name_would_bring(string host, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/Hello");
        request.Headers.Host = host;

        var response = await app.Http.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Honours_forwarded_headers()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/Forwarded");
        request.Headers.Add("X-Forwarded-Host", "films.example");
        request.Headers.Add("X-Forwarded-Proto", "https");

        var response = await app.Http.SendAsync(request);

        Assert.Equal("https://films.example", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Needs_no_keys_on_loopback() =>
        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync(new Uri("/api/Owner", UriKind.Relative))).StatusCode);
}
