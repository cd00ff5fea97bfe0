namespace Sluice.Privacy;

/// <summary>Check digits as their standards define them, over capitals and digits without separators.</summary>
static class Checksums
{
    public static int Digit(byte value) => value - '0';

    /// <summary>ISO/IEC 7812-1 (Luhn).</summary>
    public static bool Luhn(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = Digit(digits[^(i + 1)]) << (i & 1);
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0 && digits.Length > 0;
    }

    /// <summary>Σ weight × digit over as many digits as there are weights.</summary>
    public static int Weighted(ReadOnlySpan<byte> digits, ReadOnlySpan<int> weights)
    {
        var sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += Digit(digits[i]) * weights[i];
        }

        return sum;
    }

    /// <summary>ISO/IEC 7064 MOD 97-10 of text whose letters count as 10 to 35.</summary>
    public static int Mod97(ReadOnlySpan<byte> text)
    {
        var rest = 0;
        foreach (var value in text)
        {
            rest = Bytes.IsDigit(value) ? ((rest * 10) + Digit(value)) % 97 : ((rest * 100) + value - 'A' + 10) % 97;
        }

        return rest;
    }

    /// <summary>ISO/IEC 7064 MOD 11,10, the last digit being the check digit.</summary>
    public static bool Mod11And10(ReadOnlySpan<byte> digits)
    {
        var product = 10;
        foreach (var value in digits[..^1])
        {
            var sum = (Digit(value) + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        return (11 - product) % 10 == Digit(digits[^1]);
    }

    static readonly byte[,] dihedral =
    {
        { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, { 1, 2, 3, 4, 0, 6, 7, 8, 9, 5 }, { 2, 3, 4, 0, 1, 7, 8, 9, 5, 6 }, { 3, 4, 0, 1, 2, 8, 9, 5, 6, 7 },
        { 4, 0, 1, 2, 3, 9, 5, 6, 7, 8 }, { 5, 9, 8, 7, 6, 0, 4, 3, 2, 1 }, { 6, 5, 9, 8, 7, 1, 0, 4, 3, 2 }, { 7, 6, 5, 9, 8, 2, 1, 0, 4, 3 },
        { 8, 7, 6, 5, 9, 3, 2, 1, 0, 4 }, { 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 },
    };

    static readonly byte[] permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

    /// <summary>Verhoeff 1969: the dihedral group of order 10.</summary>
    public static bool Verhoeff(ReadOnlySpan<byte> digits)
    {
        var check = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = Digit(digits[^(i + 1)]);
            for (var turn = i % 8; turn > 0; turn--)
            {
                digit = permutation[digit];
            }

            check = dihedral[check, digit];
        }

        return check == 0;
    }

    /// <summary>ICAO 9303: weights 7, 3, 1; letters count as 10 to 35; the last character is the check digit.</summary>
    public static bool Icao(ReadOnlySpan<byte> text)
    {
        var sum = 0;
        for (var i = 0; i < text.Length - 1; i++)
        {
            sum += (Bytes.IsDigit(text[i]) ? Digit(text[i]) : text[i] - 'A' + 10) * (i % 3) switch { 0 => 7, 1 => 3, _ => 1 };
        }

        return Bytes.IsDigit(text[^1]) && sum % 10 == Digit(text[^1]);
    }

    /// <summary>ISO 3779 with the check digit that North America asks for, at position 9 of 17.</summary>
    public static bool Vin(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<int> weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
        ReadOnlySpan<byte> values = "12345678012345070923456789"u8;
        var sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * (Bytes.IsDigit(text[i]) ? Digit(text[i]) : values[text[i] - 'A'] - '0');
        }

        return text[8] == (sum % 11 == 10 ? 'X' : '0' + (sum % 11));
    }

    /// <summary>GS1: EAN-8, UPC-A, EAN-13, GTIN-14; weights 1 and 3 from the right.</summary>
    public static bool Gtin(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            sum += Digit(digits[^(i + 1)]) * ((i & 1) == 0 ? 1 : 3);
        }

        return sum % 10 == 0 && !AllSame(digits);
    }

    /// <summary>ISO 2108 and ISO 3297: weights from the length down to 1, modulo 11, X for ten. ISBN-10, ISSN.</summary>
    public static bool Modulo11(ReadOnlySpan<byte> text)
    {
        var sum = 0;
        for (var i = 0; i < text.Length; i++)
        {
            sum += (text.Length - i) * (text[i] == 'X' ? 10 : Digit(text[i]));
        }

        return sum % 11 == 0;
    }

    /// <summary>ISO/IEC 7064 MOD 11-2, the last character being the check digit: ORCID, ISNI.</summary>
    public static bool Mod11And2(ReadOnlySpan<byte> text)
    {
        var total = 0;
        foreach (var value in text[..^1])
        {
            total = (total + Digit(value)) * 2;
        }

        var check = (12 - (total % 11)) % 11;
        return text[^1] == (check == 10 ? 'X' : '0' + check);
    }

    public static bool AllSame(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(text[0]) < 0;

    /// <summary>Whether digits are a day of a month, in any year.</summary>
    public static bool IsDay(int month, int day) => month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(2024, month);

    /// <summary>The number that two digits make.</summary>
    public static int Two(ReadOnlySpan<byte> digits, int at) => (Digit(digits[at]) * 10) + Digit(digits[at + 1]);
}
