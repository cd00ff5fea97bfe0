using System.Text.RegularExpressions;

namespace Sluice.Pipelines;

/// <summary>Keeps secrets out of pipelines: a pipeline is stored with every version it made, and shared.</summary>
static partial class Secrets
{
    /// <summary>True when the entry holds a secret; reports it without repeating it.</summary>
    public static bool Refuse(YamlScalar key, YamlNode value, ProblemList problems)
    {
        if (value is not YamlScalar { IsNull: false } scalar || !(Name.IsMatch(key.Value) || Value.IsMatch(scalar.Value)))
        {
            return false;
        }

        problems.Add(value, $"'{YamlNode.Cut(key.Value)}' looks like a secret. A pipeline is stored with every version it makes, so it may not hold one: "
            + "remove it, keep the secret in the environment or the key vault of the app, and change it if this file was shared.");
        return true;
    }

    [GeneratedRegex(
        // Not every token is a secret: text models have pad tokens and end tokens.
        @"(^|[_\-.])(password|passwd|pwd|passphrase|secret|(api|access|account|secret|private|shared)[_\-]?key|connection[_\-]?string|credentials?)$"
        + @"|^((access|auth|bearer|sas|refresh|id)[_\-])?token$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    static partial Regex Name { get; }

    // A URL with a password, and the keys of Azure and ADO connection strings.
    [GeneratedRegex(
        @"^[a-z][a-z0-9+.\-]*://[^/\s:@]+:[^/\s@]+@|(^|;)\s*(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)\s*=|[?&]sig=[a-z0-9%/+]{20}",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    static partial Regex Value { get; }
}
