using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sluice.Embedded;

/// <summary>The addresses under which a caller finds an instance, below the address that the caller itself used.</summary>
sealed class ManagementLinks(HttpRequest request, string id, string hub, string? code)
{
    readonly string instance = $"{Origin(request)}{DurableApi.Root}/instances/{Uri.EscapeDataString(id)}";
    readonly string suffix = $"taskHub={Uri.EscapeDataString(hub)}&connection=Storage{(code is null ? "" : "&code=" + Uri.EscapeDataString(code))}";

    internal string Status => $"{instance}?{suffix}";

    internal JsonObject ToJson() => new()
    {
        ["id"] = id,
        ["statusQueryGetUri"] = Status,
        ["sendEventPostUri"] = $"{instance}/raiseEvent/{{eventName}}?{suffix}",
        ["terminatePostUri"] = WithReason("terminate"),
        ["rewindPostUri"] = WithReason("rewind"),
        ["purgeHistoryDeleteUri"] = Status,
        ["restartPostUri"] = $"{instance}/restart?{suffix}",
        ["suspendPostUri"] = WithReason("suspend"),
        ["resumePostUri"] = WithReason("resume"),
    };

    // RFC 7239's header goes before the X-Forwarded ones, as in Azure's extension. ASP.NET Core reads the latter only.
    static string Origin(HttpRequest request)
    {
        string? scheme = null, host = null;
        foreach (var pair in ((string?)request.Headers["Forwarded"] ?? "").Split(',')[0].Split(';', StringSplitOptions.TrimEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var value = pair[(equals + 1)..].Trim('"');
            scheme = equals > 0 && pair.StartsWith("proto=", StringComparison.OrdinalIgnoreCase) && value is "http" or "https" ? value : scheme;
            host = equals > 0 && pair.StartsWith("host=", StringComparison.OrdinalIgnoreCase) && Uri.CheckHostName(value.Split(':')[0]) != UriHostNameType.Unknown ? value : host;
        }

        return $"{scheme ?? request.Scheme}://{host ?? request.Host.ToUriComponent()}";
    }

    string WithReason(string action) => $"{instance}/{action}?reason={{text}}&{suffix}";
}
