using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.Embedded.Tests.Host;

public sealed class SettingsTests
{
    [Fact]
    public async Task The_route_prefix_comes_from_host_json()
    {
        await using var app = await TestApp.StartAsync(new AppSetup
        {
            Functions = [typeof(HttpFunctions)],
            HostJson = """
                {
                  // Comments are allowed, as in Azure.
                  "version": "2.0",
                  "extensions": { "http": { "routePrefix": "films/v1" }, "durableTask": { "useGracefulShutdown": true, "tracing": { "version": "V2" } } },
                }
                """,
        });

        Assert.Equal("hello ", await app.Http.GetStringAsync(new Uri("/films/v1/Hello", UriKind.Relative)));
        Assert.Contains(
            "host.json: extensions:durableTask:useGracefulShutdown have no effect in the embedded runtime. See docs/embedded.md.", app.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task App_settings_override_host_json_as_in_azure()
    {
        await using var app = await TestApp.StartAsync(new AppSetup
        {
            Functions = [typeof(HttpFunctions)],
            HostJson = """{ "version": "2.0", "extensions": { "http": { "routePrefix": "films" } } }""",
            Settings = { ["AzureFunctionsJobHost:extensions:http:routePrefix"] = "" },
        });

        Assert.Equal("hello ", await app.Http.GetStringAsync(new Uri("/Hello", UriKind.Relative)));
    }

    [Theory]
    [InlineData("""{ "version": "1.0" }""", "version is '1.0'; expected \"2.0\".")]
    [InlineData("""{ "version": "2.0", "functionTimeout": "soon" }""", "functionTimeout is 'soon'; expected a time such as \"00:10:00\", or \"-1\" for no limit.")]
    [InlineData("""{ "version": "2.0", "extensions": { "durableTask": { "maxConcurrentActivityFunctions": 0 } } }""", "extensions:durableTask:maxConcurrentActivityFunctions is '0'; expected a whole number from 1 to 10000.")]
    [InlineData("""{ "version": "2.0", "extensions": { "durableTask": { "versionMatchStrategy": "Newer" } } }""", "extensions:durableTask:versionMatchStrategy is 'Newer'; expected one of None, Strict, CurrentOrOlder.")]
    [InlineData("{\n \"version\": }", "line 2, column 13: this is not JSON.")]
    [InlineData("[]", "holds Array; expected a JSON object.")]
    public void Refuses_a_wrong_host_json_by_name_and_place(string json, string message)
    {
        using var folder = new TempFolder();

        var thrown = Assert.Throws<InvalidDataException>(() => TestApp.Build(new AppSetup { HostJson = json }, folder));

        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(folder.File("host.json"), thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Local_settings_lie_above_app_json_and_below_the_environment()
    {
        const string variable = "SLUICE_TEST_LEVEL__ENVIRONMENT";
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("appsettings.json"), """{ "Level": { "Json": "json", "Local": "json" }, "SLUICE_TEST_LEVEL": { "Environment": "json" } }""");
        Environment.SetEnvironmentVariable(variable, "environment");
        try
        {
            using var host = TestApp.Build(
                new AppSetup { LocalSettings = $$"""{ "Values": { "Level__Local": "local", "{{variable}}": "local", "Flag": true }, "ConnectionStrings": { "Db": "x" } }""" }, folder);
            var configuration = host.Services.GetRequiredService<IConfiguration>();

            Assert.Equal(
                ["json", "local", "environment", "True", "x"],
                new[] { "Level:Json", "Level:Local", "SLUICE_TEST_LEVEL:ENVIRONMENT", "Flag", "ConnectionStrings:Db" }.Select(k => configuration[k]));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public void Refuses_encrypted_or_nested_local_settings()
    {
        using var folder = new TempFolder();

        var encrypted = Assert.Throws<NotSupportedException>(() => TestApp.Build(new AppSetup { LocalSettings = """{ "IsEncrypted": true, "Values": {} }""" }, folder));
        var nested = Assert.Throws<InvalidDataException>(() => TestApp.Build(new AppSetup { LocalSettings = """{ "Values": { "A": { "B": 1 } } }""" }, folder));

        Assert.Contains("is encrypted (found \"IsEncrypted\": true).", encrypted.Message, StringComparison.Ordinal);
        Assert.Contains("'Values.A' is Object; expected a text, number or boolean. Write nested settings as 'A__B'.", nested.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:7071", "'http://0.0.0.0:7071' can be reached from other machines. Listen on http://127.0.0.1, or set Sluice:AllowNonLoopback to true; function keys are required then.")]
    [InlineData("http://*:7071;http://localhost:7071", "can be reached from other machines.")]
    [InlineData("http://films.example:80", "can be reached from other machines.")]
    [InlineData("https://127.0.0.1:7071", "'https://127.0.0.1:7071': the embedded runtime speaks plain http without a path")]
    [InlineData("nonsense", "'nonsense' is not an address to listen on")]
    public async Task Refuses_addresses_that_are_not_loopback_http(string urls, string message)
    {
        var thrown = await Assert.ThrowsAsync<NotSupportedException>(() => TestApp.StartAsync(
            new AppSetup { Functions = [typeof(HttpFunctions)], Settings = { ["Sluice:Urls"] = urls } }));

        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_to_do_when_the_port_is_taken()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var thrown = await Assert.ThrowsAsync<IOException>(() => TestApp.StartAsync(
            new AppSetup { Functions = [typeof(HttpFunctions)], Settings = { ["Sluice:Urls"] = $"http://127.0.0.1:{port}" } }));

        Assert.StartsWith($"Cannot listen on 127.0.0.1:{port}: ", thrown.Message, StringComparison.Ordinal);
        Assert.EndsWith("Stop the other program, or choose another address with --urls http://127.0.0.1:7072.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_guard_functions_when_they_are_required()
    {
        using var folder = new TempFolder();
        var setup = new AppSetup { Functions = [typeof(HttpFunctions), typeof(DurableFunctions)], Folder = folder, Settings = { ["Sluice:RequireKeys"] = "true" } };
        setup = setup with { Configure = builder => builder.Services.AddScoped<Scoped>() };
        await using var app = await TestApp.StartAsync(setup);
        var path = folder.File("store", "keys.json");
        var keys = JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllBytesAsync(path))!;
        const string list = "/runtime/webhooks/durabletask/instances";

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/api/Hello"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, "/api/Keyed"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, "/api/Keyed?code=wrong"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/api/Keyed?code=" + keys["Function"]));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/api/Keyed", keys["Master"]));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, "/api/Owner", keys["Function"]));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/api/Owner", keys["Master"]));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, list, keys["Function"]));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, list + "?code=" + keys["DurableTask"]));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public async Task Keys_stay_the_same_after_a_restart_and_a_broken_file_is_refused()
    {
        using var folder = new TempFolder();
        var setup = new AppSetup { Functions = [typeof(HttpFunctions)], Folder = folder };
        await using (await TestApp.StartAsync(setup))
        {
        }

        var before = await File.ReadAllTextAsync(folder.File("store", "keys.json"));
        await using (await TestApp.StartAsync(setup))
        {
        }

        Assert.Equal(before, await File.ReadAllTextAsync(folder.File("store", "keys.json")));
        await File.WriteAllTextAsync(folder.File("store", "keys.json"), "{}");
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(() => TestApp.StartAsync(setup));
        Assert.Contains("does not hold the keys Master, Function and DurableTask", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_non_loopback_address_asks_for_keys_without_being_told_to()
    {
        await using var app = await TestApp.StartAsync(new AppSetup
        {
            Functions = [typeof(HttpFunctions)],
            Settings = { ["Sluice:Urls"] = "http://0.0.0.0:0", ["Sluice:AllowNonLoopback"] = "true" },
        });
        app.Http.BaseAddress = new Uri($"http://127.0.0.1:{app.Services.GetRequiredService<EmbeddedServer>().Addresses[0].Port}");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, "/api/Keyed"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/api/Hello"));
    }

    [Fact]
    public void Finds_functions_in_the_assemblies_that_are_named()
    {
        using var folder = new TempFolder();
        var types = FunctionTypes.In(typeof(HttpFunctions).Assembly).Types;

        var missing = Assert.Throws<NotSupportedException>(() => FunctionTypes.Discover("No.Such.Assembly"));

        Assert.Contains(typeof(HttpFunctions), types);
        Assert.Contains(typeof(RefusalTests.Hidden), types);
        Assert.DoesNotContain(typeof(SettingsTests), types);
        Assert.Contains("Sluice:Assemblies names 'No.Such.Assembly', which cannot be loaded", missing.Message, StringComparison.Ordinal);
        Assert.Equal(types, FunctionTypes.Discover(typeof(HttpFunctions).Assembly.GetName().Name).Types);
        Assert.NotNull(FunctionTypes.Discover(null));
    }

    static async Task<HttpStatusCode> StatusAsync(TestApp app, string path, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("x-functions-key", key);
        return (await app.Http.SendAsync(request)).StatusCode;
    }
}
