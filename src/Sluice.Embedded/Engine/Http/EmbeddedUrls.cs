using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Sluice.Embedded;

/// <summary>Where to listen. Addresses that other machines can reach need an explicit yes.</summary>
sealed record EmbeddedUrls(IReadOnlyList<(IPAddress? Address, int Port)> EndPoints, bool LoopbackOnly)
{
    internal const string LocalPortSetting = "Sluice:LocalHttpPort";
    const int defaultPort = 7071;

    internal static EmbeddedUrls Read(EmbeddedOptions options, IConfiguration configuration)
    {
        var port = configuration[LocalPortSetting] is not { } text ? defaultPort
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= ushort.MaxValue ? number
            : throw new NotSupportedException($"Host.LocalHttpPort of local.settings.json is '{text}'; expected a port from 0 to {ushort.MaxValue}.");
        var urls = options.Urls ?? configuration["urls"] ?? configuration["ASPNETCORE_URLS"] ?? $"http://127.0.0.1:{port}";
        (IPAddress? Address, int Port)[] endPoints =
            [.. urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
        var loopback = endPoints.All(e => e.Address is null || IPAddress.IsLoopback(e.Address));
        return loopback || options.AllowNonLoopback
            ? new EmbeddedUrls(endPoints, loopback)
            : throw new NotSupportedException(
                $"'{urls}' can be reached from other machines. Listen on http://127.0.0.1, or set Sluice:AllowNonLoopback to true; function keys are required then.");
    }

    // A null address is localhost: both loopback addresses.
    static (IPAddress? Address, int Port) Parse(string url)
    {
        BindingAddress binding;
        try
        {
            binding = BindingAddress.Parse(url);
        }
        catch (FormatException e)
        {
            throw new NotSupportedException($"'{url}' is not an address to listen on; expected for example http://127.0.0.1:7071.", e);
        }

        if (!string.Equals(binding.Scheme, "http", StringComparison.OrdinalIgnoreCase) || binding.PathBase.Length > 0)
        {
            throw new NotSupportedException($"'{url}': the embedded runtime speaks plain http without a path; expected for example http://127.0.0.1:7071.");
        }

        return string.Equals(binding.Host, "localhost", StringComparison.OrdinalIgnoreCase) ? (null, binding.Port)
            : IPAddress.TryParse(binding.Host.Trim('[', ']'), out var address) ? (address, binding.Port)
            : (IPAddress.IPv6Any, binding.Port);
    }
}
