using System.ComponentModel.DataAnnotations;

namespace Sluice.Functions.Access;

/// <summary>Settings of the log of reads of personal data, section <c>Sluice:Access</c>.</summary>
public sealed class AccessOptions
{
    public const string Section = "Sluice:Access";

    /// <summary>Reads of one dataset's personal data by one principal within an hour; the next one raises an alert. 0: none. Default 60.</summary>
    [Range(0, 1_000_000)]
    public int ReadsPerHour { get; set; } = 60;

    /// <summary>Whether the first read of a principal raises an alert. Default true.</summary>
    public bool AlertOnNewPrincipal { get; set; } = true;

    /// <summary>
    /// Header that names who asks, such as X-MS-CLIENT-PRINCIPAL-NAME of App Service authentication. Only where whatever stands before the app sets it and takes out what clients send:
    /// else anybody may claim to be somebody. Default none: who asks is the function key they have, or their address.
    /// </summary>
    public string PrincipalHeader { get; set; } = "";
}
