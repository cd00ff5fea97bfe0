using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded;

/// <summary>What the runtime honours of host.json; docs/embedded.md lists the rest.</summary>
sealed record HostJson
{
    const string overridePrefix = "AzureFunctionsJobHost";

    // Keys of Azure's host that change nothing on one machine. Any other key that is not honoured is logged as such.
    static readonly string[] harmless =
    [
        "version", "logging", "aggregator", "healthMonitor", "extensionBundle", "watchDirectories", "watchFiles",
        "extensions:durableTask:tracing", "extensions:durableTask:storageProvider:type", "extensions:durableTask:notifications",
    ];

    readonly Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> honoured = new(StringComparer.OrdinalIgnoreCase);
    readonly string path;

    HostJson(string path) => this.path = path;

    /// <summary>Whether telemetry goes to a collector, should one be set.</summary>
    public bool UsesOpenTelemetry { get; private set; }

    /// <summary>Put before every route. Empty: none.</summary>
    public string RoutePrefix { get; private set; } = "api";

    /// <summary>How long one call may take. Null: as long as it likes.</summary>
    public TimeSpan? FunctionTimeout { get; private set; }

    /// <summary>The name of the task hub. It appears in management addresses; the store holds one hub.</summary>
    public string HubName { get; private set; } = "TestHubName";

    /// <summary>The version of the app's orchestrators. Null: none.</summary>
    public string? DefaultVersion { get; private set; }

    public VersionMatchStrategy? VersionMatch { get; private set; }

    public VersionFailureStrategy? VersionFailure { get; private set; }

    public int? MaxConcurrentActivities { get; private set; }

    public int? MaxConcurrentOrchestrators { get; private set; }

    /// <summary>Blob functions that run at once.</summary>
    public int BlobParallelism { get; private set; } = 8;

    /// <summary>How often a blob is tried before it is recorded as poison.</summary>
    public int BlobAttempts { get; private set; } = 5;

    /// <summary>Keys that are present, would matter in Azure, and do nothing here.</summary>
    public IReadOnlyList<string> WithoutEffect { get; private set; } = [];

    internal static HostJson Read(string contentRoot, IConfiguration configuration)
    {
        var path = AppFile.Find("host.json", contentRoot);
        var host = new HostJson(path ?? "host.json");
        if (path is not null)
        {
            using var document = AppFile.ReadJson(path);
            host.Flatten("", document.RootElement);
            if (host.Text("version") is not "2.0")
            {
                throw new InvalidDataException($"'{path}': version is '{host.Text("version")}'; expected \"2.0\".");
            }
        }

        foreach (var (key, value) in configuration.GetSection(overridePrefix).AsEnumerable(makePathsRelative: true))
        {
            if (value is not null)
            {
                host.values[key] = value;
            }
        }

        host.Apply();
        return host;
    }

    void Apply()
    {
        RoutePrefix = (Text("extensions:http:routePrefix") ?? RoutePrefix).Trim('/');
        UsesOpenTelemetry = string.Equals(Text("telemetryMode"), "OpenTelemetry", StringComparison.OrdinalIgnoreCase);
        FunctionTimeout = Timeout("functionTimeout");
        HubName = Text("extensions:durableTask:hubName") ?? HubName;
        DefaultVersion = Text("extensions:durableTask:defaultVersion");
        VersionMatch = Choice<VersionMatchStrategy>("extensions:durableTask:versionMatchStrategy");
        VersionFailure = Choice<VersionFailureStrategy>("extensions:durableTask:versionFailureStrategy");
        MaxConcurrentActivities = Number("extensions:durableTask:maxConcurrentActivityFunctions", max: 10_000);
        MaxConcurrentOrchestrators = Number("extensions:durableTask:maxConcurrentOrchestratorFunctions", max: 10_000);
        BlobParallelism = Number("extensions:blobs:maxDegreeOfParallelism", max: 1_000) ?? BlobParallelism;
        BlobAttempts = Number("extensions:blobs:poisonBlobThreshold", max: 1_000) ?? BlobAttempts;
        WithoutEffect = [.. values.Keys.Where(k => !honoured.Contains(k) && !harmless.Any(h => IsUnder(k, h))).Order(StringComparer.Ordinal)];
    }

    static bool IsUnder(string key, string root) =>
        key.StartsWith(root, StringComparison.OrdinalIgnoreCase) && (key.Length == root.Length || key[root.Length] == ':');

    string? Text(string key)
    {
        honoured.Add(key);
        return values.GetValueOrDefault(key);
    }

    int? Number(string key, int max) =>
        Text(key) is not { } text ? null
        : int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max ? number
        : throw new InvalidDataException($"'{path}': {key} is '{text}'; expected a whole number from 1 to {max}.");

    T? Choice<T>(string key)
        where T : struct, Enum =>
        Text(key) is not { } text ? null
        : Enum.TryParse<T>(text, ignoreCase: true, out var choice) && Enum.IsDefined(choice) ? choice
        : throw new InvalidDataException($"'{path}': {key} is '{text}'; expected one of {string.Join(", ", Enum.GetNames<T>())}.");

    TimeSpan? Timeout(string key) =>
        Text(key) is not { } text || text == "-1" ? null
        : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero ? time
        : throw new InvalidDataException($"'{path}': {key} is '{text}'; expected a time such as \"00:10:00\", or \"-1\" for no limit.");

    void Flatten(string key, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Flatten(key.Length == 0 ? property.Name : $"{key}:{property.Name}", property.Value);
                }

                break;
            case JsonValueKind.Null:
                break;
            default:
                values[key] = element.ToString();
                break;
        }
    }
}
