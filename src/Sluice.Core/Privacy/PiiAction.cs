namespace Sluice.Privacy;

/// <summary>What happens to personal data that was found.</summary>
public enum PiiAction
{
    /// <summary>Nothing; there is evidence of it.</summary>
    Flag,

    /// <summary>Letters and digits become <c>*</c>; of a card the first six and last four digits stay, as PCI DSS 3.4 allows.</summary>
    Mask,

    /// <summary>It is taken out of the text; a cell that held nothing else becomes missing.</summary>
    Remove,

    /// <summary>Its kind stands in its place: <c>&lt;EMAIL&gt;</c>.</summary>
    Redact,

    /// <summary>32 hexadecimal digits of its HMAC-SHA256 under <c>key</c>: equal values stay equal, guesses cannot be tried without the key.</summary>
    Hash,

    /// <summary>AES-256-GCM under <c>key</c>, deterministic; <c>pii_decrypt</c> gives it back.</summary>
    Encrypt,

    /// <summary>A short name, the same for the same value under one key, in every column, run and dataset: <c>PERSON_7f3a9c21b4e0</c>.</summary>
    Pseudonym,

    /// <summary>A made-up value of the same form, the same for the same value under one key.</summary>
    Surrogate,
}

/// <summary>Does it.</summary>
sealed class PiiActions(PiiKey? key) : IDisposable
{
    readonly byte[] hashKey = key?.Derive("hash") ?? [];
    readonly byte[] nameKey = key?.Derive("pseudonym") ?? [];
    readonly Surrogates? surrogates = key is null ? null : new(key);
    readonly PiiCipher? cipher = key is null ? null : new(key);

    public static bool NeedsKey(PiiAction action) => action is PiiAction.Hash or PiiAction.Encrypt or PiiAction.Pseudonym or PiiAction.Surrogate;

    public void Write(PiiAction action, string entity, ReadOnlySpan<byte> value, PooledText into)
    {
        switch (action)
        {
            case PiiAction.Mask:
                Mask(entity, value, into);
                break;
            case PiiAction.Remove:
                break;
            case PiiAction.Redact:
                into.Append($"<{entity.ToUpperInvariant()}>");
                break;
            case PiiAction.Hash:
                into.Append(Convert.ToHexStringLower(Mac(hashKey, value).AsSpan(0, 16)));
                break;
            case PiiAction.Pseudonym:
                into.Append($"{entity.ToUpperInvariant()}_{Convert.ToHexStringLower(Mac(nameKey, value).AsSpan(0, 6))}");
                break;
            case PiiAction.Encrypt:
                into.Append(cipher!.Encrypt(entity, value));
                break;
            case PiiAction.Surrogate:
                into.Append(surrogates!.Of(entity, value));
                break;
            default:
                into.Append(value);
                break;
        }
    }

    // Case and surrounding space do not make another person.
    static byte[] Mac(byte[] secret, ReadOnlySpan<byte> value)
    {
        var text = System.Text.Encoding.UTF8.GetString(value).Trim().ToLowerInvariant();
        return System.Security.Cryptography.HMACSHA256.HashData(secret, System.Text.Encoding.UTF8.GetBytes(text));
    }

    static void Mask(string entity, ReadOnlySpan<byte> value, PooledText into)
    {
        var digits = 0;
        foreach (var letter in value)
        {
            digits += Bytes.IsDigit(letter) ? 1 : 0;
        }

        var seen = 0;
        foreach (var letter in value)
        {
            seen += Bytes.IsDigit(letter) ? 1 : 0;
            var kept = !Bytes.InWord(letter) || (entity == "credit_card" && digits >= 13 && Bytes.IsDigit(letter) && (seen <= 6 || seen > digits - 4));

            // One star for each character, of which only the first byte counts.
            if ((letter & 0xC0) != 0x80)
            {
                into.Append([kept ? letter : (byte)'*']);
            }
        }
    }

    public void Dispose() => cipher?.Dispose();
}

/// <summary>Bytes that grow, used again for every cell.</summary>
sealed class PooledText
{
    byte[] bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Append(ReadOnlySpan<byte> more)
    {
        if (Length + more.Length > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Length + more.Length));
        }

        more.CopyTo(bytes.AsSpan(Length));
        Length += more.Length;
    }

    public void Append(string ascii) => Append(System.Text.Encoding.ASCII.GetBytes(ascii));
}
