using Sluice.Core.Tests.Steps;

namespace Sluice.Core.Tests.SchemaDetection;

public sealed class SemanticTypeTests
{
    [Theory]
    [InlineData("email", "ann@example.org", "b.c+d@mail.example.co.uk", "x_1@sub.domain.io")]
    [InlineData("url", "https://example.org/a?b=c", "http://localhost:8080/", "www.example.com/x")]
    [InlineData("uuid", "6f9619ff-8b86-d011-b42d-00cf4fc964ff", "3f2504e0-4f89-11d3-9a0c-0305e82c3301")]
    [InlineData("ip_address", "192.168.0.1", "10.0.0.255", "2001:db8::1")]
    [InlineData("mac_address", "00:1A:2B:3C:4D:5E", "aa-bb-cc-dd-ee-ff")]
    [InlineData("iban", "DE89370400440532013000", "GB82 WEST 1234 5698 7654 32", "FR1420041010050500013M02606")]
    [InlineData("credit_card", "4111111111111111", "5500-0000-0000-0004", "378282246310005")]
    [InlineData("us_ssn", "123-45-6789", "001-12-3456")]
    [InlineData("isbn", "978-3-16-148410-0", "0-306-40615-2", "9780306406157")]
    [InlineData("issn", "0378-5955", "2049-3630")]
    [InlineData("vin", "1M8GDM9AXKP042788", "1HGCM82633A004352")]
    [InlineData("orcid", "0000-0002-1825-0097", "0000-0001-5109-3700")]
    [InlineData("doi", "10.1000/182", "https://doi.org/10.1145/3292500.3330993")]
    [InlineData("hex_colour", "#ff00aa", "#FFF", "#00000080")]
    [InlineData("coordinates", "48.2082, 16.3738", "-33.8688,151.2093")]
    [InlineData("phone", "+43 1 234567", "(212) 555-0123", "030/1234567", "555-867-5309")]
    [InlineData("money", "$1,234.50", "€ 12", "99.90 EUR")]
    [InlineData("percentage", "12%", "3.5 %", "-7%")]
    [InlineData("quantity_with_unit", "12 kg", "3.5km", "100 ml")]
    [InlineData("time_of_day", "12:30", "09:05:10", "7:45 pm")]
    [InlineData("duration", "PT5M", "P1DT2H", "P3W")]
    [InlineData("currency_code", "EUR", "USD", "CHF")]
    [InlineData("country", "Austria", "France", "Brasil", "Côte d'Ivoire")]
    [InlineData("city", "Vienna", "Paris, France", "Osaka")]
    [InlineData("region", "California", "Texas", "New York")]
    [InlineData("month", "January", "feb", "März")]
    [InlineData("weekday", "Monday", "mardi", "Sun")]
    [InlineData("language", "English", "German", "Swahili")]
    [InlineData("colour", "red", "Green", "bleu")]
    [InlineData("person_name", "Maria Garcia", "Dr. Thomas Müller", "Smith, John", "Anna van der Berg")]
    [InlineData("organisation", "Acme Inc.", "Muster GmbH", "Foo Bar Ltd")]
    [InlineData("address", "12 Main Street", "Hauptstraße 5", "10 rue de la Paix, Paris")]
    [InlineData("postal_code", "K1A 0B1", "SW1A 1AA")]
    [InlineData("year", "1998", "2004", "2011")]
    public void Values_show_what_they_are_without_a_name(string expected, params string[] values)
    {
        var schema = Detection.Of(DirtyTable.Text(("x", values)));

        Assert.Equal(expected, schema.Meaning("x"));
        Assert.InRange(schema.Evidence[0].Confidence!.Value, 0.5, 1);
    }

    [Theory]
    [InlineData("plz", "postal_code", "1010", "1020", "8010")]
    [InlineData("first_name", "given_name", "Xaver", "Quirin", "Ann")]
    [InlineData("Nachname", "family_name", "Huber", "Gruber", "von Trapp")]
    [InlineData("fecha de nacimiento", "date_of_birth", "1980-01-05", "1999-12-31", "2001-05-05")]
    [InlineData("shipCountryCode", "country_code", "AT", "DE", "FR", "IT", "XK")]
    [InlineData("lang", "language_code", "en", "de-AT", "fr")]
    [InlineData("Latitude", "latitude", "48.2", "-33.8", "0.5")]
    [InlineData("origin airport", "airport_code", "VIE", "LHR", "JFK")]
    [InlineData("population_2020", "population", "12000", "8000000", "52")]
    [InlineData("Telefonnummer", "phone", "4312345678", "4366012345", "4369912345")]
    public void A_name_decides_what_values_alone_do_not(string name, string expected, params string[] values)
    {
        Assert.Equal(expected, Detection.Of(DirtyTable.Text((name, values))).Meaning(name));
        Assert.NotEqual(expected, Detection.Of(DirtyTable.Text(("x", values))).Meaning("x"));
    }

    [Theory]
    [InlineData("email_sent", "yes", "no", "yes")]
    [InlineData("credit_card", "4111111111111112", "5500000000000005", "1234567890123456")]
    [InlineData("iban", "DE89370400440532013001", "GB82WEST12345698765433", "FR1420041010050500013M02607")]
    [InlineData("latitude", "95.5", "-200.1", "48.1")]
    [InlineData("country_count", "12", "14", "9")]
    public void A_name_is_not_enough_where_the_values_say_otherwise(string name, params string[] values)
    {
        var schema = Detection.Of(DirtyTable.Text((name, values)));

        Assert.NotEqual(name, schema.Meaning(name));
        Assert.Null(schema.Columns[0].Pii);
    }

    [Fact]
    public void Words_for_missing_do_not_count_against_a_type()
    {
        var schema = Detection.Of(DirtyTable.Text(("x", ["a@b.org", "n/a", "-", "c@d.org", null])));

        Assert.Equal("email", schema.Meaning("x"));
        Assert.Equal("2 of 2 different values match", schema.Evidence[0].Reason);
    }
}
