using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.EndToEnd.Tests.Serve;

/// <summary>What the server refuses, and that it goes on after each.</summary>
public sealed class RefusalTests(FilmServer films) : IClassFixture<FilmServer>
{
    const string Api = "api/v1/pipelines";

    SluiceServer Server => films.Server;

    [Theory]
    [InlineData("POST", "nope/execute", HttpStatusCode.NotFound, "Pipeline 'nope' does not exist.")]
    [InlineData("POST", "nope/stop", HttpStatusCode.NotFound, "Pipeline 'nope' has no such run.")]
    [InlineData("GET", "nope/status", HttpStatusCode.NotFound, "Pipeline 'nope' has no such run.")]
    [InlineData("GET", "nope/status?run=../../x", HttpStatusCode.NotFound, "Pipeline 'nope' has no such run.")]
    [InlineData("POST", "bad%20id/execute", HttpStatusCode.NotFound, "Pipeline 'bad id' does not exist.")]
    [InlineData("POST", "..%2F..%2Fx/execute", HttpStatusCode.NotFound, "Pipeline '..%2F..%2Fx' does not exist.")]
    [InlineData("DELETE", "..%2F..%2Fx", HttpStatusCode.NotFound, "Pipeline '..%2F..%2Fx' does not exist.")]
    [InlineData("POST", "?id=..%2F..%2Fx", HttpStatusCode.BadRequest, "'../../x' cannot be a pipeline's id. Use 1 to 64 of a-z, A-Z, 0-9, '_' and '-'.")]
    public async Task A_pipeline_or_run_that_is_none(string method, string path, HttpStatusCode status, string error)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{Api}{(path[0] == '?' ? "" : "/")}{path}") { Content = new StringContent(FilmServer.Yaml("x")) };

        var response = await Server.Http.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(error, (string?)(await response.Content.ReadFromJsonAsync<JsonNode>())!["error"]);
    }

    [Theory]
    [InlineData("PUT", "", "GET, POST")]
    [InlineData("GET", "/x/execute", "POST")]
    [InlineData("DELETE", "/x/stop", "POST")]
    public async Task A_wrong_method_is_405_with_the_right_ones(string method, string path, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Api + path);

        var response = await Server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large(bool statesLength)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Api) { Content = new ByteArrayContent(new byte[(1 << 20) + 1]) };
        request.Headers.TransferEncodingChunked = !statesLength;

        var response = await Server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("The pipeline is too large. A pipeline may have 1,048,576 bytes.", (string?)(await response.Content.ReadFromJsonAsync<JsonNode>())!["error"]);
    }

    [Fact]
    public async Task A_pipeline_with_problems_lists_them_all_with_their_places()
    {
        var response = await Server.PostAsync(Api, FilmServer.Yaml("x").Replace("file_path", "file_pth", StringComparison.Ordinal).Replace("filter", "filtr", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problems = (await response.Content.ReadFromJsonAsync<JsonNode>())!["problems"]!.AsArray().Select(p => ((int)p!["line"]!, (string)p["message"]!)).ToList();
        Assert.Contains(problems, p => p.Item1 == 6 && p.Item2.Contains("Did you mean 'file_path'?", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Item1 == 8 && p.Item2.Contains("filtr", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:7071")]
    public async Task A_host_name_of_others_is_refused_so_that_no_website_can_reach_it(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Api) { Headers = { Host = host } };

        var response = await Server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith("The host name 'evil.example' is not allowed here. ", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../../../../../etc/passwd", "The input \"../../../../../../../etc/passwd\" ")]
    [InlineData("/etc/passwd", "The input \"/etc/passwd\" ")]
    public async Task A_run_may_not_read_the_rest_of_the_machine(string path, string error)
    {
        var id = path[0] == '/' ? "reads-root" : "reads-up";
        await Server.RegisterAsync(id, FilmServer.Yaml(id, path));

        var status = await Server.EndAsync(id, await Server.ExecuteAsync(id));

        Assert.Equal("failed", (string)status["status"]!);
        Assert.StartsWith(error, (string?)status["error"], StringComparison.Ordinal);
        Assert.DoesNotContain("root:", (string?)status["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_may_not_write_the_rest_of_the_machine_and_makes_no_version()
    {
        await Server.RegisterAsync("writes", FilmServer.Yaml("writes", more: "\n  - id: out\n    type: csv_sink\n    config: { file_path: ../../../../escaped.csv }\n"));
        Server.Drop("writes", "films.csv", FilmServer.Csv(40));

        var status = await Server.EndAsync("writes");

        Assert.Equal("failed", (string)status["status"]!);
        Assert.Contains("The output \"../../../../escaped.csv\" may not be written: it leads outside ", (string?)status["error"], StringComparison.Ordinal);
        Assert.Null((string?)status["version"]);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Server.Store)!, "escaped.csv", SearchOption.AllDirectories));
        Assert.False(Directory.Exists(Path.Combine(Server.Store, "data", "objects", "versions", "writes")), "A version was made.");
    }

    [Fact]
    public async Task Bytes_that_are_not_HTTP_harm_nothing()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Server.Address.Host, Server.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("\u0001\u0002 not http\r\n\r\n"));

        var answer = await new StreamReader(stream).ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Server.Http.GetAsync("api/health/live")).StatusCode);
    }
}
