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

    [GeneratedRegex(@"(^|[_\-.])(password|passwd|pwd|passphrase|secret|api[_\-]?key|access[_\-]?key|account[_\-]?key|secret[_\-]?key|private[_\-]?key|shared[_\-]?key|connection[_\-]?string|(access|auth|bearer|sas|refresh|id)[_\-]token|token|credentials?)$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    static partial Regex Name { get; }

    // A URL with a password, and the keys of Azure and ADO connection strings.
    [GeneratedRegex(@"^[a-z][a-z0-9+.\-]*://[^/\s:@]+:[^/\s@]+@|(^|;)\s*(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)\s*=|[?&]sig=[A-Za-z0-9%/+]{20}", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    static partial Regex Value { get; }
}
