namespace Sluice.Privacy.Recognisers;

/// <summary>Identifiers of Australia, New Zealand, Africa and Latin America.</summary>
static class Southern
{
    public static IReadOnlyList<Recogniser> All { get; } =
    [
        new("au_abn", "au", @"\d{2} ?\d{3} ?\d{3} ?\d{3}", 0.5, IsAbn, "abn australian business"),
        new("au_acn", "au", @"\d{3} ?\d{3} ?\d{3}", 0.3, IsAcn, "acn australian company"),
        new("au_tfn", "au", @"\d{3} ?\d{3} ?\d{3}", 0.3, IsTfn, "tfn tax file"),
        new("au_medicare", "au", @"[2-6]\d{3} ?\d{5} ?\d", 0.3, IsMedicare, "medicare"),
        new("nz_ird", "nz", @"\d{2,3}-\d{3}-\d{3}", 0.4, IsIrd, "ird inland revenue tax"),
        new("za_id_number", "za", @"\d{6} ?\d{4} ?[0-2][0-9]\d", 0.7, IsSouthAfrican, "rsa id identity south african"),
        new("ng_nin", "ng", @"\d{11}", 0.1, Checksums.Verhoeff, "nin national identity nimc nigeria"),
        new("ng_vehicle_registration", "ng", @"[a-z]{3}[- ]?\d{3}[- ]?[a-z]{2}", 0.4, null, "plate vehicle registration nigeria frsc"),
        new("br_cpf", "br", @"\d{3}\.\d{3}\.\d{3}-\d{2}|\d{11}", 0.5, IsCpf, "cpf cadastro pessoa física"),
        new("br_cnpj", "br", @"\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}|\d{14}", 0.5, IsCnpj, "cnpj empresa"),
        new("mx_curp", "mx", @"[a-z]{4}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[hm][a-z]{5}[0-9a-z]\d", 0.95, null, "curp"),
        new("mx_rfc", "mx", @"[a-zñ&]{3,4}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[0-9a-z]{2}[0-9a]", 0.6, null, "rfc contribuyente"),
        new("cl_rut", "cl", @"\d{1,2}\.?\d{3}\.?\d{3}-[0-9k]", 0.7, IsRut, "rut run"),
    ];

    static bool IsAbn(ReadOnlySpan<byte> digits) => (Checksums.Weighted(digits, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 == 0 && digits[0] != '0';

    static bool IsAcn(ReadOnlySpan<byte> digits) => (10 - (Checksums.Weighted(digits, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10 == Checksums.Digit(digits[8]);

    static bool IsTfn(ReadOnlySpan<byte> digits) => !Checksums.AllSame(digits) && Checksums.Weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0;

    static bool IsMedicare(ReadOnlySpan<byte> digits) => Checksums.Weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 == Checksums.Digit(digits[8]);

    static bool IsIrd(ReadOnlySpan<byte> text)
    {
        Span<byte> digits = stackalloc byte[9];
        digits.Fill((byte)'0');
        text.CopyTo(digits[(9 - text.Length)..]);
        var rest = Checksums.Weighted(digits, [3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        var check = rest == 0 ? 0 : 11 - rest;
        if (check == 10)
        {
            rest = Checksums.Weighted(digits, [7, 4, 3, 2, 5, 2, 7, 6]) % 11;
            check = rest == 0 ? 0 : 11 - rest;
        }

        return check == Checksums.Digit(digits[8]) && long.Parse(digits) is >= 10_000_000 and <= 150_000_000;
    }

    static bool IsSouthAfrican(ReadOnlySpan<byte> digits) =>
        Checksums.IsDay(Checksums.Two(digits, 2), Checksums.Two(digits, 4)) && Checksums.Luhn(digits);

    static bool IsCpf(ReadOnlySpan<byte> digits) =>
        !Checksums.AllSame(digits)
        && Checksums.Weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == Checksums.Digit(digits[9])
        && Checksums.Weighted(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == Checksums.Digit(digits[10]);

    static bool IsCnpj(ReadOnlySpan<byte> digits) =>
        !Checksums.AllSame(digits)
        && Checksums.Weighted(digits, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == Checksums.Digit(digits[12])
        && Checksums.Weighted(digits, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10 == Checksums.Digit(digits[13]);

    static bool IsRut(ReadOnlySpan<byte> text)
    {
        var sum = 0;
        for (var i = 0; i < text.Length - 1; i++)
        {
            sum += Checksums.Digit(text[^(i + 2)]) * (2 + (i % 6));
        }

        return text[^1] == ((11 - (sum % 11)) switch { 11 => '0', 10 => 'K', var digit => '0' + digit });
    }
}
