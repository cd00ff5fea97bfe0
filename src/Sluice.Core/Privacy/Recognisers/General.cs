using System.Numerics;
using System.Security.Cryptography;

namespace Sluice.Privacy.Recognisers;

/// <summary>What is the same in every country: cards, accounts, addresses of machines, dates, places on a map.</summary>
static class General
{
    const string Month = "(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?)";
    const string DateWords = "date dates dated born birth birthday dob day on since until expires expiry valid due";

    public static IReadOnlyList<Recogniser> All { get; } =
    [
        new("credit_card", null, @"\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,4}", 0.95, IsCard, "card cards credit debit visa mastercard amex discover cc payment pan jcb diners maestro"),
        new("credit_card", null, @"\d{12,19}", 0.95, IsCard, "card cards credit debit visa mastercard amex discover cc payment pan jcb diners maestro"),
        new("credit_card", null, @"3\d{3}[ -]?\d{6}[ -]?\d{4,5}", 0.95, IsCard, "card cards credit debit amex diners cc payment pan"),
        new("iban", null, @"[a-z]{2}\d{2}([ -]?\w{4}){2,7}([ -]?\w{1,3})?", 1, IsIban, "iban bank account swift bic sepa"),
        new("swift_bic", null, @"(?-i)[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?", 0.1, IsBic, "swift bic iban bank"),
        new("crypto", null, "(?-i)[13][1-9A-HJ-NP-Za-km-z]{25,34}", 1, null, "wallet btc bitcoin crypto address", Whole: IsBase58Check),
        new("crypto", null, "(?-i)(bc1|BC1|tb1)[02-9ac-hj-np-zAC-HJ-NP-Z]{8,87}", 1, null, "wallet btc bitcoin crypto address", Whole: IsBech32),
        new("crypto", null, "0x[0-9a-f]{40}", 0.9, null, "wallet eth ethereum crypto address"),
        new("imei", null, @"\d{2}[ -]?\d{6}[ -]?\d{6}[ -]?\d", 0.3, Checksums.Luhn, "imei device handset phone serial"),
        new("vin", null, @"[a-hj-npr-z0-9]{17}", 0.9, IsVin, "vin vehicle chassis car"),
        new("mac", null, "[0-9a-f]{2}(:[0-9a-f]{2}){5}|[0-9a-f]{2}(-[0-9a-f]{2}){5}|[0-9a-f]{4}.[0-9a-f]{4}.[0-9a-f]{4}", 0.9, IsMac, "mac hardware ethernet wifi device bssid"),
        new("ip_address", null, @"\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?", 0.6, null, "ip ipv4 host server address login network gateway dns", true, IsAddress),
        new("coordinates", null, @"\d{1,2}\.\d{4,9} ?, ?-?\d{1,3}\.\d{4,9}", 0.6, null, "lat lon latitude longitude gps coordinates location position"),
        new("date", null, @"\d{4}[-/.](0?[1-9]|1[0-2])[-/.](0?[1-9]|[12]\d|3[01])([t ]\d{2}:\d{2}(:\d{2}(.\d{1,9})?)?(z|[+-]\d{2}:?\d{2})?)?", 0.6, null, DateWords, true),
        new("date", null, @"(0?[1-9]|[12]\d|3[01])[-/.](0?[1-9]|[12]\d|3[01])[-/.](\d{4}|\d{2})", 0.6, null, DateWords, true),
        new("date", null, $@"(0?[1-9]|[12]\d|3[01])(st|nd|rd|th)?[ -]?( ?of )?{Month}\.?,?[ -]?'?(\d{{4}}|\d{{2}})?", 0.6, null, DateWords, true),
        new("date", null, $@"{Month}\.?[ -](0?[1-9]|[12]\d|3[01])(st|nd|rd|th)?(,? ?\d{{4}})?", 0.6, null, DateWords, true),
        new("date", null, $@"{Month}\.?,?[ -/]'?\d{{4}}", 0.6, null, DateWords, true),
        new("date", null, @"(0?[1-9]|1[0-2])/(19|20)\d{2}", 0.5, null, DateWords, true),
        new("medical_record_number", null, @"[a-z]{0,3}-?\d{5,10}", 0.05, HasDigits, "mrn medical record patient chart"),
        new("health_plan_number", null, @"[a-z]{0,4}-?\d{6,14}", 0.05, HasDigits, "plan beneficiary insurance policy member subscriber"),
    ];

    // ISO/IEC 7812 prefixes of the networks; Luhn.
    internal static bool IsCard(ReadOnlySpan<byte> digits) =>
        digits.Length is >= 12 and <= 19 && digits[0] is >= (byte)'2' and <= (byte)'6' && !Checksums.AllSame(digits) && Checksums.Luhn(digits)
        && (digits[0], digits.Length) switch
        {
            ((byte)'2', var n) => n == 16 && digits[1] is >= (byte)'2' and <= (byte)'7',
            ((byte)'3', var n) => digits[1] is (byte)'0' or (byte)'4' or (byte)'5' or (byte)'6' or (byte)'7' or (byte)'8' or (byte)'9' && n is >= 14 and <= 19,
            ((byte)'4', var n) => n is 13 or 16 or 19,
            (_, var n) => n is >= 12,
        };

    // ISO 13616: length by country, MOD 97-10.
    static readonly Dictionary<string, int> ibanLengths = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SD18 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
        .Split(' ').ToDictionary(entry => entry[..2], entry => int.Parse(entry[2..]), StringComparer.Ordinal);

    internal static bool IsIban(ReadOnlySpan<byte> text)
    {
        Span<byte> turned = stackalloc byte[40];
        if (text.Length is < 15 or > 34 || !ibanLengths.TryGetValue($"{(char)text[0]}{(char)text[1]}", out var length) || length != text.Length)
        {
            return false;
        }

        text[4..].CopyTo(turned);
        text[..4].CopyTo(turned[(text.Length - 4)..]);
        return Checksums.Mod97(turned[..text.Length]) == 1;
    }

    internal static bool IsBic(ReadOnlySpan<byte> text) => Countries.IsCode(text[4], text[5]);

    // Outside of North America position 9 is free, and context must say what it is.
    static bool IsVin(ReadOnlySpan<byte> text) => !Checksums.AllSame(text) && Checksums.Vin(text) && text.IndexOfAnyInRange((byte)'A', (byte)'Z') >= 0;

    // Neither nobody nor everybody.
    internal static bool IsMac(ReadOnlySpan<byte> text) => !Checksums.AllSame(text) || text[0] is not ((byte)'0' or (byte)'F');

    // Octets up to 255, no leading zeros, a network of at most 32 bits.
    internal static bool IsAddress(ReadOnlySpan<byte> text)
    {
        var slash = text.IndexOf((byte)'/');
        if (slash >= 0 && int.Parse(text[(slash + 1)..]) > 32)
        {
            return false;
        }

        foreach (var part in (slash < 0 ? text : text[..slash]).Split((byte)'.'))
        {
            var octet = text[part];
            if (octet.Length > 3 || int.Parse(octet) > 255 || (octet.Length > 1 && octet[0] == '0'))
            {
                return false;
            }
        }

        return true;
    }

    static bool HasDigits(ReadOnlySpan<byte> text) => !Checksums.AllSame(text);

    /// <summary>Base58Check: the last four bytes are those of SHA-256 twice.</summary>
    internal static bool IsBase58Check(ReadOnlySpan<byte> text)
    {
        const string alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        var number = BigInteger.Zero;
        foreach (var letter in text)
        {
            var at = alphabet.IndexOf((char)letter, StringComparison.Ordinal);
            number = at < 0 ? -1 : (number * 58) + at;
            if (number < 0)
            {
                return false;
            }
        }

        Span<byte> whole = stackalloc byte[25];
        if (number.GetByteCount(isUnsigned: true) > whole.Length)
        {
            return false;
        }

        whole.Clear();
        number.TryWriteBytes(whole[(25 - number.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(whole[..21], hash);
        SHA256.HashData(hash, hash);
        return hash[..4].SequenceEqual(whole[21..]);
    }

    /// <summary>BIP 173 and 350: the checksum of segwit addresses.</summary>
    internal static bool IsBech32(ReadOnlySpan<byte> text)
    {
        const string alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
        uint check = 1;
        foreach (var value in (ReadOnlySpan<int>)[(text[0] | 0x20) >> 5, (text[1] | 0x20) >> 5, 0, text[0] & 31, text[1] & 31])
        {
            check = Step(check, (uint)value);
        }

        foreach (var letter in text[3..])
        {
            var at = alphabet.IndexOf((char)(letter | 0x20), StringComparison.Ordinal);
            at = Bytes.IsDigit(letter) ? alphabet.IndexOf((char)letter, StringComparison.Ordinal) : at;
            if (at < 0)
            {
                return false;
            }

            check = Step(check, (uint)at);
        }

        return check is 1 or 0x2BC830A3;

        static uint Step(uint check, uint value)
        {
            ReadOnlySpan<uint> generators = [0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3];
            var top = check >> 25;
            check = ((check & 0x1FFFFFF) << 5) ^ value;
            for (var i = 0; i < 5; i++)
            {
                check ^= (top >> i & 1) == 1 ? generators[i] : 0;
            }

            return check;
        }
    }
}
