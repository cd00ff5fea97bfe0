namespace Sluice.SchemaDetection;

/// <summary>Check digits: what tells a real number from digits of the same length.</summary>
static class Checksums
{
    /// <summary>ISO/IEC 7812-1 (Luhn): payment cards, IMEI.</summary>
    public static bool Luhn(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            digit *= (i & 1) == 0 ? 1 : 2;
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0 && digits.AsSpan().ContainsAnyExcept('0');
    }

    /// <summary>ISO 7064 MOD 97-10 over letters as 10 to 35: IBAN, with its first four characters moved to the end.</summary>
    public static bool Iban(string text)
    {
        var rest = 0;
        foreach (var c in string.Concat(text.AsSpan(4), text.AsSpan(0, 4)))
        {
            var value = char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
            rest = ((rest * (value > 9 ? 100 : 10)) + value) % 97;
        }

        return rest == 1;
    }

    /// <summary>GS1: EAN-8, UPC-A, EAN-13, GTIN-14; weights 3 and 1 from the right.</summary>
    public static bool Gtin(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            sum += (digits[^(i + 1)] - '0') * ((i & 1) == 0 ? 1 : 3);
        }

        return sum % 10 == 0 && digits.AsSpan().ContainsAnyExcept('0');
    }

    /// <summary>ISO 2108 and ISO 3297: weights from the length down to 1, modulo 11, X for ten. ISBN-10, ISSN.</summary>
    public static bool Modulo11(string text)
    {
        var sum = 0;
        for (var i = 0; i < text.Length; i++)
        {
            sum += (text.Length - i) * ((text[i] | 0x20) == 'x' ? 10 : text[i] - '0');
        }

        return sum % 11 == 0;
    }

    /// <summary>ISO 7064 MOD 11-2: ORCID, ISNI.</summary>
    public static bool Orcid(string text)
    {
        var total = 0;
        foreach (var c in text.AsSpan(0, text.Length - 1))
        {
            total = (total + c - '0') * 2;
        }

        var check = (12 - (total % 11)) % 11;
        return text[^1] == (check == 10 ? 'X' : (char)('0' + check));
    }

    /// <summary>ISO 3779 with the check digit that North America asks for, at position 9.</summary>
    public static bool Vin(string text)
    {
        const string Values = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
        ReadOnlySpan<int> weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
        var sum = 0;
        for (var i = 0; i < text.Length; i++)
        {
            sum += Values.IndexOf(text[i], StringComparison.Ordinal) % 10 * weights[i];
        }

        return text[8] == (sum % 11 == 10 ? 'X' : (char)('0' + (sum % 11)));
    }
}
