using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Sluice.Privacy.Names;

namespace Sluice.Privacy;

/// <summary>
/// Made-up values of the same form, the same for the same value under one key: digits for digits, letters for letters, separators kept; a card
/// still fits its check digit, an e-mail address is at a domain that RFC 2606 keeps for examples, a person has a common name. Not reversible.
/// </summary>
sealed class Surrogates(PiiKey key)
{
    static readonly string[] given = Names(Lexicon.PlainGivenNames), surnames = Names(Lexicon.PlainSurnames);

    readonly byte[] secret = key.Derive("surrogate");

    public byte[] Of(string entity, ReadOnlySpan<byte> value)
    {
        var random = new Stream(secret, entity, value);
        switch (entity)
        {
            case "person":
                var words = value.Count((byte)' ') + 1;
                var name = words == 1 ? surnames[random.Next(surnames.Length)] : $"{given[random.Next(given.Length)]} {surnames[random.Next(surnames.Length)]}";
                return Encoding.UTF8.GetBytes(name);
            case "email":
                return Encoding.UTF8.GetBytes($"user{random.Next(100_000_000):D8}@example.com");
            case "ip_address" when !value.Contains((byte)':'):
                // TEST-NET-1 to 3 (RFC 5737) and the private block of 2^24 addresses.
                return Encoding.UTF8.GetBytes($"10.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}");
            default:
                var made = Characters(value, ref random);
                if (entity == "credit_card")
                {
                    made[0] = value[0];
                    FitLuhn(made);
                }

                return made;
        }
    }

    static byte[] Characters(ReadOnlySpan<byte> value, ref Stream random)
    {
        var made = value.ToArray();
        for (var i = 0; i < made.Length; i++)
        {
            made[i] = Bytes.IsDigit(made[i]) ? (byte)('0' + random.Next(10))
                : Bytes.IsUpper(made[i]) ? (byte)('A' + random.Next(26))
                : Bytes.IsLetter(made[i]) ? (byte)('a' + random.Next(26))
                : made[i];
        }

        return made;
    }

    // One of ten values of the last digit fits.
    static void FitLuhn(byte[] card)
    {
        var last = card.AsSpan().LastIndexOfAnyInRange((byte)'0', (byte)'9');
        Span<byte> buffer = stackalloc byte[64];
        for (var digit = (byte)'0'; digit <= '9'; digit++)
        {
            card[last] = digit;
            if (Checksums.Luhn(Bytes.Compact(card, buffer)))
            {
                return;
            }
        }
    }

    static string[] Names(string list) =>
        [.. list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(name => name.Length > 2 && char.IsAsciiLetter(name[0])).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).Select(name => char.ToUpperInvariant(name[0]) + name[1..])];

    /// <summary>As many numbers as are wanted, from HMAC-SHA256 in counter mode over the value.</summary>
    ref struct Stream(byte[] secret, string entity, ReadOnlySpan<byte> value)
    {
        readonly byte[] seed = HMACSHA256.HashData(secret, (byte[])[.. Encoding.UTF8.GetBytes(entity), 0, .. value]);
        byte[] block = [];
        int used, count;

        /// <summary>A number below a limit. The bias of the remainder, below 2^-32 times the limit, does not matter to made-up values.</summary>
        public int Next(int limit)
        {
            if (used + 4 > block.Length)
            {
                Span<byte> counter = stackalloc byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(counter, count++);
                block = HMACSHA256.HashData(seed, counter);
                used = 0;
            }

            var number = BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(used));
            used += 4;
            return (int)(number % (uint)limit);
        }
    }
}
