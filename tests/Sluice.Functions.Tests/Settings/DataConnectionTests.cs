using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Sluice.Functions.Storage;

namespace Sluice.Functions.Tests.Settings;

public sealed class DataConnectionTests
{
    [Fact]
    public void A_connection_string_wins_and_needs_no_identity()
    {
        var connection = Of(("Data", "UseDevelopmentStorage=true"), ("Data:blobServiceUri", "https://a.blob.core.windows.net"));

        Assert.Equal(new DataConnection("UseDevelopmentStorage=true", null, null, null), connection);
        Assert.Equal("UseDevelopmentStorage=true", Of(("ConnectionStrings:Data", "UseDevelopmentStorage=true")).ConnectionString);
    }

    [Fact]
    public void An_identity_opens_the_two_services_of_an_account()
    {
        var named = Of(("Data:accountName", "a"));
        var addressed = Of(
            ("Data:blobServiceUri", "https://a.blob.core.windows.net"), ("Data:tableServiceUri", "https://a.table.core.windows.net"),
            ("Data:credential", "managedidentity"), ("Data:clientId", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"));

        Assert.Equal((named.Blobs, named.Tables), (addressed.Blobs, addressed.Tables));
        Assert.IsType<DefaultAzureCredential>(named.Credential);
        Assert.IsType<ManagedIdentityCredential>(addressed.Credential);
        Assert.Equal(
            "container \"https://a.blob.core.windows.net/c-1\"", BlobStore.At(addressed, "c-1", null!).Location);
        Assert.Equal("table \"https://a.table.core.windows.net/t1\"", TableLedger.At(addressed, "t1").Location);
    }

    [Theory]
    [InlineData("Data:tableServiceUri", "https://a.table.core.windows.net", "found no setting 'Data__blobServiceUri'")]
    [InlineData("Data:blobServiceUri", "https://a.blob.core.windows.net", "found no setting 'Data__tableServiceUri'")]
    [InlineData("Data:blobServiceUri", "http://a.blob.core.windows.net", "The setting 'Data__blobServiceUri' cannot be used: found 'http://a.blob.core.windows.net'")]
    [InlineData("Data:credential", "password", "The setting 'Data__credential' cannot be used: found 'password', expected 'managedidentity'")]
    public void Half_an_account_is_refused(string name, string value, string expected) =>
        Assert.Contains(expected, Assert.Throws<StoreException>(() => Of((name, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_connection_string_that_is_none_is_refused_without_being_shown()
    {
        var connection = Of(("Data", "AccountKey=c2VjcmV0"));
        const string expected = "The setting 'Data' is no connection string of a storage account";

        foreach (var open in new Action[] { () => BlobStore.At(connection, "c-1", null!), () => TableLedger.At(connection, "t1") })
        {
            var message = Assert.Throws<StoreException>(open).ToString();
            Assert.Contains(expected, message, StringComparison.Ordinal);
            Assert.DoesNotContain("c2VjcmV0", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("ClientId=3f2504e0-4f89-11d3-9a0c-0305e82c3301;Authorization=AAD", true)]
    [InlineData("authorization=aad", true)]
    [InlineData("ClientId=3f2504e0-4f89-11d3-9a0c-0305e82c3301", false)]
    [InlineData(null, false)]
    public void Telemetry_is_sent_with_an_identity_only_when_the_setting_says_so(string? setting, bool expected) =>
        Assert.Equal(expected, AzureCredential.ForTelemetry(setting) is ManagedIdentityCredential);

    static DataConnection Of(params (string Name, string Value)[] values) =>
        DataConnection.Of(new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(v => v.Name, v => (string?)v.Value)).Build());
}
