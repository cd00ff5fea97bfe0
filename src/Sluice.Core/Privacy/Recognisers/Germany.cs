namespace Sluice.Privacy.Recognisers;

/// <summary>Identifiers of Germany, Austria and Switzerland.</summary>
static class Germany
{
    public static IReadOnlyList<Recogniser> All { get; } =
    [
        new("de_tax_id", "de", @"[1-9]\d{10}|[1-9]\d( \d{3}){3}", 0.6, IsTaxId, "steuer idnr steuerid identifikationsnummer steueridentifikationsnummer tin tax"),
        new("de_tax_number", "de", @"\d{2,3}/\d{3,4}/\d{4,5}", 0.4, null, "steuernummer finanzamt tax", true),
        new("de_vat_id", "de", @"de ?[1-9]\d{8}|de ?[1-9]\d{2}[ .]\d{3}[ .]\d{3}", 0.7, text => Checksums.Mod11And10(text[2..]), "ust umsatzsteuer vat ustid mwst"),
        new("de_social_security", "de", @"\d{2} ?\d{6} ?[a-z] ?\d{3}", 0.7, IsPension, "rentenversicherung sozialversicherung versicherungsnummer rvnr sv pension social"),
        new("de_health_insurance", "de", @"[a-z]\d{9}", 0.6, IsHealth, "krankenversicherung krankenkasse kvnr versichertennummer gesundheitskarte egk health"),
        new("de_id_card", "de", @"[cfghjklmnprtvwxyz][cfghjklmnprtvwxyz0-9]{8}\d|t\d{8}", 0.6, IsIdCard, "personalausweis ausweis ausweisnummer id card identity"),
        new("de_id_card", "de", @"[lmnprtvwxy][cfghjklmnprtvwxyz0-9]{8}", 0.2, HasLettersAndDigits, "personalausweis ausweis ausweisnummer id card identity"),
        new("de_passport", "de", @"[cfghjk][cfghjklmnprtvwxyz0-9]{8}\d", 0.6, IsIdCard, "reisepass pass passnummer passport"),
        new("de_passport", "de", @"[cfghjk][cfghjklmnprtvwxyz0-9]{8}", 0.2, HasLettersAndDigits, "reisepass pass passnummer passport"),
        new("de_fuehrerschein", "de", @"[a-z]\d{2}[a-z0-9]{6}[0-9x][a-z0-9]", 0.4, null, "führerschein fuehrerschein führerscheinnummer fahrerlaubnis driving licence"),
        new("de_kfz", "de", @"(?-i)[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[ -]?[1-9]\d{0,3}[EH]?", 0.4, null, "kennzeichen kfz auto fahrzeug plate"),
        new("de_handelsregister", "de", @"hr[ab] ?\d{1,6}( ?[a-z]{1,3})?", 0.6, null, "handelsregister amtsgericht registergericht register"),
        new("de_lanr", "de", @"\d{9}", 0.3, IsDoctor, "lanr arztnummer arzt vertragsarzt doctor"),
        new("de_bsnr", "de", @"\d{9}", 0.2, IsPractice, "bsnr betriebsstättennummer betriebsstaettennummer praxis"),
        new("de_plz", "de", @"\d{5}", 0.1, text => Checksums.Two(text, 0) is >= 1 and not (5 or 43 or 62), "plz postleitzahl ort stadt anschrift wohnort adresse"),
        new("at_svnr", "at", @"\d{4} ?\d{6}", 0.6, IsAustrian, "sozialversicherung svnr sv versicherungsnummer"),
        new("ch_ahv", "ch", @"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}", 0.95, IsEan13, "ahv avs oasi svn sozialversicherung"),
    ];

    // One digit of the first ten occurs twice or three times, at least one does not occur; ISO 7064 MOD 11,10.
    static bool IsTaxId(ReadOnlySpan<byte> digits)
    {
        Span<int> seen = stackalloc int[10];
        seen.Clear();
        foreach (var digit in digits[..10])
        {
            seen[Checksums.Digit(digit)]++;
        }

        var (twice, thrice) = (seen.Count(2), seen.Count(3));
        return twice + thrice == 1 && seen.IndexOfAnyExceptInRange(0, 3) < 0 && Checksums.Mod11And10(digits);
    }

    // Area, birthday, first letter of the surname, serial, check digit over the digit sums.
    static bool IsPension(ReadOnlySpan<byte> text)
    {
        Span<byte> digits = stackalloc byte[13];
        text[..8].CopyTo(digits);
        digits[8] = (byte)('0' + ((text[8] - 'A' + 1) / 10));
        digits[9] = (byte)('0' + ((text[8] - 'A' + 1) % 10));
        text[9..12].CopyTo(digits[10..]);
        ReadOnlySpan<int> weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
        var sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            var product = weights[i] * Checksums.Digit(digits[i]);
            sum += (product / 10) + (product % 10);
        }

        return Checksums.IsDay(Checksums.Two(text, 4), Checksums.Two(text, 2) % 50) && sum % 10 == Checksums.Digit(digits[12]);
    }

    static bool IsHealth(ReadOnlySpan<byte> text)
    {
        Span<byte> digits = stackalloc byte[11];
        digits[0] = (byte)('0' + ((text[0] - 'A' + 1) / 10));
        digits[1] = (byte)('0' + ((text[0] - 'A' + 1) % 10));
        text[1..].CopyTo(digits[2..]);
        var sum = 0;
        for (var i = 0; i < 10; i++)
        {
            var product = Checksums.Digit(digits[i]) * (1 + (i & 1));
            sum += (product / 10) + (product % 10);
        }

        return sum % 10 == Checksums.Digit(digits[10]);
    }

    static bool IsIdCard(ReadOnlySpan<byte> text) => HasLettersAndDigits(text) && Checksums.Icao(text);

    static bool HasLettersAndDigits(ReadOnlySpan<byte> text) => text.IndexOfAnyInRange((byte)'0', (byte)'9') >= 0 && text.IndexOfAnyInRange((byte)'A', (byte)'Z') >= 0;

    static bool IsDoctor(ReadOnlySpan<byte> digits) =>
        !Checksums.AllSame(digits) && (10 - (Checksums.Weighted(digits, [4, 9, 4, 9, 4, 9]) % 10)) % 10 == Checksums.Digit(digits[6]);

    // The first two digits are the district of the association of doctors.
    static bool IsPractice(ReadOnlySpan<byte> digits) =>
        Checksums.Two(digits, 0) is 1 or 2 or 3 or 6 or 7 or 8 or (>= 17 and <= 21) or 24 or 25 or 27 or 28 or 31 or 35 or (>= 37 and <= 41) or (>= 43 and <= 61)
            or (>= 62 and <= 73) or (>= 78 and <= 81) or 83 or 85 or 86 or 87 or 88 or 93 or 94 or 95 or 96 or 98 or 99
        && !Checksums.AllSame(digits);

    static bool IsAustrian(ReadOnlySpan<byte> digits) =>
        digits[0] != '0' && Checksums.IsDay(Math.Min(12, Checksums.Two(digits, 6)), Checksums.Two(digits, 4))
        && Checksums.Weighted(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == Checksums.Digit(digits[3]);

    static bool IsEan13(ReadOnlySpan<byte> digits) => Checksums.Weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 == 0;
}
