using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;

namespace Sluice.Core.Tests.Cleaning;

public sealed class PostalAddressTests
{
    [Theory]
    [InlineData("US", "123 Main Street", "123 MAIN ST")]
    [InlineData("US", "123  main st.", "123 MAIN ST")]
    [InlineData("US", "4 North Oak Avenue , Apartment 5", "4 N OAK AVE, APT 5")]
    [InlineData("US", "12 St. James Street", "12 ST JAMES ST")]
    [InlineData("US", "9 Park Avenue Court, Springfield", "9 PARK AVENUE CT, SPRINGFIELD")]
    [InlineData("US", "800 5th Ave. Suite 200 Seattle", "800 5TH AVE STE 200 SEATTLE")]
    [InlineData("US", "P.O. Box 77", "PO BOX 77")]
    [InlineData("US", "post office box 77, Reno", "PO BOX 77, RENO")]
    [InlineData("GB", "10 St John's Rd., London n1  9gu", "10 St John's Road, London N1 9GU")]
    [InlineData("GB", "Flat 2, 5 High St", "Flat 2, 5 High Street")]
    [InlineData("US", "12 North Street", "12 NORTH ST")]
    [InlineData("DE", "Hauptstr. 12 a", "Hauptstraße 12a")]
    [InlineData("DE", "Berliner Strasse 5, 10115 Berlin", "Berliner Straße 5, 10115 Berlin")]
    [InlineData("FR", "12 av. Victor Hugo", "12 avenue Victor Hugo")]
    [InlineData("FR", "3 bis,bd  Voltaire", "3 bis, boulevard Voltaire")]
    [InlineData("ES", "C/ Mayor 5", "Calle Mayor 5")]
    [InlineData("IT", "P.za Garibaldi 1", "Piazza Garibaldi 1")]
    [InlineData("NL", "Dorpsstr. 8, 1234ab Ede", "Dorpsstraat 8, 1234 AB Ede")]
    [InlineData("US", "Main Street", null)]
    [InlineData("US", "room 5", null)]
    [InlineData("FR", "42", null)]
    public void An_address_has_one_standard_form_and_anything_else_none(string country, string address, string? standard)
    {
        Assert.Equal(standard, PostalAddress.Standard(address, country));
        if (standard is not null)
        {
            Assert.Equal(PostalAddress.Standard(address, country), PostalAddress.Standard(PostalAddress.Standard(address, country)!, country));
        }
    }

    [Fact]
    public void A_column_of_addresses_is_rewritten_and_what_is_none_is_flagged()
    {
        var step = new StandardizeFormats(new() { Addresses = new Dictionary<string, string> { ["a"] = "US" } });

        var run = StepRunner.Run(step, DirtyTable.Text(("a", ["1 Elm street", "1 ELM ST", "nowhere", null, ""])));

        Assert.Equal(["1 ELM ST", "1 ELM ST", "nowhere", null, ""], DirtyTable.Shown(run.All, "a"));
        Assert.Equal([2], run.Verdicts[0].Failing(0));
    }

    [Fact]
    public void A_country_that_is_not_known_is_a_problem() => Assert.Equal(
        ["addresses.name: 'XX' is not a country whose addresses are known here. There are: DE, ES, FR, GB, IT, NL, US."],
        StepRunner.Problems(new StandardizeFormats(new() { Addresses = new Dictionary<string, string> { ["name"] = "XX" } }), DirtyTable.Schema));
}
