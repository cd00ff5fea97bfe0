namespace Sluice.Privacy.Recognisers;

/// <summary>Identifiers of other European countries.</summary>
static class Europe
{
    public static IReadOnlyList<Recogniser> All { get; } =
    [
        new("es_nif", "es", @"\d{8}-?[a-z]", 0.8, text => text[^1] == NifLetter(Number(text[..8])), "nif dni documento identidad identificación"),
        new("es_nie", "es", @"[xyz]-?\d{7}-?[a-z]", 0.9, IsNie, "nie número identificación extranjero extranjeros"),
        new("es_passport", "es", @"[a-z]{3}\d{6}", 0.1, null, "pasaporte passport españa"),
        new("it_fiscal_code", "it", @"[a-z]{6}[0-9lmnp-v]{2}[a-ehlmprst][0-9lmnp-v]{2}[a-z][0-9lmnp-v]{3}[a-z]", 0.9, IsFiscalCode, "codice fiscale cf tax"),
        new("it_vat_code", "it", @"(it ?)?\d{11}|\d{4}[ _]\d{5}[ _]\d{2}", 0.4, text => IsItalianVat(text[^11..]), "piva partita iva vat"),
        new("it_driver_license", "it", @"[a-z]{2}\d{7}[a-z]|u1[bcdfghjklmnprstvwxyz0-9]{7}[a-z]", 0.3, null, "patente guida licenza driving"),
        new("it_identity_card", "it", @"[a-z]{2} ?\d{7}|\d{7}[a-z]{2}|c[a-z]\d{5}[a-z]{2}", 0.2, null, "carta identità identita elettronica cie documento riconoscimento"),
        new("it_passport", "it", @"[a-z]{2}\d{7}", 0.1, null, "passaporto passport viaggio"),
        new("fr_nir", "fr", @"[12] ?\d{2} ?(0[1-9]|1[0-2]|[2-9]\d) ?(\d{2}|2[ab]) ?\d{3} ?\d{3} ?\d{2}", 0.95, IsNir, "nir sécurité sociale insee carte vitale numéro"),
        new("fr_siret", "fr", @"\d{3} ?\d{3} ?\d{3} ?\d{5}", 0.5, Checksums.Luhn, "siret siren établissement entreprise"),
        new("nl_bsn", "nl", @"\d{9}|\d{4}\.\d{2}\.\d{3}", 0.2, IsBsn, "bsn burgerservicenummer sofi persoonsnummer"),
        new("be_national_number", "be", @"\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. ]?\d{2}", 0.7, IsBelgian, "rijksregisternummer registre national nationaal nummer"),
        new("pt_nif", "pt", @"[1235689]\d{8}", 0.2, IsPortuguese, "nif contribuinte fiscal número"),
        new("dk_cpr", "dk", @"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{2}-\d{4}", 0.7, null, "cpr personnummer cprnr"),
        new("no_fodselsnummer", "no", @"\d{6} ?\d{5}", 0.7, IsNorwegian, "fødselsnummer fodselsnummer personnummer"),
        new("se_personnummer", "se", @"(19|20)?\d{6}[-+]?\d{4}", 0.5, IsSwede, "personnummer personnr pnr samordningsnummer svensk id"),
        new("se_organisationsnummer", "se", @"\d{2}[2-9]\d{3}-?\d{4}", 0.4, Checksums.Luhn, "organisationsnummer orgnr org företag bolag"),
        new("fi_personal_identity_code", "fi", @"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{2}[-+a-fuvwxy]\d{3}[0-9a-fhj-npr-y]", 0.9, null, "hetu henkilötunnus henkilötunnusta personbeteckning"),
        new("pl_pesel", "pl", @"\d{11}", 0.5, IsPesel, "pesel"),
        new("pl_nip", "pl", @"\d{3}-\d{3}-\d{2}-\d{2}|\d{10}", 0.2, IsNip, "nip podatnik"),
        new("tr_national_id", "tr", @"[1-9]\d{10}", 0.6, IsTurkish, "kimlik tckn tc vatandaşlık nüfus"),
        new("tr_license_plate", "tr", @"(0[1-9]|[1-7]\d|8[01]) ?[a-z]{1,3} ?\d{2,5}", 0.3, IsTurkishPlate, "plaka araç plate vehicle"),
        new("ro_cnp", "ro", @"[1-8]\d{12}", 0.8, IsRomanian, "cnp cod numeric personal"),
    ];

    static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            number = (number * 10) + Checksums.Digit(digit);
        }

        return number;
    }

    static byte NifLetter(int number) => "TRWAGMYFPDXBNJZSQVHLCKE"u8[number % 23];

    static bool IsNie(ReadOnlySpan<byte> text) => text[^1] == NifLetter(((text[0] - 'X') * 10_000_000) + Number(text[1..8]));

    static bool IsFiscalCode(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
        var sum = 0;
        for (var i = 0; i < 15; i++)
        {
            var value = Bytes.IsDigit(text[i]) ? Checksums.Digit(text[i]) : text[i] - 'A';
            sum += (i & 1) == 0 ? odd[value] : value;
        }

        return text[15] == 'A' + (sum % 26);
    }

    static bool IsItalianVat(ReadOnlySpan<byte> digits) => !Checksums.AllSame(digits) && Checksums.Luhn(digits);

    static bool IsNir(ReadOnlySpan<byte> text)
    {
        // In Corsica the department is 2A or 2B, which count as 19 and 18.
        Span<byte> digits = stackalloc byte[15];
        text.CopyTo(digits);
        if (digits[6] is (byte)'A' or (byte)'B')
        {
            digits[5] = (byte)'1';
            digits[6] = text[6] == 'A' ? (byte)'9' : (byte)'8';
        }

        return long.Parse(digits[..13]) % 97 is var rest && 97 - rest == Checksums.Two(digits, 13);
    }

    static bool IsBsn(ReadOnlySpan<byte> digits) => !Checksums.AllSame(digits) && Checksums.Weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 == 0;

    static bool IsBelgian(ReadOnlySpan<byte> digits) =>
        97 - (long.Parse(digits[..9]) % 97) is var check && Checksums.Two(digits, 2) <= 12 && Checksums.Two(digits, 4) <= 31
        && (check == Checksums.Two(digits, 9) || 97 - ((2_000_000_000 + long.Parse(digits[..9])) % 97) == Checksums.Two(digits, 9));

    static bool IsPortuguese(ReadOnlySpan<byte> digits)
    {
        var rest = Checksums.Weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        return !Checksums.AllSame(digits) && (rest < 2 ? 0 : 11 - rest) == Checksums.Digit(digits[8]);
    }

    static bool IsNorwegian(ReadOnlySpan<byte> digits)
    {
        var (first, second) = (Checksums.Weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11, Checksums.Weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
        return Checksums.IsDay(Checksums.Two(digits, 2) % 40, Checksums.Two(digits, 0) % 40)
            && (11 - first) % 11 == Checksums.Digit(digits[9]) && (11 - second) % 11 == Checksums.Digit(digits[10]);
    }

    // Coordination numbers add 60 to the day.
    static bool IsSwede(ReadOnlySpan<byte> digits) =>
        digits[^10..] is var ten && Checksums.IsDay(Checksums.Two(ten, 2), Checksums.Two(ten, 4) is var day && day > 60 ? day - 60 : day) && Checksums.Luhn(ten);

    static bool IsPesel(ReadOnlySpan<byte> digits) =>
        Checksums.IsDay(Checksums.Two(digits, 2) % 20, Checksums.Two(digits, 4))
        && (10 - (Checksums.Weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 == Checksums.Digit(digits[10]);

    static bool IsNip(ReadOnlySpan<byte> digits) =>
        !Checksums.AllSame(digits) && Checksums.Weighted(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == Checksums.Digit(digits[9]);

    static bool IsTurkish(ReadOnlySpan<byte> digits)
    {
        var odd = Checksums.Weighted(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
        var even = Checksums.Weighted(digits, [0, 1, 0, 1, 0, 1, 0, 1]);
        var tenth = ((((odd * 7) - even) % 10) + 10) % 10;
        return tenth == Checksums.Digit(digits[9]) && (odd + even + tenth) % 10 == Checksums.Digit(digits[10]);
    }

    // Province, letters, digits: one letter has 4 or 5 digits, two 3 or 4, three 2 or 3. No Q, W, X.
    static bool IsTurkishPlate(ReadOnlySpan<byte> text)
    {
        var letters = 0;
        while (letters + 2 < text.Length && Bytes.IsLetter(text[letters + 2]))
        {
            letters++;
        }

        var digits = text.Length - 2 - letters;
        return text.IndexOfAny("QWX"u8) < 0 && letters switch { 1 => digits is 4 or 5, 2 => digits is 3 or 4, _ => digits is 2 or 3 };
    }

    static bool IsRomanian(ReadOnlySpan<byte> digits) =>
        Checksums.IsDay(Checksums.Two(digits, 3), Checksums.Two(digits, 5))
        && Checksums.Weighted(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 is var rest && (rest == 10 ? 1 : rest) == Checksums.Digit(digits[12]);
}
