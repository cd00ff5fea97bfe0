namespace Sluice.Privacy.Recognisers;

/// <summary>Identifiers of East and South-East Asia.</summary>
static class Asia
{
    public static IReadOnlyList<Recogniser> All { get; } =
    [
        new("sg_fin", "sg", @"[stfgm]\d{7}[a-z]", 0.8, IsSingaporean, "fin nric singapore"),
        new("sg_uen", "sg", @"\d{8,9}[a-z]|[str]\d{2}[a-z]{2}\d{4}[a-z]", 0.4, IsUen, "uen entity business registration acra"),
        new("kr_rrn", "kr", @"\d{6}-?[1-4]\d{6}", 0.6, text => HasBirthday(text), "주민등록번호 주민번호 resident registration rrn"),
        new("kr_frn", "kr", @"\d{6}-?[5-8]\d{6}", 0.6, text => HasBirthday(text), "외국인등록번호 foreigner alien registration"),
        new("kr_brn", "kr", @"\d{3}-?\d{2}-?\d{5}", 0.4, IsKoreanBusiness, "사업자등록번호 사업자번호 business registration brn"),
        new("kr_passport", "kr", @"[msrodg]\d{8}|[msrodg]\d{3}[a-z]\d{4}", 0.3, null, "여권 여권번호 passport korea korean"),
        new("kr_driver_license", "kr", @"(1[1-9]|2[0-8])-?\d{2}-?\d{6}-?\d{2}", 0.2, null, "운전면허 운전면허번호 면허번호 driver license"),
        new("th_tnin", "th", @"[1-8]\d{12}|[1-8]-\d{4}-\d{5}-\d{2}-\d", 0.6, IsThai, "เลขประจำตัวประชาชน thai national id"),
        new("cn_resident_id", "cn", @"[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[0-9x]", 0.95, IsChinese, "身份证 身份证号 identity id"),
        new("jp_my_number", "jp", @"\d{4}[- ]?\d{4}[- ]?\d{4}", 0.3, IsJapanese, "マイナンバー 個人番号 mynumber"),
        new("ph_tin", "ph", @"\d{3}-\d{3}-\d{3}(-\d{3,5})?|\d{9}|\d{12}", 0.3, IsPhilippine, "tin tax philippines bir taxpayer"),
        new("hk_id", "hk", @"[a-z]{1,2}\d{6}\(?[0-9a]\)?", 0.4, IsHongKong, "hkid hong kong identity"),
    ];

    static bool IsSingaporean(ReadOnlySpan<byte> text)
    {
        var sum = Checksums.Weighted(text[1..], [2, 7, 6, 5, 4, 3, 2]) + text[0] switch { (byte)'T' or (byte)'G' => 4, (byte)'M' => 3, _ => 0 };
        var letters = text[0] switch { (byte)'S' or (byte)'T' => "JZIHGFEDCBA"u8, (byte)'F' or (byte)'G' => "XWUTRQPNMLK"u8, _ => "KLJNPQRTUWX"u8 };
        return text[8] == (text[0] == 'M' ? letters[10 - (sum % 11)] : letters[sum % 11]);
    }

    static bool IsUen(ReadOnlySpan<byte> text)
    {
        switch (text.Length)
        {
            case 9:
                return text[8] == "XMKECAWLJDB"u8[Checksums.Weighted(text, [10, 4, 9, 3, 8, 2, 7, 1]) % 11];
            case 10 when Bytes.IsDigit(text[0]):
                return text[9] == "ZKCMDNERGWH"u8[Checksums.Weighted(text, [10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11];
            default:
                ReadOnlySpan<int> weights = [4, 3, 5, 3, 10, 2, 2, 5, 7];
                var alphabet = "ABCDEFGHJKLMNPQRSTUVWX0123456789"u8;
                var sum = 0;
                for (var i = 0; i < 9; i++)
                {
                    var at = alphabet.IndexOf(text[i]);
                    sum += at < 0 ? 1_000_000 : at * weights[i];
                }

                return sum < 1_000_000 && text[9] == alphabet[(((sum - 5) % 11) + 11) % 11];
        }
    }

    static bool HasBirthday(ReadOnlySpan<byte> digits) => Checksums.IsDay(Checksums.Two(digits, 2), Checksums.Two(digits, 4));

    static bool IsKoreanBusiness(ReadOnlySpan<byte> digits)
    {
        var sum = Checksums.Weighted(digits, [1, 3, 7, 1, 3, 7, 1, 3]) + (Checksums.Digit(digits[8]) * 5) + (Checksums.Digit(digits[8]) * 5 / 10);
        return !Checksums.AllSame(digits) && (10 - (sum % 10)) % 10 == Checksums.Digit(digits[9]);
    }

    static bool IsThai(ReadOnlySpan<byte> digits) =>
        (11 - (Checksums.Weighted(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 == Checksums.Digit(digits[12]);

    static bool IsChinese(ReadOnlySpan<byte> text) =>
        text[17] == "10X98765432"u8[Checksums.Weighted(text, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11];

    static bool IsJapanese(ReadOnlySpan<byte> digits)
    {
        var rest = Checksums.Weighted(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        return !Checksums.AllSame(digits) && (rest <= 1 ? 0 : 11 - rest) == Checksums.Digit(digits[11]);
    }

    static bool IsPhilippine(ReadOnlySpan<byte> digits)
    {
        var check = Checksums.Weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        return !Checksums.AllSame(digits[..9]) && check % 10 == Checksums.Digit(digits[8]);
    }

    static bool IsHongKong(ReadOnlySpan<byte> text)
    {
        var sum = text.Length == 8 ? (36 * 9) + ((text[0] - 'A' + 10) * 8) : ((text[0] - 'A' + 10) * 9) + ((text[1] - 'A' + 10) * 8);
        sum += Checksums.Weighted(text[^7..], [7, 6, 5, 4, 3, 2]) + (text[^1] == 'A' ? 10 : Bytes.IsDigit(text[^1]) ? Checksums.Digit(text[^1]) : 1_000);
        return sum < 1_000 && sum % 11 == 0;
    }
}
