using Azure.Core;
using Azure.Identity;

namespace Sluice.Functions;

/// <summary>Who this app is to Azure: the managed identity that a setting names, or else whoever is signed in (DefaultAzureCredential).</summary>
static class AzureCredential
{
    /// <param name="clientId">Of a user-assigned identity; null or empty: the system-assigned one, or the developer who is signed in.</param>
    /// <param name="isManagedIdentity">Only a managed identity, which saves the search for others.</param>
    public static TokenCredential Of(string? clientId, bool isManagedIdentity) => (isManagedIdentity, string.IsNullOrEmpty(clientId)) switch
    {
        (true, true) => new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned),
        (true, false) => new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId)),
        (false, _) => new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = string.IsNullOrEmpty(clientId) ? null : clientId }),
    };

    /// <summary>From <c>ClientId=…;Authorization=AAD</c>, as Azure Functions reads it; null: the connection string alone is enough.</summary>
    public static TokenCredential? ForTelemetry(string? authentication)
    {
        var parts = (authentication ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries)).Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return parts["Authorization"].Contains("AAD", StringComparer.OrdinalIgnoreCase) ? Of(parts["ClientId"].FirstOrDefault(), isManagedIdentity: true) : null;
    }
}
