using Sluice.Privacy;

namespace Sluice.Core.Tests.Privacy;

/// <summary>Each kind: an example of its issuer or of its standard, and one that differs by a digit, a letter or a separator.</summary>
public sealed class RecogniserTests
{
    [Theory]
    [InlineData("credit_card", "4111 1111 1111 1111", "4111 1111 1111 1112")]
    [InlineData("credit_card", "378282246310005", "378282246310006")]
    [InlineData("iban", "GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 33")]
    [InlineData("iban", "DE89370400440532013000", "DE8937040044053201300")]
    [InlineData("crypto", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb")]
    [InlineData("crypto", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5")]
    [InlineData("crypto", "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe", "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BA")]
    [InlineData("imei", "490154203237518", "490154203237519")]
    [InlineData("vin", "1M8GDM9AXKP042788", "1M8GDM9AXKP042789")]
    [InlineData("mac", "00:1B:44:11:3A:B7", "00:1B:44:11:3A:G7")]
    [InlineData("ip_address", "192.168.0.254", "192.168.0.256")]
    [InlineData("ip_address", "2001:db8::ff00:42:8329", "2001:db8:::42:8329")]
    [InlineData("email", "ann.lee+x@mail.example.co.uk", "ann.lee@example")]
    [InlineData("url", "https://example.org/a?b=c", "https:/example")]
    [InlineData("phone", "+44 20 7946 0958", "+44 20 79")]
    [InlineData("phone", "(555) 123-4567", "(55) 12-45")]
    [InlineData("date", "2024-02-29", "2024-13-29")]
    [InlineData("date", "March 3rd, 1987", "March 33rd")]
    [InlineData("swift_bic", "DEUTDEFF500", "DEUTQQFF500")]
    [InlineData("secret_token", "AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPL")]
    [InlineData("ssn", "536-90-4399", "000-12-3456")]
    [InlineData("ssn", "536-90-4399", "666-90-4399")]
    [InlineData("us_itin", "912-70-1234", "912-49-1234")]
    [InlineData("us_npi", "1234567893", "1234567890")]
    [InlineData("us_mbi", "1EG4-TE5-MK73", "1EG4-TE5-MS73")]
    [InlineData("us_dea", "AB1234563", "AB1234564")]
    [InlineData("aba_routing", "021000021", "021000022")]
    [InlineData("us_passport", "A12345678", "A1234567")]
    [InlineData("us_driver_license", "H12345678", "H-12345678x")]
    [InlineData("ca_sin", "130 692 544", "130 692 545")]
    [InlineData("ca_postal_code", "K1A 0B1", "K1A 0O1")]
    [InlineData("uk_nhs", "943 476 5919", "943 476 5918")]
    [InlineData("uk_nino", "AB123456C", "BG123456C")]
    [InlineData("uk_postcode", "SW1A 1AA", "SW1A 1CA")]
    [InlineData("uk_driving_licence", "MORGA657054SM9IJ", "MORGA657994SM9IJ")]
    [InlineData("uk_vehicle_registration", "AB12 CDE", "AB12 CIE")]
    [InlineData("ie_pps", "1234567T", "1234567U")]
    [InlineData("de_tax_id", "86095742719", "86095742718")]
    [InlineData("de_vat_id", "DE136695976", "DE136695977")]
    [InlineData("de_social_security", "65170839J003", "65170839J004")]
    [InlineData("de_id_card", "T220001293", "T220001294")]
    [InlineData("at_svnr", "1237 010180", "1238 010180")]
    [InlineData("ch_ahv", "756.9217.0769.85", "756.9217.0769.86")]
    [InlineData("es_nif", "12345678Z", "12345678A")]
    [InlineData("es_nie", "X1234567L", "X1234567M")]
    [InlineData("it_fiscal_code", "RSSMRA85T10A562S", "RSSMRA85T10A562T")]
    [InlineData("fr_nir", "2 55 08 14 168 025 38", "2 55 08 14 168 025 39")]
    [InlineData("nl_bsn", "111222333", "111222334")]
    [InlineData("be_national_number", "85.07.30-033.28", "85.07.30-033.29")]
    [InlineData("pt_nif", "123456789", "123456788")]
    [InlineData("se_personnummer", "811218-9876", "811218-9877")]
    [InlineData("fi_personal_identity_code", "131052-308T", "321352-308T")]
    [InlineData("pl_pesel", "44051401359", "44051401358")]
    [InlineData("tr_national_id", "10000000146", "10000000147")]
    [InlineData("in_aadhaar", "2341 2341 2346", "2341 2341 2347")]
    [InlineData("in_gstin", "27AAPFU0939F1ZV", "27AAPFU0939F1ZW")]
    [InlineData("in_pan", "AAPFU0939F", "AAP1U0939F")]
    [InlineData("sg_fin", "S1234567D", "S1234567E")]
    [InlineData("kr_brn", "220-81-62517", "220-81-62518")]
    [InlineData("cn_resident_id", "11010519491231002X", "110105194912310021")]
    [InlineData("hk_id", "A123456(3)", "A123456(4)")]
    [InlineData("au_abn", "51 824 753 556", "51 824 753 557")]
    [InlineData("au_acn", "004 085 616", "004 085 617")]
    [InlineData("au_tfn", "123 456 782", "123 456 783")]
    [InlineData("au_medicare", "2123 45670 1", "2123 45680 1")]
    [InlineData("nz_ird", "49-091-850", "49-091-851")]
    [InlineData("za_id_number", "8001015009087", "8001015009088")]
    [InlineData("br_cpf", "529.982.247-25", "529.982.247-26")]
    [InlineData("br_cnpj", "11.222.333/0001-81", "11.222.333/0001-82")]
    [InlineData("cl_rut", "12.345.678-5", "12.345.678-6")]
    [InlineData("mx_curp", "HEGG560427MVZRRL04", "HEGG561327MVZRRL04")]
    public void Finds_it_and_not_what_nearly_is(string entity, string valid, string nearMiss)
    {
        var found = Assert.Single(Finding.In($"x {valid} y", Finding.Only(entity)));

        Assert.Equal((entity, valid), (found.Entity, found.Value));
        Assert.Empty(Finding.In($"x {nearMiss} y", Finding.Only(entity)));
    }

    [Fact]
    public void There_are_at_least_forty_kinds_of_twelve_countries()
    {
        Assert.True(PiiScanner.Entities.Count >= 40, $"{PiiScanner.Entities.Count} kinds");
        Assert.True(Recogniser.All.Select(r => r.Country).OfType<string>().Distinct().Count() >= 12);
    }

    [Fact]
    public void A_word_nearby_or_the_column_makes_a_bare_number_certain()
    {
        Assert.DoesNotContain(Finding.In("ref 536904399"), found => found.Entity == "ssn");
        Assert.Contains(Finding.In("My social security number is 536904399"), found => found.Entity == "ssn");
        Assert.Contains(Finding.In("536904399", column: "customerSSN"), found => found.Entity == "ssn");
    }

    [Fact]
    public void A_part_of_a_longer_number_is_nothing()
    {
        Assert.Empty(Finding.In("1536-90-4399", Finding.Only("ssn")));
        Assert.Empty(Finding.In("2.536-90-4399-1", Finding.Only("ssn")));
        Assert.Empty(Finding.In("id_536-90-4399", Finding.Only("ssn")));
    }

    [Fact]
    public void Text_of_scripts_without_spaces_does_not_hide_a_number() =>
        Assert.Contains(Finding.In("卡号4111111111111111。"), found => found.Entity == "credit_card");

    [Fact]
    public void Overlapping_findings_become_one_reading()
    {
        var found = Finding.In("Pay 4111 1111 1111 1111 or mail ann@example.com.");

        Assert.Equal(["credit_card", "email"], found.Select(f => f.Entity));
    }

    [Theory]
    [InlineData("My name is Ingeborg Vestergaard and I need help.", "person", "Ingeborg Vestergaard")]
    [InlineData("please call mr. kowalczyk about the invoice", "person", "kowalczyk")]
    [InlineData("She moved to Rotterdam last year.", "location", "Rotterdam")]
    [InlineData("We bought it from Meridian Logistics Ltd in May.", "organization", "Meridian Logistics Ltd")]
    [InlineData("The shop at 221B Baker Street is closed on Sundays.", "address", "221B Baker Street")]
    [InlineData("Send it to P.O. Box 4421 please", "address", "P.O. Box 4421")]
    [InlineData("Das Büro ist in der Hauptstraße 15 zu finden.", "address", "Hauptstraße 15")]
    [InlineData("Zuzanna was late again, said Okonkwo.", "person", "Okonkwo")]
    [InlineData("Reviewed by Halvard Lindqvist PhD", "person", "Halvard Lindqvist PhD")]
    [InlineData("The parcel left Brzesko on Monday.", "location", "Brzesko")]
    [InlineData("She has an office in Praha 7.", "location", "Praha 7")]
    [InlineData("I work for Fenwick Country Club", "organization", "Fenwick Country Club")]
    [InlineData("Ship to 12 Oak Trail Dr, Suite 4, Kirkby Stephen, TX 40213.", "address", "12 Oak Trail Dr, Suite 4, Kirkby Stephen, TX 40213")]
    [InlineData("7 Hlavní 401\n Apt. 7\n Dolní Lhota\n\n Bosnia and Herzegovina 40213", "address", "7 Hlavní 401\n Apt. 7\n Dolní Lhota\n\n Bosnia and Herzegovina 40213")]
    [InlineData("3 Chemin des Bois\nGleniti\n, nan\nCape Verde 99871", "address", "3 Chemin des Bois\nGleniti\n, nan\nCape Verde 99871")]
    public void Finds_names_by_what_stands_around_them(string text, string entity, string value) =>
        Assert.Contains(Finding.In(text), found => found.Entity == entity && found.Value.Contains(value, StringComparison.Ordinal));

    [Theory]
    [InlineData("The quick brown fox jumps over the lazy dog.")]
    [InlineData("Orders are shipped within two days. Refunds take a week.")]
    [InlineData("version 1.2.3 of the library fixed 12 bugs")]
    [InlineData("Words such as Freedom and Courage mean little to an ex-Marine.")]
    [InlineData("Please read the Terms and Conditions.")]
    [InlineData("")]
    [InlineData("7")]
    public void Finds_nothing_in_ordinary_text(string text) => Assert.Empty(Finding.In(text));

    [Fact]
    public void Countries_can_be_chosen_and_values_allowed()
    {
        Assert.Empty(Finding.In("943 476 5919", new PiiScope { MinConfidence = 0, Countries = new HashSet<string> { "us" }, Entities = new HashSet<string> { "uk_nhs" } }));
        Assert.Empty(Finding.In("help@example.com", new PiiScope { Allow = new HashSet<string> { "help@example.com" } }));
    }
}
