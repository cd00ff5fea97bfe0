namespace Sluice.SchemaDetection;

/// <summary>Closed or nearly closed sets of values, compared in lower case except codes, which are written in capitals.</summary>
static partial class Vocabulary
{
    static readonly (HashSet<string> Names, HashSet<string> Two, HashSet<string> Three) countries = Countries();

    public static HashSet<string> CountryNames => countries.Names;

    public static HashSet<string> CountryCodes2 => countries.Two;

    public static HashSet<string> CountryCodes3 => countries.Three;

    public static HashSet<string> StateNames { get; } = [.. States().Select(s => s[(s.IndexOf(' ') + 1)..].ToLowerInvariant())];

    public static HashSet<string> StateCodes { get; } = [.. States().Select(s => s[..s.IndexOf(' ')])];

    public static HashSet<string> Cities { get; } = List(CityList);

    public static HashSet<string> Continents { get; } = List(ContinentList);

    public static HashSet<string> CurrencyCodes { get; } = List(CurrencyCodeList);

    public static HashSet<string> CurrencyNames { get; } = List(CurrencyNameList);

    public static HashSet<string> LanguageCodes { get; } = List(LanguageCodeList);

    public static HashSet<string> LanguageNames { get; } = List(LanguageNameList);

    public static HashSet<string> Months { get; } = List(MonthList);

    public static HashSet<string> Weekdays { get; } = List(WeekdayList);

    public static HashSet<string> Genders { get; } = List(GenderList);

    public static HashSet<string> Colours { get; } = List(ColourList);

    public static HashSet<string> GivenNames { get; } = List(GivenNameList);

    static HashSet<string> List(string text) =>
        new(text.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);

    static IEnumerable<string> States() => StateList.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
