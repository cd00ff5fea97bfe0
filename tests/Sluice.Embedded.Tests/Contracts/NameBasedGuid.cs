using System.Security.Cryptography;
using System.Text;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>The published formula of TaskOrchestrationContext.NewGuid: version 5 in Durable Task's namespace.</summary>
static class NameBasedGuid
{
    public static Guid Of(string name)
    {
        byte[] input = [.. Convert.FromHexString("9e9529585e334daf827f2fa12937b875"), .. Encoding.UTF8.GetBytes(name)];

        // CA5350: RFC 9562 prescribes SHA-1 for version 5; nothing is protected by it.
#pragma warning disable CA5350
        var hex = Convert.ToHexStringLower(SHA1.HashData(input))[..32].ToCharArray();
#pragma warning restore CA5350
        hex[12] = '5';
        hex[16] = "89ab"[Convert.ToInt32(hex[16].ToString(), 16) & 3];
        return Guid.Parse(new string(hex));
    }
}
