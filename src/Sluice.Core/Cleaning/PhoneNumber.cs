namespace Sluice.Cleaning;

/// <summary>
/// Telephone numbers as ITU-T E.164 writes them: <c>+</c>, country code, national number, at most 15 digits. Lengths and the digit dialled before
/// national numbers are those of each country's numbering plan; whether a number is assigned to anybody is not known.
/// </summary>
static class PhoneNumber
{
    const int MaxDigits = 15, LeastDigits = 7;

    /// <param name="Code">Country code.</param>
    /// <param name="Trunk">Dialled before national numbers inside the country; empty: nothing.</param>
    /// <param name="Least">Fewest digits of a national number.</param>
    /// <param name="Most">Most digits of it.</param>
    /// <param name="Abroad">Dialled before a country code inside the country.</param>
    public sealed record Plan(string Code, string Trunk, int Least, int Most, string Abroad = "00");

    public static IReadOnlyDictionary<string, Plan> Plans { get; } = new SortedDictionary<string, Plan>(StringComparer.Ordinal)
    {
        ["AE"] = new("971", "0", 8, 9),
        ["AR"] = new("54", "0", 10, 11),
        ["AT"] = new("43", "0", 4, 13),
        ["AU"] = new("61", "0", 9, 9, "0011"),
        ["BE"] = new("32", "0", 8, 9),
        ["BR"] = new("55", "0", 10, 11),
        ["CA"] = new("1", "1", 10, 10, "011"),
        ["CH"] = new("41", "0", 9, 9),
        ["CN"] = new("86", "0", 9, 11),
        ["CZ"] = new("420", "", 9, 9),
        ["DE"] = new("49", "0", 6, 13),
        ["DK"] = new("45", "", 8, 8),
        ["ES"] = new("34", "", 9, 9),
        ["FI"] = new("358", "0", 5, 12),
        ["FR"] = new("33", "0", 9, 9),
        ["GB"] = new("44", "0", 9, 10),
        ["GR"] = new("30", "", 10, 10),
        ["HU"] = new("36", "06", 8, 9),
        ["IE"] = new("353", "0", 7, 9),
        ["IL"] = new("972", "0", 8, 9),
        ["IN"] = new("91", "0", 10, 10),
        ["IT"] = new("39", "", 6, 11),
        ["JP"] = new("81", "0", 9, 10, "010"),
        ["KR"] = new("82", "0", 8, 10),
        ["MX"] = new("52", "", 10, 10),
        ["NL"] = new("31", "0", 9, 9),
        ["NO"] = new("47", "", 8, 8),
        ["NZ"] = new("64", "0", 8, 10),
        ["PL"] = new("48", "", 9, 9),
        ["PT"] = new("351", "", 9, 9),
        ["RO"] = new("40", "0", 9, 9),
        ["SE"] = new("46", "0", 7, 9),
        ["SG"] = new("65", "", 8, 8),
        ["SK"] = new("421", "0", 9, 9),
        ["TR"] = new("90", "0", 10, 10),
        ["US"] = new("1", "1", 10, 10, "011"),
        ["ZA"] = new("27", "0", 9, 9),
    };

    /// <summary>Writes the number to <paramref name="result"/> and gives its length; 0 when it is none.</summary>
    public static int Standardize(ReadOnlySpan<byte> value, Plan? home, Span<byte> result)
    {
        Span<byte> digits = stackalloc byte[MaxDigits + 6];
        var (count, plus) = (0, false);
        foreach (var unit in Utf8Text.Trim(value))
        {
            if (unit is >= (byte)'0' and <= (byte)'9' && count < digits.Length)
            {
                digits[count++] = unit;
            }
            else if (unit == '+' && count == 0 && !plus)
            {
                plus = true;
            }
            else if (unit is not ((byte)' ' or (byte)'-' or (byte)'.' or (byte)'(' or (byte)')' or (byte)'/'))
            {
                return 0;
            }
        }

        ReadOnlySpan<byte> number = digits[..count];
        if (!plus && home is not null && Starts(number, home.Abroad))
        {
            number = number[home.Abroad.Length..];
            plus = true;
        }

        return plus ? International(number, result) : home is null ? 0 : National(number, home, result);
    }

    static int International(ReadOnlySpan<byte> number, Span<byte> result)
    {
        foreach (var plan in Plans.Values)
        {
            if (Starts(number, plan.Code))
            {
                // +44 (0)20 …: the digit in brackets is not dialled from abroad.
                var rest = number[plan.Code.Length..];
                rest = plan.Trunk == "0" && rest.Length > 0 && rest[0] == '0' ? rest[1..] : rest;
                return Fits(rest, plan) ? Write(plan.Code, rest, result) : 0;
            }
        }

        return number.Length is >= LeastDigits and <= MaxDigits && number[0] != '0' ? Write("", number, result) : 0;
    }

    static int National(ReadOnlySpan<byte> number, Plan plan, Span<byte> result)
    {
        var rest = plan.Trunk.Length > 0 && Starts(number, plan.Trunk) ? number[plan.Trunk.Length..] : number;
        return Fits(rest, plan) ? Write(plan.Code, rest, result) : 0;
    }

    static bool Fits(ReadOnlySpan<byte> national, Plan plan) => national.Length >= plan.Least && national.Length <= plan.Most
        && plan.Code.Length + national.Length <= MaxDigits && (plan.Code != "1" || national[0] >= '2');

    static int Write(string code, ReadOnlySpan<byte> rest, Span<byte> result)
    {
        result[0] = (byte)'+';
        for (var i = 0; i < code.Length; i++)
        {
            result[1 + i] = (byte)code[i];
        }

        rest.CopyTo(result[(1 + code.Length)..]);
        return 1 + code.Length + rest.Length;
    }

    static bool Starts(ReadOnlySpan<byte> digits, string prefix)
    {
        var i = 0;
        while (i < prefix.Length && i < digits.Length && digits[i] == prefix[i])
        {
            i++;
        }

        return i == prefix.Length;
    }
}
