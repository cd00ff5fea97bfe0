using System.Net;
using System.Text.Json;
using Sluice.Functions.Tests.App;

namespace Sluice.Functions.Tests.Triggers;

public sealed class DatasetAccessTests
{
    [Fact]
    public async Task Reads_of_personal_data_are_on_record_by_who_asks_and_no_key_is()
    {
        await using var app = await TestApp.StartAsync(settings: [("Sluice:Access:ReadsPerHour", "2"), ("Sluice:Access:PrincipalHeader", "X-Who")]);
        await RunAsync(app, "people", "flag");
        await RunAsync(app, "safe", "mask");

        await GetAsync(app, "people/preview", ("X-Who", "ann"));
        await GetAsync(app, "people/schema", ("X-Who", "ann"));
        await GetAsync(app, "people/preview?version=1", ("X-Who", "ann"));
        await GetAsync(app, "people/preview", ("x-functions-key", "a-secret-key"));
        await GetAsync(app, "people/preview");
        await GetAsync(app, "safe/preview");
        await app.PostAsync("api/v1/datasets/people/validate", "", ("X-Who", "bob"));

        var people = await app.GetJsonAsync("api/v1/datasets/people/access");
        var alerts = await app.GetJsonAsync("api/v1/datasets/people/access?alerts=true&days=1&limit=2");
        var safe = await app.GetJsonAsync("api/v1/datasets/safe/access");

        var reads = people.GetProperty("reads").EnumerateArray().Select(r => $"{Who(r)} {r.GetProperty("how").GetString()} {string.Join(',', r.GetProperty("alerts").EnumerateArray())}").ToList();
        Assert.Equal(
            [
                "bob validate new_principal", "address:127.0.0.1 preview new_principal", $"{Who(people.GetProperty("reads")[2])} preview new_principal", "ann preview reads_per_hour", "ann schema ",
                "ann preview new_principal",
            ],
            reads);
        Assert.Matches("^key:[0-9a-f]{8}$", Who(people.GetProperty("reads")[2]));
        Assert.DoesNotContain("a-secret-key", people.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("example.org", people.ToString(), StringComparison.Ordinal);
        Assert.Equal(("ann", 3), (people.GetProperty("principals")[0].GetProperty("principal").GetString(), people.GetProperty("principals")[0].GetProperty("reads").GetInt32()));
        Assert.Equal(2, alerts.GetProperty("reads").GetArrayLength());
        Assert.Equal(0, safe.GetProperty("reads").GetArrayLength());
    }

    [Theory]
    [InlineData("none/access", HttpStatusCode.NotFound, "Dataset 'none' does not exist.")]
    [InlineData("people/access?days=0", HttpStatusCode.BadRequest, "The query 'days' is '0'. Expected a whole number from 1 to 400.")]
    [InlineData("people/access?limit=x", HttpStatusCode.BadRequest, "The query 'limit' is 'x'. Expected a whole number from 1 to 1,000.")]
    [InlineData("people/access?alerts=maybe", HttpStatusCode.BadRequest, "The query 'alerts' is 'maybe'. Expected true or false.")]
    public async Task What_cannot_be_answered_is_refused(string path, HttpStatusCode status, string error)
    {
        await using var app = await TestApp.StartAsync();

        var response = await app.Http.GetAsync($"api/v1/datasets/{path}");

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(error, (await TestApp.JsonAsync(response)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task It_needs_a_key_where_keys_are_needed()
    {
        await using var app = await TestApp.StartAsync(settings: ("Sluice:RequireKeys", "true"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Http.GetAsync("api/v1/datasets/people/access")).StatusCode);
    }

    static string Who(JsonElement read) => read.GetProperty("principal").GetString()!;

    static async Task GetAsync(TestApp app, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/datasets/{path}");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        (await app.Http.SendAsync(request)).EnsureSuccessStatusCode();
    }

    static async Task RunAsync(TestApp app, string name, string action)
    {
        app.Drop(name, "data.csv", "id,mail\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"{i},p{i}@example.org\n")));
        await app.PostAsync(
            "api/v1/pipelines", $"name: {name}\nsteps:\n  - {{ id: read, type: csv, config: {{ file_path: data.csv }} }}\n  - {{ id: pii, type: pii_detection, config: {{ action: {action} }} }}\n");
        var run = (await TestApp.JsonAsync(await app.PostAsync($"api/v1/pipelines/{name}/execute"))).GetProperty("run").GetString()!;
        await app.EndAsync(run);
    }
}
