using Azure;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Configuration;

namespace Sluice.Functions;

/// <summary>
/// Secrets of a Key Vault as settings: the setting <c>Sluice:KeyVault</c> is the vault's address, the secret <c>Section--Name</c> the setting
/// <c>Section:Name</c>. They are read once, at start, and win over every other setting.
/// </summary>
static class KeyVaultSettings
{
    /// <param name="configuration">Where the address stands, and where the secrets go.</param>
    /// <param name="open">Opens a vault; null: with the app's own identity.</param>
    public static void AddTo(IConfigurationManager configuration, Func<Uri, SecretClient>? open = null)
    {
        const string key = SluiceOptions.Section + ":" + nameof(SluiceOptions.KeyVault);
        if (configuration[key] is not { Length: > 0 } address)
        {
            return;
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var vault) || vault.Scheme != Uri.UriSchemeHttps)
        {
            throw new StoreException(
                $"The setting '{key}' cannot be used: found '{address}', expected an address such as 'https://myvault.vault.azure.net'. Correct or remove it.");
        }

        open ??= uri => new SecretClient(uri, AzureCredential.Of(configuration["AZURE_CLIENT_ID"], isManagedIdentity: false));
        ((IConfigurationBuilder)configuration).AddInMemoryCollection(Read(open(vault), vault));
    }

    static Dictionary<string, string?> Read(SecretClient vault, Uri address)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        try
        {
            foreach (var secret in vault.GetPropertiesOfSecrets().Where(secret => secret.Enabled == true))
            {
                settings[secret.Name.Replace("--", ":", StringComparison.Ordinal)] = vault.GetSecret(secret.Name).Value.Value;
            }
        }
        catch (Exception e) when (e is RequestFailedException or AuthenticationFailedException)
        {
            throw new StoreException(
                $"The Key Vault '{address}' cannot be read: {e.Message.Split('\n', 2)[0].TrimEnd()} Give this identity the role Key Vault Secrets User, check " +
                "the vault's firewall, or remove the setting.", e);
        }

        return settings;
    }
}
