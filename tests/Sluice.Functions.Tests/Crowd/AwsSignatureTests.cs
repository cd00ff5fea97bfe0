using System.Text;
using Sluice.Functions.Crowd;

namespace Sluice.Functions.Tests.Crowd;

/// <summary>Signatures of AWS's published test suite for Signature Version 4.</summary>
public sealed class AwsSignatureTests
{
    [Theory]
    [InlineData("GET", "", "", "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("POST", "", "", "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("POST", "Content-Type", "application/x-www-form-urlencoded", "Param1=value1", "content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")]
    [InlineData("GET", "My-Header1", "value2,value2,value1", "", "host;my-header1;x-amz-date", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea")]
    public void Are_those_of_the_published_suite(string method, string header, string value, string body, string names, string signature)
    {
        var headers = new Dictionary<string, string> { ["Host"] = "example.amazonaws.com", ["X-Amz-Date"] = "20150830T123600Z" };
        if (header.Length > 0)
        {
            headers[header] = value;
        }

        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={names}, Signature={signature}",
            AwsSignature.Authorization(method, "/", headers, Encoding.UTF8.GetBytes(body), "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"));
    }

    [Fact]
    public void Runs_of_spaces_in_a_header_count_as_one()
    {
        var headers = new Dictionary<string, string>
        {
            ["Host"] = "example.amazonaws.com",
            ["My-Header1"] = " value1",
            ["My-Header2"] = " \"a   b   c\"",
            ["X-Amz-Date"] = "20150830T123600Z",
        };

        Assert.EndsWith(
            "Signature=acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
            AwsSignature.Authorization("GET", "/", headers, [], "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"));
    }

    [Fact]
    public void Times_have_no_fractions() => Assert.Equal("20150830T123600Z", AwsSignature.Time(new DateTimeOffset(2015, 8, 30, 14, 36, 0, 700, TimeSpan.FromHours(2))));
}
