using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Privacy;

/// <summary>
/// Encryption of values in place: AES-256-GCM with a synthetic nonce, the HMAC of kind and value under a key of its own. So equal values stay
/// equal, runs repeat to the byte, and a nonce is never used for two values. What shows is equality and length.
/// </summary>
public sealed class PiiCipher(PiiKey key) : IDisposable
{
    const int NonceBytes = 12, TagBytes = 16;

    /// <summary>What encrypted values start with.</summary>
    public static ReadOnlySpan<byte> Mark => "enc1:"u8;

    readonly AesGcm cipher = new(key.Derive("encrypt"), TagBytes);
    readonly byte[] nonceKey = key.Derive("nonce");

    public byte[] Encrypt(string entity, ReadOnlySpan<byte> value)
    {
        var kind = Encoding.UTF8.GetBytes(entity);
        Span<byte> nonce = stackalloc byte[32];
        HMACSHA256.HashData(nonceKey, (byte[])[.. kind, 0, .. value], nonce);
        var sealedValue = new byte[NonceBytes + TagBytes + value.Length];
        nonce[..NonceBytes].CopyTo(sealedValue);
        cipher.Encrypt(nonce[..NonceBytes], value, sealedValue.AsSpan(NonceBytes + TagBytes), sealedValue.AsSpan(NonceBytes, TagBytes), kind);
        return [.. Mark, .. kind, (byte)':', .. Base64Url.EncodeToUtf8(sealedValue), (byte)';'];
    }

    /// <summary>The value back; false when this is none that this key encrypted, or someone changed it.</summary>
    /// <param name="text">From the mark on.</param>
    /// <param name="value">The value.</param>
    /// <param name="length">Bytes of <paramref name="text"/> that it took.</param>
    public bool TryDecrypt(ReadOnlySpan<byte> text, out byte[] value, out int length)
    {
        (value, length) = ([], 0);
        if (!text.StartsWith(Mark) || text.IndexOf((byte)';') is var end && end < 0 || text[Mark.Length..end].IndexOf((byte)':') is var colon && colon < 0)
        {
            return false;
        }

        var kind = text.Slice(Mark.Length, colon);
        var encoded = text[(Mark.Length + colon + 1)..end];
        var sealedValue = new byte[Base64Url.GetMaxDecodedLength(encoded.Length)];
        if (Base64Url.DecodeFromUtf8(encoded, sealedValue, out _, out var written) != System.Buffers.OperationStatus.Done || written < NonceBytes + TagBytes)
        {
            return false;
        }

        var opened = new byte[written - NonceBytes - TagBytes];
        try
        {
            var all = sealedValue.AsSpan(0, written);
            cipher.Decrypt(all[..NonceBytes], all[(NonceBytes + TagBytes)..], all.Slice(NonceBytes, TagBytes), opened, kind);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        (value, length) = (opened, end + 1);
        return true;
    }

    public void Dispose() => cipher.Dispose();
}
