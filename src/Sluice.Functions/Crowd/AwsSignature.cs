using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Functions.Crowd;

/// <summary>Signs requests to AWS: Signature Version 4, for requests without a query.</summary>
static class AwsSignature
{
    const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The form of times in headers.</summary>
    public const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>The Authorization header.</summary>
    /// <param name="method">GET, POST.</param>
    /// <param name="path">Path of the address, as it is sent.</param>
    /// <param name="headers">All headers that are signed, host and x-amz-date among them.</param>
    /// <param name="body">The body.</param>
    /// <param name="accessKey">Id of the key.</param>
    /// <param name="secretKey">The key.</param>
    /// <param name="region">Region of the service.</param>
    /// <param name="service">Name of the service, as it signs.</param>
    public static string Authorization(
        string method, string path, IReadOnlyDictionary<string, string> headers, ReadOnlySpan<byte> body, string accessKey, string secretKey, string region, string service)
    {
        var sorted = headers.Select(h => (Name: h.Key.ToLowerInvariant(), Value: Trimmed(h.Value))).OrderBy(h => h.Name, StringComparer.Ordinal).ToList();
        var time = sorted.Single(h => h.Name == "x-amz-date").Value;
        var names = string.Join(';', sorted.Select(h => h.Name));
        var request = $"{method}\n{path}\n\n{string.Concat(sorted.Select(h => $"{h.Name}:{h.Value}\n"))}\n{names}\n{Convert.ToHexStringLower(SHA256.HashData(body))}";
        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        var key = new[] { time[..8], region, service, "aws4_request" }.Aggregate(Encoding.UTF8.GetBytes("AWS4" + secretKey), (signing, part) => Hmac(signing, part));
        var signature = Convert.ToHexStringLower(Hmac(key, $"{Algorithm}\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)))}"));
        return $"{Algorithm} Credential={accessKey}/{scope}, SignedHeaders={names}, Signature={signature}";
    }

    /// <summary>A time as headers have it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    // Runs of spaces count as one.
    static string Trimmed(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
