namespace Sluice.Privacy.Recognisers;

/// <summary>Identifiers of India.</summary>
static class India
{
    public static IReadOnlyList<Recogniser> All { get; } =
    [
        new("in_aadhaar", "in", @"[2-9]\d{3}[- ]?\d{4}[- ]?\d{4}|[2-9]\d{3}:\d{4}:\d{4}", 0.7, IsAadhaar, "aadhaar uidai aadhar uid"),
        new("in_pan", "in", @"[a-z]{3}[abcfghjlpt][a-z]\d{4}[a-z]", 0.85, null, "permanent account pan"),
        new("in_pan", "in", @"[a-z]{5}\d{4}[a-z]", 0.5, null, "permanent account pan"),
        new("in_gstin", "in", @"(0[1-9]|[12]\d|3[0-8])[a-z]{5}\d{4}[a-z][1-9a-z]z[0-9a-z]", 0.9, IsGstin, "gstin gst goods services tax"),
        new("in_passport", "in", @"[a-pr-wy][1-9]\d ?\d{4}[1-9]", 0.2, null, "passport indian travel"),
        new("in_voter", "in", @"[a-z]{3}\d{7}", 0.4, null, "voter epic elector election"),
        new("in_vehicle_registration", "in", @"(an|ap|ar|as|br|cg|ch|dd|dl|dn|ga|gj|hp|hr|jh|jk|ka|kl|la|ld|mh|ml|mn|mp|mz|nl|od|or|pb|py|rj|sk|tn|tr|ts|uk|up|wb)[ -]?\d{1,2}[ -]?[a-z]{1,3}[ -]?\d{4}", 0.6, null, "rto vehicle registration plate"),
        new("in_ifsc", "in", @"[a-z]{4}0[a-z0-9]{6}", 0.3, null, "ifsc bank branch neft rtgs"),
    ];

    static bool IsAadhaar(ReadOnlySpan<byte> digits)
    {
        var palindrome = true;
        for (var i = 0; i < 6; i++)
        {
            palindrome &= digits[i] == digits[11 - i];
        }

        return !palindrome && Checksums.Verhoeff(digits);
    }

    static bool IsGstin(ReadOnlySpan<byte> text)
    {
        var sum = 0;
        for (var i = 0; i < 14; i++)
        {
            var product = (Bytes.IsDigit(text[i]) ? Checksums.Digit(text[i]) : text[i] - 'A' + 10) * (1 + (i & 1));
            sum += (product / 36) + (product % 36);
        }

        var check = (36 - (sum % 36)) % 36;
        return text[14] == (check < 10 ? '0' + check : 'A' + check - 10);
    }
}
