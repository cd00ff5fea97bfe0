using System.Net;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Configuration;

namespace Sluice.Functions.Tests.Settings;

/// <summary>Microsoft's own client against answers of the shape that Key Vault gives.</summary>
public sealed class KeyVaultTests
{
    [Fact]
    public void Secrets_are_settings_and_win_over_others()
    {
        var settings = Settings(("Sluice:KeyVault", "https://v.vault.azure.net"), ("Data", "old"));

        KeyVaultSettings.AddTo(settings, Open(HttpStatusCode.OK, new() { ["Data"] = "from the vault", ["Llm--ApiKey"] = "key", ["Off"] = null }));

        Assert.Equal("from the vault", settings["Data"]);
        Assert.Equal("key", settings["Llm:ApiKey"]);
        Assert.Null(settings["Off"]);
    }

    [Fact]
    public void Without_an_address_no_vault_is_opened()
    {
        var settings = Settings(("Sluice:KeyVault", ""));

        KeyVaultSettings.AddTo(settings, _ => throw new InvalidOperationException("A vault was opened."));

        Assert.Null(settings["Data"]);
    }

    [Fact]
    public void A_refused_identity_says_which_role_is_needed()
    {
        var error = Assert.Throws<StoreException>(
            () => KeyVaultSettings.AddTo(Settings(("Sluice:KeyVault", "https://v.vault.azure.net")), Open(HttpStatusCode.Forbidden, [])));

        Assert.StartsWith("The Key Vault 'https://v.vault.azure.net/' cannot be read: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Give this identity the role Key Vault Secrets User, check the vault's firewall, or remove the setting.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("myvault")]
    [InlineData("http://myvault.vault.azure.net")]
    public void An_address_that_is_none_is_refused(string address)
    {
        var error = Assert.Throws<StoreException>(() => KeyVaultSettings.AddTo(Settings(("Sluice:KeyVault", address))));

        Assert.Equal(
            $"The setting 'Sluice:KeyVault' cannot be used: found '{address}', expected an address such as 'https://myvault.vault.azure.net'. Correct or remove it.",
            error.Message);
    }

    static ConfigurationManager Settings(params (string Name, string Value)[] values)
    {
        var settings = new ConfigurationManager();
        settings.AddInMemoryCollection(values.ToDictionary(v => v.Name, v => (string?)v.Value));
        return settings;
    }

    // A secret without a value is disabled.
    static Func<Uri, SecretClient> Open(HttpStatusCode status, Dictionary<string, string?> secrets) => vault => new SecretClient(
        vault, new AnyToken(), new SecretClientOptions { Transport = new HttpClientTransport(new Vault(status, secrets)), Retry = { MaxRetries = 0 } });

    sealed class Vault(HttpStatusCode status, Dictionary<string, string?> secrets) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => Answer(request);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Answer(request));

        HttpResponseMessage Answer(HttpRequestMessage request)
        {
            if (request.Headers.Authorization is null)
            {
                var challenge = new HttpResponseMessage(HttpStatusCode.Unauthorized) { RequestMessage = request, Content = new StringContent("") };
                challenge.Headers.Add("WWW-Authenticate", "Bearer authorization=\"https://login.microsoftonline.com/tenant\", resource=\"https://vault.azure.net\"");
                return challenge;
            }

            var path = request.RequestUri!.AbsolutePath.Trim('/').Split('/');
            var json = status != HttpStatusCode.OK ? """{"error":{"code":"Forbidden","message":"The caller may not list."}}"""
                : path.Length == 1 ? $$"""{"value":[{{string.Join(',', secrets.Select(s => Item(s.Key, null, s.Value is not null)))}}]}"""
                : Item(path[1], secrets[path[1]], enabled: true);
            return new HttpResponseMessage(status) { RequestMessage = request, Content = new StringContent(json, Encoding.UTF8, "application/json") };
        }

        static string Item(string name, string? value, bool enabled) =>
            $$"""{"id":"https://v.vault.azure.net/secrets/{{name}}{{(value is null ? "" : "/1")}}","value":"{{value}}","attributes":{"enabled":{{(enabled ? "true" : "false")}} } }""";
    }

    sealed class AnyToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
