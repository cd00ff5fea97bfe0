namespace Sluice.Privacy.Recognisers;

/// <summary>Identifiers of the United States and Canada.</summary>
static class UnitedStates
{
    const string License = "license licence driver driver's driving permit identification dl cdl";

    public static IReadOnlyList<Recogniser> All { get; } =
    [
        new("ssn", "us", @"\d{3}[- .]\d{2}[- .]\d{4}", 0.75, IsSsn, "ssn social security ssns ssid tax"),
        new("ssn", "us", @"\d{5}-\d{4}|\d{3}-\d{6}", 0.1, IsSsn, "ssn social security ssns ssid"),
        new("ssn", "us", @"\d{9}", 0.1, IsSsn, "ssn social security ssns ssid"),
        new("us_itin", "us", @"9\d{2}[- ]?(5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])[- ]?\d{4}", 0.4, null, "individual taxpayer itin tax payer taxid tin"),
        new("us_ein", "us", @"\d{2}-\d{7}", 0.3, null, "ein employer fein tax identification"),
        new("us_passport", "us", @"[a-z]\d{8}|\d{9}", 0.1, null, "passport us united states travel document passports"),
        new("us_bank_number", "us", @"\d{8,17}", 0.05, null, "account bank checking savings debit acct"),
        new("aba_routing", "us", @"\d{4}[- ]?\d{4}[- ]?\d", 0.4, IsRouting, "aba routing bankrouting rtn transit"),
        new("us_npi", "us", @"[12]\d{3}[ -]?\d{3}[ -]?\d{3}", 0.4, IsNpi, "npi provider national physician prescriber"),
        new("us_mbi", "us", @"[1-9][ac-hj-km-np-rt-y][ac-hj-km-np-rt-y0-9]\d-?[ac-hj-km-np-rt-y][ac-hj-km-np-rt-y0-9]\d-?[ac-hj-km-np-rt-y]{2}\d{2}", 0.6, null, "medicare mbi beneficiary cms"),
        new("us_dea", "us", @"[abcdefghjklmprstux][a-z9]\d{7}", 0.7, IsDea, "dea prescriber certificate registration"),
        new("us_driver_license", "us", @"[a-z]\d{6,14}|[a-z]{2}\d{3,7}|[a-z]{1,2}\d{5,6}[a-z]?|\d{3}-\d{3}-\d{3}|[a-z]\d{3}-\d{3}-\d{2}-\d{3}-\d|[a-z]\d{3}-\d{4}-\d{4}|[a-z]\d{2}-\d{2}-\d{4}|\d{2}[a-z]{3}\d{5}", 0.3, null, License),
        new("us_driver_license", "us", @"\d{6,14}|h\d{8}|[a-z]{7}\d{3}[a-z0-9]{2}", 0.05, null, License),
        new("us_license_plate", "us", @"[a-z]{3}[- ]?\d{3,4}|\d[a-z]{3}\d{3}", 0.1, null, "plate licence license registration vehicle car tag"),
        new("us_zip_code", "us", @"\d{5}-\d{4}", 0.4, null, "zip zipcode postal postcode address"),
        new("us_zip_code", "us", @"\d{5}", 0.05, null, "zip zipcode postal postcode"),
        new("ca_sin", "ca", @"\d{3}[- ]\d{3}[- ]\d{3}", 0.6, IsSin, "sin social insurance canada nas"),
        new("ca_sin", "ca", @"\d{9}", 0.1, IsSin, "sin insurance canada nas"),
        new("ca_postal_code", "ca", @"[abceghj-nprstvxy]\d[abceghj-nprstv-z][ -]?\d[abceghj-nprstv-z]\d", 0.6, null, "postal code address canada"),
    ];

    // Never given out: area 000, 666 and from 900 on, group 00, serial 0000; and the numbers of advertisements.
    internal static bool IsSsn(ReadOnlySpan<byte> digits) =>
        !digits[..3].SequenceEqual("000"u8) && !digits[..3].SequenceEqual("666"u8) && digits[0] != '9'
        && !digits[3..5].SequenceEqual("00"u8) && !digits[5..].SequenceEqual("0000"u8) && !Checksums.AllSame(digits)
        && !digits.SequenceEqual("123456789"u8) && !digits.SequenceEqual("078051120"u8) && !(digits[..5].SequenceEqual("98765"u8) && digits[5..8].SequenceEqual("432"u8));

    static bool IsRouting(ReadOnlySpan<byte> digits) =>
        Checksums.Two(digits, 0) is <= 12 or (>= 21 and <= 32) or (>= 61 and <= 72) or 80
        && !Checksums.AllSame(digits) && Checksums.Weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0;

    // Luhn over 80840, the prefix of health cards of the United States, and the number.
    static bool IsNpi(ReadOnlySpan<byte> digits)
    {
        Span<byte> whole = stackalloc byte[15];
        "80840"u8.CopyTo(whole);
        digits.CopyTo(whole[5..]);
        return !Checksums.AllSame(digits[1..]) && Checksums.Luhn(whole);
    }

    static bool IsDea(ReadOnlySpan<byte> text)
    {
        var digits = text[2..];
        var sum = Checksums.Weighted(digits, [1, 2, 1, 2, 1, 2]);
        return !Checksums.AllSame(digits) && sum % 10 == Checksums.Digit(digits[6]);
    }

    static bool IsSin(ReadOnlySpan<byte> digits) => digits[0] is not ((byte)'0' or (byte)'8') && !Checksums.AllSame(digits) && Checksums.Luhn(digits);
}
