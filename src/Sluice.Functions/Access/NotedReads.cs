using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sluice.Datasets;
using Sluice.Privacy.Access;

namespace Sluice.Functions.Access;

/// <summary>Notes reads of versions over HTTP under the name of who asks.</summary>
public sealed class NotedReads(AccessLog log, IOptions<AccessOptions> options, ILogger<NotedReads> logger)
{
    /// <summary>Notes a read before its rows are handed out.</summary>
    public async Task NoteAsync(HttpRequest request, VersionEntry entry, VersionManifest manifest, string how, CancellationToken cancellation)
    {
        if (await log.NoteAsync(entry, manifest, PrincipalOf(request), how, cancellation) is { Alerts.Count: > 0 } noted)
        {
            Log.SensitiveReadAlert(logger, noted.Dataset, noted.Version, noted.How, string.Join(", ", noted.Alerts));
        }
    }

    // A key is a secret: its hash tells one from another.
    string PrincipalOf(HttpRequest request)
    {
        var header = options.Value.PrincipalHeader;
        if (header.Length > 0 && request.Headers[header].FirstOrDefault() is { Length: > 0 } name)
        {
            return name;
        }

        var key = request.Headers["x-functions-key"].FirstOrDefault() ?? request.Query["code"].FirstOrDefault();
        return key is { Length: > 0 }
            ? $"key:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 4))}"
            : $"address:{request.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "unknown"}";
    }
}
