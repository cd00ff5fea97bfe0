namespace Sluice.Privacy.Recognisers;

/// <summary>Identifiers of the United Kingdom and Ireland.</summary>
static class UnitedKingdom
{
    public static IReadOnlyList<Recogniser> All { get; } =
    [
        new("uk_nhs", "gb", @"\d{3}[- ]?\d{3}[- ]?\d{4}", 0.5, IsNhs, "nhs national health services authority patient"),
        new("uk_nino", "gb", @"[abceghj-prstw-z][abceghj-nprstw-z] ?\d{2} ?\d{2} ?\d{2} ?[a-d]", 0.7, IsNino, "national insurance ni nino"),
        new("uk_utr", "gb", @"\d{5} ?\d{5}", 0.1, null, "utr unique taxpayer hmrc tax"),
        new("uk_passport", "gb", @"[a-z]{2}\d{7}|\d{9}", 0.1, null, "passport british uk travel document"),
        new("uk_driving_licence", "gb", @"[a-z9]{5}\d[0156]\d([0][1-9]|[12]\d|3[01])\d[a-z9]{2}\w[a-z]{2}", 0.7, IsLicence, "driving licence license driver dvla"),
        new("uk_postcode", "gb", "(gir ?0aa|[a-pr-uwyz]([0-9]{1,2}|[a-hk-y][0-9]|[a-hk-y][0-9][0-9abehmnprv-y]|[0-9][a-hjkps-uw]) ?[0-9][abd-hjlnp-uw-z]{2})", 0.55, null, "postcode address post code postal"),
        new("uk_vehicle_registration", "gb", @"[a-hj-prs-vwxy][a-hj-pr-y](0[1-9]|[1-9]\d) ?[a-hj-pr-z]{3}", 0.5, null, "vehicle registration plate car reg vrm"),
        new("uk_vehicle_registration", "gb", @"[a-hj-npr-y]\d{1,3} ?[a-hj-pr-y][a-hj-pr-y]{2}|[a-hj-pr-y]{3} ?\d{1,3}[a-hj-npr-y]|[a-z]{3} \d{4}", 0.2, null, "vehicle registration plate car reg vrm"),
        new("ie_pps", "ie", @"\d{7}[a-w][a-iw]?", 0.7, IsPps, "pps ppsn public service irish ireland"),
    ];

    static bool IsNhs(ReadOnlySpan<byte> digits)
    {
        var check = 11 - (Checksums.Weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
        return !Checksums.AllSame(digits) && check % 11 == Checksums.Digit(digits[9]);
    }

    static bool IsNino(ReadOnlySpan<byte> text) => text[..2] is not [(byte)'B', (byte)'G'] and not [(byte)'G', (byte)'B'] and not [(byte)'K', (byte)'N']
        and not [(byte)'N', (byte)'K'] and not [(byte)'N', (byte)'T'] and not [(byte)'T', (byte)'N'] and not [(byte)'Z', (byte)'Z'];

    // Surname padded with nines, decade, month (plus 50 for women), day, year.
    static bool IsLicence(ReadOnlySpan<byte> text)
    {
        var month = Checksums.Two(text, 6) % 50;
        var letters = text[..5].IndexOf((byte)'9');
        return letters != 0 && Checksums.IsDay(month, Checksums.Two(text, 8)) && (letters < 0 || text[letters..5].IndexOfAnyExcept((byte)'9') < 0);
    }

    static bool IsPps(ReadOnlySpan<byte> text)
    {
        var sum = Checksums.Weighted(text, [8, 7, 6, 5, 4, 3, 2]) + (text.Length > 8 && text[8] != 'W' ? (text[8] - 'A' + 1) * 9 : 0);
        return text[7] == (sum % 23 == 0 ? 'W' : 'A' + (sum % 23) - 1);
    }
}
