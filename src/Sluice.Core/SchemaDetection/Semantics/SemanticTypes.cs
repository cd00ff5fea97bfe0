using static Sluice.SchemaDetection.Formats;
using static Sluice.SchemaDetection.Holds;

namespace Sluice.SchemaDetection;

/// <summary>
/// The semantic types that are told apart, from general knowledge: published formats with their check digits, closed lists (ISO 3166, 4217, 639),
/// and words that people use as column names. Where two fit equally, the first wins.
/// </summary>
static partial class SemanticTypes
{
    public static IReadOnlyList<SemanticType> All { get; } = [.. Contacts(), .. Codes(), .. Places(), .. People(), .. Measures(), .. Things()];

    static SemanticType[] Contacts() =>
    [
        new("email", Text, 0.99, 0.99, "email|e mail|mail|email address|mail address|courriel|correo|correo electronico|posta elettronica|emailadresse", Email, IsPii: true, IsPattern: true),
        new("url", Text, 0.98, 0.99, "url|uri|link|website|web site|homepage|web|site web|sitio web|webseite|href", Url, v => Url(v) || Domain(v), IsPattern: true),
        new("domain", Text, 0.8, 0.95, "domain|domain name|host|hostname|host name", Domain, IsPattern: true),
        new("phone", Any, 0.85, 0.97,
            "phone|telephone|tel|mobile|cell|cell phone|fax|phone number|telephone number|mobile number|telefon|telefonnummer|handy|mobil|telefono|movil|celular|telefone|cellulare|telefoon|telephone portable",
            v => Phone(v), PhoneDigits, IsPii: true, IsPattern: true),
        new("ip_address", Text, 0.95, 0.99, "ip|ip address|ipv4|ipv6|ip adresse|client ip|remote addr", v => Ipv4(v) || Ipv6(v), IsPii: true, IsPattern: true),
        new("mac_address", Text, 0.97, 0.99, "mac|mac address|hardware address", Mac, IsPii: true, IsPattern: true),
    ];

    static SemanticType[] Codes() =>
    [
        new("uuid", Text, 0.99, 0.99, "uuid|guid", Uuid, IsPattern: true),
        new("iban", Text, 0.99, 0.99, "iban|bank account|account number|kontonummer|konto", Iban, IsPii: true, IsPattern: true),
        new("bic", Text, 0.6, 0.97, "bic|swift|swift code|bic code", Bic, IsPattern: true),
        new("credit_card", Text | Integer, 0.95, 0.99, "credit card|card number|cc|ccn|credit card number|pan|kreditkarte|tarjeta|carte bancaire", CreditCard, IsPii: true, IsPattern: true),
        new("us_ssn", Text, 0.9, 0.99, "ssn|social security|social security number", Ssn, IsPii: true, IsPattern: true),
        new("isbn", Text | Integer, 0.93, 0.98, "isbn|isbn 10|isbn 13", Isbn, MinShare: 0.9, IsPattern: true),
        new("issn", Text, 0.95, 0.99, "issn|eissn|e issn", Issn, IsPattern: true),
        new("gtin", Text | Integer, 0.8, 0.97, "ean|gtin|upc|barcode|bar code|ean 13|strichcode", Gtin, MinShare: 0.95, IsPattern: true),
        new("vin", Text, 0.9, 0.98, "vin|vehicle identification number|chassis", Vin, IsPii: true, IsPattern: true),
        new("imei", Text | Integer, 0.7, 0.98, "imei", Imei, MinShare: 0.95, IsPii: true, IsPattern: true),
        new("orcid", Text, 0.98, 0.99, "orcid", Orcid, IsPii: true, IsPattern: true),
        new("doi", Text, 0.99, 0.99, "doi", Doi, IsPattern: true),
        new("hex_colour", Text, 0.95, 0.98, "color|colour|hex|farbe|couleur", HexColour, IsPattern: true),
        new("file_path", Text, 0.8, 0.9, "path|file|filename|file name|file path|datei|pfad|fichier|archivo", FilePath, IsPattern: true),
        new("currency_code", Text, 0.85, 0.97, "currency|currency code|iso currency|ccy|cur|waehrung|devise|moneda|valuta|moeda|iso 4217", Vocabulary.CurrencyCodes.Contains, MinShare: 0.9, IsPattern: true),
        new("language_code", Text, 0, 0.92, "language|lang|language code|locale|sprache|langue|idioma|lingua|taal|iso 639", v => Vocabulary.LanguageCodes.Contains(LanguagePart(v))),
        new("airport_code", Text, 0, 0.92, "iata|icao|airport|airport code|iata code|icao code|origin|destination|departure airport|arrival airport|origin airport|destination airport", Airport, NamedShare: 0.9),
        new("postal_code", Text | Integer, 0, 0.95,
            "zip|zipcode|zip code|postal code|postcode|post code|plz|postleitzahl|code postal|codigo postal|cap|cep|postnummer|postal",
            PostalCode, IsPattern: true),
        new("postal_code", Text, 0.85, 0.97, "postal code|postcode|post code|zip", LetteredPostalCode, MinShare: 0.9, IsPattern: true),
        new("percentage", Text, 0.95, 0.98, "percent|percentage|pct|share|rate|prozent|anteil|pourcentage|porcentaje", Percentage, IsPattern: true),
        new("money", Text, 0.95, 0.98, "price|amount|cost|salary|revenue|preis|betrag|prix|montant|precio|importe|prezzo|importo", Money, IsPattern: true),
        new("quantity_with_unit", Text, 0.9, 0.95, "weight|height|length|width|size|distance|volume|area|duration", Quantity, IsPattern: true),
        new("time_of_day", Text, 0.95, 0.98, "time|hour|uhrzeit|heure|hora|ora", Time, MinShare: 0.9, IsPattern: true),
        new("duration", Text, 0.97, 0.98, "duration|dauer|duree|duracion|elapsed", Duration, IsPattern: true),
        new("coordinates", Text, 0.95, 0.98, "coordinates|coords|location|geo|latlng|lat lon|lat lng|position|point", Coordinates, IsPattern: true),
    ];

    static SemanticType[] Places() =>
    [
        new("country", Text, 0.92, 0.97, "country|nation|land|pays|pais|paese|state|country name|staat|nationality|citizenship", v => Vocabulary.CountryNames.Contains(Lower(v)), MinShare: 0.7, NamedShare: 0.4),
        new("country_code", Text, 0.7, 0.96, "country|country code|iso|iso2|iso 2|alpha 2|nation|land|laendercode|pays|pais|nationality|iso 3166|iso code|cc", Vocabulary.CountryCodes2.Contains, MinShare: 0.95, NamedShare: 0.8),
        new("country_code", Text, 0.8, 0.96, "country|country code|iso3|iso 3|alpha 3|nation|iso 3166|iso code|noc|ioc", Vocabulary.CountryCodes3.Contains, MinShare: 0.95, NamedShare: 0.7),
        new("region", Text, 0.85, 0.95, "state|province|region|bundesland|canton|departement|provincia|estado|regione|county|district|prefecture|territory|subdivision|department|oblast|kreis|landkreis|comunidad",
            v => Vocabulary.StateNames.Contains(Lower(v)), PlaceShape, NamedShare: 0.6),
        new("region", Text, 0.6, 0.93, "state|province|region|st|bundesland|state code", Vocabulary.StateCodes.Contains, MinShare: 0.95, NamedShare: 0.8),
        new("continent", Text, 0.9, 0.97, "continent|kontinent|continente", v => Vocabulary.Continents.Contains(Lower(v)), MinShare: 0.9),
        new("city", Text, 0.85, 0.93,
            "city|town|municipality|stadt|ort|ville|commune|ciudad|municipio|citta|comune|cidade|plaats|stad|gemeinde|village|capital|hauptstadt|capitale|city name|birthplace|place of birth|headquarters",
            v => Vocabulary.Cities.Contains(City(v)), PlaceShape, MinShare: 0.5, NamedShare: 0.6),
        new("address", Text, 0.9, 0.93,
            "address|street|street address|addr|address line|adresse|strasse|anschrift|rue|direccion|calle|domicilio|indirizzo|via|endereco|adres|straat|mailing address|billing address|shipping address|home address",
            Address, AddressLike, MinShare: 0.6, NamedShare: 0.5, IsPii: true),
        new("latitude", Number, 0, 0.97, "latitude|lat|breitengrad|breite|latitud|latitudine|y coord", v => Within(v, -90, 90), NamedShare: 1),
        new("longitude", Number, 0, 0.97, "longitude|long|lon|lng|laengengrad|laenge|longitud|longitudine|x coord", v => Within(v, -180, 180), NamedShare: 1),
    ];

    static SemanticType[] People() =>
    [
        new("given_name", Text, 0.8, 0.95, "first name|firstname|given name|forename|fname|vorname|prenom|nombre de pila|voornaam|middle name", Names.GivenName, Names.NameWord, MinShare: 0.6, IsPii: true),
        new("family_name", Text, 0, 0.95, "last name|lastname|surname|family name|lname|nachname|familienname|nom de famille|apellido|apellidos|cognome|sobrenome|achternaam", NamedTest: Names.NameWord, IsPii: true),
        new("person_name", Text, 0.9, 0.92,
            "full name|fullname|person|person name|author|customer|client|employee|patient|student|teacher|contact|owner|user|manager|director|president|ceo|player|artist|actor|actress|writer|singer|" +
            "mayor|minister|governor|senator|politician|scientist|coach|captain|winner|candidate|king|queen|monarch|emperor|ruler|pope|saint|inventor|composer|painter|spouse|wife|husband|father|mother|child|" +
            "advisor|supervisor|leader|chairman|founder|editor|starring|cast|driver|pilot|customer name|contact name|kunde|mitarbeiter|autor|auteur|nombre completo|nome completo|regisseur|kuenstler",
            Names.Person, Names.PersonShape, MinShare: 0.4, NamedShare: 0.5, IsPii: true),
        new("gender", Text, 0.75, 0.97, "gender|sex|geschlecht|sexe|genre|sexo|genero|sesso|geslacht", v => Vocabulary.Genders.Contains(Lower(v)), MinShare: 0.95, NamedShare: 0.9, IsPii: true),
        new("age", Number, 0, 0.93, "age|alter|edad|eta|idade|leeftijd|age years", v => Within(v, 0, 130), NamedShare: 0.97, IsPii: true),
        new("date_of_birth", Moment, 0, 0.97, "date of birth|birth date|birthdate|dob|birthday|born|geburtsdatum|geburtstag|date de naissance|fecha de nacimiento|data di nascita|data de nascimento|geboortedatum", IsPii: true),
        new("username", Text, 0, 0.9, "username|user name|login|nickname|nick|handle|screen name|benutzername|benutzer|usuario|utente|identifiant", v => !v.Contains(' '), IsPii: true),
        new("password", Text, 0, 0.95, "password|passwd|pwd|passwort|kennwort|mot de passe|contrasena|password hash|secret", v => !v.Contains(' '), IsPii: true),
        new("national_id", Any, 0, 0.92,
            "national id|passport|passport number|tax id|tin|driver license|drivers license|licence number|nino|dni|nif|nie|cpf|codice fiscale|steuernummer|steuer id|personalausweis|insee|aadhaar|pesel|bsn|social insurance number|sin",
            v => v.Length is >= 5 and <= 20 && v.Any(char.IsAsciiDigit), IsPii: true),
        new("job_title", Text, 0, 0.85, "job|job title|occupation|profession|position|role|beruf|poste|puesto|cargo|funktion|qualifica"),
        new("marital_status", Text, 0, 0.9, "marital status|civil status|marital|familienstand|estado civil|etat civil|stato civile", IsPii: true),
        new("religion", Text, 0, 0.9, "religion|faith|konfession|religione|religiao", IsPii: true),
        new("ethnicity", Text, 0, 0.9, "ethnicity|race|ethnic group|ethnie", IsPii: true),
    ];

    static string Lower(string v) => v.ToLowerInvariant();

    /// <summary>Whether the value passes, or most parts of it where it is a list: "English, French (official)".</summary>
    static bool Listed(string v, Func<string, bool> test)
    {
        var whole = Lower(v);
        if (test(whole))
        {
            return true;
        }

        var parts = whole.Split([",", ";", "/", "(", ")", " and ", "&"], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 1 && parts.Count(test) * 2 >= parts.Length;
    }

    static string LanguagePart(string v) => v.Split('-', '_')[0] is { Length: 2 } part ? part.ToLowerInvariant() : "";

    // "Paris, France" and "Portland (Oregon)" are cities too.
    static string City(string v) => Lower(v.Split(',', '(')[0].Trim());

    static bool PlaceShape(string v) => v.Length is >= 2 and <= 60 && char.IsUpper(v[0]) && !v.AsSpan().ContainsAnyInRange('0', '9');

    static bool Within(string v, double low, double high) => double.TryParse(v, out var number) && number >= low && number <= high;
}
