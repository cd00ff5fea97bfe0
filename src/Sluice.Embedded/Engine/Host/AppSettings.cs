using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Sluice.Embedded;

/// <summary>Replaces <c>%Name%</c> in schedules and paths by app settings.</summary>
sealed partial class AppSettings(IConfiguration configuration)
{
    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Reference();

    internal string? Find(string name) => configuration[name.Replace("__", ":", StringComparison.Ordinal)];

    /// <exception cref="NotSupportedException">A setting is not there; it is named.</exception>
    internal string Resolve(string text) => Reference().Replace(text, match =>
        Find(match.Groups[1].Value)
        ?? throw new NotSupportedException(
            $"'{text}' names the setting '{match.Groups[1].Value}', which is not set. Add it to local.settings.json (Values) or the environment."));
}
