using System.Security.Cryptography;
using System.Text;

namespace Sluice.Embedded.Durable;

/// <summary>UUID version 5 (RFC 9562, 5.5) in the namespace of Durable Task for .NET; it decides the ids of sub-orchestrations.</summary>
static class NameGuid
{
    static readonly Guid durableTask = new("9e952958-5e33-4daf-827f-2fa12937b875");

    public static Guid Create(string name)
    {
        var text = Encoding.UTF8.GetBytes(name);
        var input = new byte[16 + text.Length];
        durableTask.TryWriteBytes(input, bigEndian: true, out _);
        text.CopyTo(input, 16);

        // CA5350: RFC 9562 prescribes SHA-1 for version 5; nothing is protected by it.
#pragma warning disable CA5350
        var hash = SHA1.HashData(input);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new(hash.AsSpan(0, 16), bigEndian: true);
    }
}
