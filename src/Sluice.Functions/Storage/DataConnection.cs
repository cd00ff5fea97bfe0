using Azure.Core;
using Microsoft.Extensions.Configuration;

namespace Sluice.Functions.Storage;

/// <summary>
/// The storage account of the data, as Azure Functions names connections: the setting <c>Data</c> is a connection string, or
/// <c>Data__blobServiceUri</c> and <c>Data__tableServiceUri</c> (or <c>Data__accountName</c>) name it and an identity opens it.
/// </summary>
/// <param name="ConnectionString">Set: it alone opens the account. Azurite has no identities.</param>
/// <param name="Blobs">Address of the Blob service.</param>
/// <param name="Tables">Address of the Table service.</param>
/// <param name="Credential">The identity.</param>
public sealed record DataConnection(string? ConnectionString, Uri? Blobs, Uri? Tables, TokenCredential? Credential)
{
    /// <summary>Name of the connection; upload triggers use the same.</summary>
    public const string Name = "Data";

    /// <summary>Reads the settings.</summary>
    /// <exception cref="StoreException">They name no account, or only half of one.</exception>
    public static DataConnection Of(IConfiguration settings)
    {
        if ((settings[Name] ?? settings.GetConnectionString(Name)) is { Length: > 0 } connectionString)
        {
            return new DataConnection(connectionString, null, null, null);
        }

        var account = settings.GetSection(Name);
        var isManagedIdentity = account["credential"] switch
        {
            null or "" => false,
            var credential when credential.Equals("managedidentity", StringComparison.OrdinalIgnoreCase) => true,
            var other => throw new StoreException(
                $"The setting '{Name}__credential' cannot be used: found '{other}', expected 'managedidentity' or nothing (whoever is signed in). Correct it."),
        };
        return new DataConnection(
            null, ServiceUri(account, "blob"), ServiceUri(account, "table"), AzureCredential.Of(account["clientId"], isManagedIdentity));
    }

    /// <summary>The client library refuses the connection string; its words may hold the account's key, so they are not repeated.</summary>
    internal static StoreException Unreadable(Exception cause) => new(
        $"The setting '{Name}' is no connection string of a storage account ({cause.GetType().Name}). Expected 'UseDevelopmentStorage=true' or " +
        "'AccountName=…;AccountKey=…;BlobEndpoint=…;TableEndpoint=…'. Correct it.");

    static Uri ServiceUri(IConfigurationSection account, string service)
    {
        var key = service + "ServiceUri";
        var address = account[key] is { Length: > 0 } named ? named
            : account["accountName"] is { Length: > 0 } name ? $"https://{name}.{service}.core.windows.net"
            : throw new StoreException(
                $"Sluice:Storage is 'Azure', but no storage account is named: found no setting '{Name}__{key}'. Expected '{Name}__blobServiceUri' and " +
                $"'{Name}__tableServiceUri' (or '{Name}__accountName') for an identity, or a connection string in '{Name}'. Set them, or set Sluice:Storage " +
                "to 'Local'.");
        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps
            ? uri
            : throw new StoreException(
                $"The setting '{Name}__{key}' cannot be used: found '{address}', expected an https address such as " +
                $"'https://myaccount.{service}.core.windows.net'. Correct it; an emulator is named by a connection string in '{Name}'.");
    }
}
