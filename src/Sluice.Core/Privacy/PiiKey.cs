using System.Security.Cryptography;
using System.Text;

namespace Sluice.Privacy;

/// <summary>
/// The secret that hashes, pseudonyms, surrogates and encryption are keyed with. Options name where it is, never what it is: a pipeline is stored
/// with every version that it makes. Each use has its own key, derived by HKDF (RFC 5869).
/// </summary>
public sealed class PiiKey
{
    public const int MinBytes = 16;

    readonly byte[] secret;

    PiiKey(byte[] secret)
    {
        this.secret = secret;
        Check = Convert.ToHexStringLower(Derive("check").AsSpan(0, 8));
    }

    /// <summary>Tells keys apart without telling anything of them; part of what was fitted, so that another key gives another result.</summary>
    public string Check { get; }

    /// <summary>Why the reference is none, as one sentence; null when it is one. Never repeats it: it may be the secret itself.</summary>
    public static string? Problem(string reference)
    {
        return (reference.StartsWith("env:", StringComparison.Ordinal) && reference.Length > 4) || (reference.StartsWith("file:", StringComparison.Ordinal) && reference.Length > 5)
            ? null
            : "The key is not a reference. Write env:NAME for an environment variable or file:PATH for a file that holds it, and not the key itself: a pipeline "
                + "is stored with every version it makes. If this was a key, make a new one.";
    }

    /// <exception cref="DataException">It is not there, or too short. The message never holds the key.</exception>
    public static PiiKey Read(string reference)
    {
        if (Problem(reference) is { } problem)
        {
            throw new DataException(problem);
        }

        var name = reference[(reference.IndexOf(':') + 1)..];
        byte[] secret;
        if (reference.StartsWith("env:", StringComparison.Ordinal))
        {
            secret = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable(name) ?? "");
        }
        else
        {
            try
            {
                secret = Encoding.UTF8.GetBytes(File.ReadAllText(name).Trim());
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new DataException($"The key file '{name}' cannot be read: {error.GetType().Name}. Give its path, and permission to read it.", error);
            }
        }

        return secret.Length >= MinBytes
            ? new PiiKey(secret)
            : throw new DataException($"The key in '{reference}' has {secret.Length} bytes; expected at least {MinBytes}. Set it, for example to the output of: openssl rand -hex 32");
    }

    /// <summary>From the bytes themselves, for callers that keep keys in a vault.</summary>
    public static PiiKey Of(byte[] secret) =>
        secret.Length >= MinBytes ? new PiiKey([.. secret]) : throw new DataException($"The key has {secret.Length} bytes; expected at least {MinBytes}.");

    /// <summary>A key of 32 bytes for one use.</summary>
    internal byte[] Derive(string use) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: Encoding.UTF8.GetBytes("sluice.pii." + use));
}
