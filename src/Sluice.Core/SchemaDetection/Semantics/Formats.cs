using System.Buffers;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Privacy;
using Sluice.Privacy.Recognisers;

namespace Sluice.SchemaDetection;

/// <summary>Values that show what they are: by the form of the whole value and, where there are any, the rules and check digits of <see cref="Sluice.Privacy"/>'s recognisers.</summary>
static partial class Formats
{
    static readonly SearchValues<char> separators = SearchValues.Create(" -.()/");

    public static bool Email(string v) => v.Length <= 254 && EmailForm().IsMatch(v);

    public static bool Url(string v) => UrlForm().IsMatch(v);

    public static bool Domain(string v) => DomainForm().IsMatch(v);

    public static bool Uuid(string v) => v.Length is 36 or 38 && Guid.TryParse(v, out _);

    public static bool Ipv4(string v) => Ipv4Form().IsMatch(v) && General.IsAddress(Ascii(v));

    public static bool Ipv6(string v) => v.Length is >= 3 and <= 45 && v.Count(c => c == ':') >= 2 && !v.Contains(' ') && IPAddress.TryParse(v, out var address)
        && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;

    public static bool Mac(string v) => MacForm().IsMatch(v) && General.IsMac(Ascii(Bare(v)));

    public static bool Iban(string v) => IbanForm().IsMatch(v) && Bare(v) is { Length: >= 15 and <= 34 } bare && General.IsIban(Ascii(bare));

    public static bool Bic(string v) => BicForm().IsMatch(v) && General.IsBic(Ascii(v));

    /// <summary>Length and first digits of a card network, and the check digit.</summary>
    public static bool CreditCard(string v) => CardForm().IsMatch(v) && IsLuhn(Bare(v));

    static bool IsLuhn(string digits) => Ascii(digits) is var bytes && Checksums.Luhn(bytes) && !Checksums.AllSame(bytes);

    static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text.ToUpperInvariant());

    public static bool Imei(string v) => Bare(v) is { Length: 15 } bare && Digits(bare) && IsLuhn(bare);

    public static bool Isbn(string v) => IsbnForm().IsMatch(v) && Bare(v) is var bare
        && (bare.Length == 13 ? bare.StartsWith("97", StringComparison.Ordinal) && Checksums.Gtin(Ascii(bare)) : bare.Length == 10 && Checksums.Modulo11(Ascii(bare)));

    public static bool Issn(string v) => IssnForm().IsMatch(v) && Checksums.Modulo11(Ascii(Bare(v)));

    public static bool Gtin(string v) => v.Length is 8 or 12 or 13 or 14 && Digits(v) && Checksums.Gtin(Ascii(v));

    public static bool Vin(string v) => VinForm().IsMatch(v) && Checksums.Vin(Ascii(v));

    public static bool Orcid(string v) => OrcidForm().IsMatch(v) && Checksums.Mod11And2(Ascii(Bare(v[(v.LastIndexOf('/') + 1)..])));

    public static bool Doi(string v) => DoiForm().IsMatch(v);

    public static bool HexColour(string v) => HexColourForm().IsMatch(v);

    public static bool Coordinates(string v) => CoordinatesForm().Match(v) is { Success: true } m
        && Math.Abs(double.Parse(m.Groups[1].ValueSpan)) <= 90 && Math.Abs(double.Parse(m.Groups[2].ValueSpan)) <= 180;

    /// <summary>With a country code or in groups: bare digits are no telephone number by themselves.</summary>
    public static bool Phone(string v) => PhoneForm().IsMatch(v) && v.Count(char.IsAsciiDigit) is >= 7 and <= 15 && (v[0] == '+' || v.AsSpan().ContainsAny(separators)) && !DateLike().IsMatch(v);

    /// <summary>Digits that a column called telephone may hold.</summary>
    public static bool PhoneDigits(string v) => Phone(v) || (v.Length is >= 7 and <= 15 && Digits(v));

    /// <summary>United States, never given out: area 000, 666 and 9xx, group 00, serial 0000. Numbers of advertisements count here: a column may be of examples.</summary>
    public static bool Ssn(string v) => SsnForm().IsMatch(v);

    public static bool Money(string v) => MoneyForm().IsMatch(v);

    public static bool Percentage(string v) => PercentageForm().IsMatch(v);

    public static bool Quantity(string v) => QuantityForm().IsMatch(v);

    public static bool Time(string v) => TimeForm().IsMatch(v);

    public static bool Duration(string v) => DurationForm().IsMatch(v) && v.Length > 2 && v[^1] != 'T';

    public static bool FilePath(string v) => FilePathForm().IsMatch(v);

    public static bool PostalCode(string v) => v.Length <= 10 && PostalForm().IsMatch(v);

    /// <summary>Canada, the United Kingdom, the Netherlands: letters and digits in a form that nothing else has.</summary>
    public static bool LetteredPostalCode(string v) => LetteredPostalForm().IsMatch(v);

    public static bool Airport(string v) => v.Length is 3 or 4 && Capitals(v);

    public static bool Address(string v) => v.Length is >= 6 and <= 160 && AddressForm().IsMatch(v);

    public static bool AddressLike(string v) => v.Any(char.IsAsciiDigit) && v.Any(char.IsLetter) && v.Contains(' ');

    /// <summary>Digits with a comma before the last ones, and points or blanks between groups: 1.234,56.</summary>
    public static bool DecimalComma(string v) => DecimalCommaForm().IsMatch(v);

    public static bool Digits(string v) => v.Length > 0 && !v.AsSpan().ContainsAnyExceptInRange('0', '9');

    public static bool Capitals(string v) => v.Length > 0 && !v.AsSpan().ContainsAnyExceptInRange('A', 'Z');

    static string Bare(string v) => string.Concat(v.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,24}$")]
    private static partial Regex EmailForm();

    [GeneratedRegex(@"^((https?|ftp)://[^\s/.]+(\.[^\s/.]+)*\.?(:\d+)?([/?#]\S*)?|www\.[^\s/.]+\.[^\s]+)$", RegexOptions.IgnoreCase)]
    private static partial Regex UrlForm();

    [GeneratedRegex(@"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+(com|org|net|edu|gov|mil|int|info|biz|io|dev|app|ai|eu|uk|de|fr|es|it|nl|be|ch|at|se|no|dk|fi|pl|cz|pt|gr|ie|hu|ro|bg|ru|ua|tr|jp|cn|in|kr|au|nz|ca|us|br|mx|ar|cl|co|za|il|sg|hk|tw|th|id|my|ph|vn)$", RegexOptions.IgnoreCase)]
    private static partial Regex DomainForm();

    [GeneratedRegex(@"^\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?$")]
    private static partial Regex Ipv4Form();

    [GeneratedRegex(@"^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$|^([0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}$")]
    private static partial Regex MacForm();

    [GeneratedRegex(@"^[A-Z]{2}\d{2}( ?[A-Z0-9]){11,30}$", RegexOptions.IgnoreCase)]
    private static partial Regex IbanForm();

    [GeneratedRegex(@"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$")]
    private static partial Regex BicForm();

    [GeneratedRegex(@"^(4\d{12}(\d{3}){0,2}|4\d{3}([ -])\d{4}\3\d{4}\3\d{4}|(5[1-5]|2[2-7])\d{14}|(5[1-5]|2[2-7])\d\d([ -])\d{4}\6\d{4}\6\d{4}|3[47]\d{13}|3[47]\d\d([ -])\d{6}\7\d{5}|(6011|65\d\d|64[4-9]\d)[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}|3(0[0-5]|[68]\d)\d{11}|35\d{14})$")]
    private static partial Regex CardForm();

    [GeneratedRegex(@"^(97[89][- ]?)?\d{1,5}[- ]?\d{1,7}[- ]?\d{1,7}[- ]?[\dXx]$")]
    private static partial Regex IsbnForm();

    [GeneratedRegex(@"^\d{4}-\d{3}[\dX]$")]
    private static partial Regex IssnForm();

    [GeneratedRegex("^[A-HJ-NPR-Z0-9]{17}$")]
    private static partial Regex VinForm();

    [GeneratedRegex(@"^(https?://orcid\.org/)?\d{4}-\d{4}-\d{4}-\d{3}[\dX]$")]
    private static partial Regex OrcidForm();

    [GeneratedRegex(@"^(doi:\s*|https?://(dx\.)?doi\.org/)?10\.\d{4,9}/\S+$", RegexOptions.IgnoreCase)]
    private static partial Regex DoiForm();

    [GeneratedRegex("^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$")]
    private static partial Regex HexColourForm();

    [GeneratedRegex(@"^[(\[]?([+-]?\d{1,2}\.\d+)\s*[,;]\s*([+-]?\d{1,3}\.\d+)[)\]]?$")]
    private static partial Regex CoordinatesForm();

    [GeneratedRegex(@"^(\+|00)?\(?\d{1,4}\)?([ .\-/]?\(?\d{1,5}\)?){1,6}(\s?(x|ext\.?)\s?\d{1,6})?$", RegexOptions.IgnoreCase)]
    private static partial Regex PhoneForm();

    [GeneratedRegex(@"^\d{4}[-./]\d{1,2}[-./]\d{1,2}|^\d{1,2}[-./]\d{1,2}[-./]\d{2,4}$|^\d+\.\d+$|^\d{4}\s?[-/]\s?\d{4}$")]
    private static partial Regex DateLike();

    [GeneratedRegex(@"^(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}$")]
    private static partial Regex SsnForm();

    [GeneratedRegex(@"^[+-]?\(?\s?(([A-Z]{0,3}[$€£¥₹₽₩₺₫฿]|USD|EUR|GBP|JPY|CHF|CAD|AUD|CNY|INR|SEK|NOK|DKK|PLN|CZK)\s?[+-]?\d[\d.,' ]*\s?([kKmMbB]n?|million|billion)?|\d[\d.,' ]*\s?([$€£¥₹₽₩₺₫฿]|USD|EUR|GBP|JPY|CHF|CAD|AUD|CNY|INR|SEK|NOK|DKK|PLN|CZK|kr|zł|Kč))\)?$")]
    private static partial Regex MoneyForm();

    [GeneratedRegex(@"^[+-]?\d+([.,]\d+)?\s?%$")]
    private static partial Regex PercentageForm();

    [GeneratedRegex(@"^[+-]?\d[\d.,]*\s?(mm|cm|dm|m|km|in|inch|inches|ft|feet|yd|mi|mile|miles|nm|µm|mg|g|kg|t|lb|lbs|oz|ml|cl|dl|l|litres?|liters?|gal|m2|m²|km2|km²|sq\.? ?(km|mi|ft|m)|ha|acres?|m3|m³|°c|°f|k|s|sec|ms|min|mins|minutes|h|hrs?|hours?|days?|weeks?|months?|years?|w|kw|mw|gw|kwh|mwh|v|a|hz|khz|mhz|ghz|b|kb|mb|gb|tb|kib|mib|gib|pa|kpa|hpa|bar|psi|km/h|kmh|mph|m/s|rpm|hp|kcal|kj|mol|ppm|db)\.?$", RegexOptions.IgnoreCase)]
    private static partial Regex QuantityForm();

    [GeneratedRegex(@"^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d+)?)?(\s?[AaPp]\.?[Mm]\.?)?$")]
    private static partial Regex TimeForm();

    [GeneratedRegex(@"^P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?$")]
    private static partial Regex DurationForm();

    [GeneratedRegex(@"^([A-Za-z]:\\|\\\\|\.{0,2}/)[^\s:*?""<>|][^:*?""<>|]*$|^[\w.-]+([/\\][\w. -]+)*\.[A-Za-z][A-Za-z0-9]{1,4}$")]
    private static partial Regex FilePathForm();

    [GeneratedRegex(@"^(?=.*\d)[A-Z0-9]{2,5}([ -]?[A-Z0-9]{2,5})?$", RegexOptions.IgnoreCase)]
    private static partial Regex PostalForm();

    [GeneratedRegex(@"^[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d$|^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$|^\d{4} [A-Z]{2}$")]
    private static partial Regex LetteredPostalForm();

    [GeneratedRegex(@"^\d+[A-Za-z]?([-/]\d+[A-Za-z]?)?,?\s+(\p{L}[\p{L}.'’-]*\s+)*(street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|square|sq|way|terrace|highway|hwy|parkway|pkwy|circle|cir|crescent|close|row|rue|chemin|allée|impasse|quai)\b|^(rue|avenue|boulevard|calle|avenida|av\.|plaza|paseo|via|viale|piazza|corso|rua|travessa|ulica|ul\.)\s+.*\d|\p{L}(straße|strasse|str\.|gasse|weg|platz|allee|ufer|straat|laan|plein|gatan|vägen|vej|veien)\s+\d+", RegexOptions.IgnoreCase)]
    private static partial Regex AddressForm();

    [GeneratedRegex(@"^[+-]?(\d{1,3}([. ]\d{3})+|\d+),\d{1,6}$")]
    private static partial Regex DecimalCommaForm();
}
