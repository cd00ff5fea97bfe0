using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;

namespace Sluice.Core.Tests.Cleaning;

public sealed class StandardizeFormatsTests : StepContract
{
    protected override Step Create() => new StandardizeFormats(new() { Dates = ["when"], Phones = ["code"], Country = "US", Units = new Dictionary<string, string> { ["amount"] = "kg" } });

    protected override (Step Step, string Path)? WithUnknownColumn => (new StandardizeFormats(new() { Phones = ["nowhere"] }), "phones[0]");

    [Fact]
    public void Writes_dates_as_iso_with_the_order_of_the_column()
    {
        var batch = DirtyTable.Text(("d", ["13/06/1998", "01/02/2003", "Jun 12 1998", "1998-06-12", "soon", null, " "]));

        var run = StepRunner.Run(new StandardizeFormats(new() { Dates = ["d"] }), batch);

        Assert.Equal(["1998-06-13", "2003-02-01", "1998-06-12", "1998-06-12", "soon", null, " "], DirtyTable.Shown(run.All, "d"));
        Assert.Equal([4], run.Verdicts[0].Failing(0));
        Assert.Equal(3, run.Verdicts[0].Changed["standardize_formats:d"]);
    }

    [Theory]
    [InlineData("US", "(415) 555-2671", "+14155552671")]
    [InlineData("US", "1-415-555-2671", "+14155552671")]
    [InlineData("US", "011 44 20 7946 0958", "+442079460958")]
    [InlineData("GB", "020 7946 0958", "+442079460958")]
    [InlineData("GB", "+44 (0)20 7946 0958", "+442079460958")]
    [InlineData("DE", "030/901820", "+4930901820")]
    [InlineData("DE", "0033 1 42 68 53 00", "+33142685300")]
    [InlineData("IT", "06 6982", "+39066982")]
    [InlineData(null, "+41 44 668 18 00", "+41446681800")]
    [InlineData(null, "044 668 18 00", null)]
    [InlineData("US", "555-2671", null)]
    [InlineData("US", "415-555-2671 x12", null)]
    [InlineData("US", "115 555 2671", null)]
    [InlineData("US", "+1234567890123456789012345", null)]
    public void Writes_telephone_numbers_as_e164(string? country, string number, string? expected)
    {
        var run = StepRunner.Run(new StandardizeFormats(new() { Phones = ["p"], Country = country }), DirtyTable.Text(("p", [number])));

        Assert.Equal([expected ?? number], DirtyTable.Shown(run.All, "p"));
        Assert.Equal(expected is null ? 1 : 0, run.Verdicts[0].Rules.Count);
    }

    [Theory]
    [InlineData("kg", "1500g", "1.5 kg")]
    [InlineData("kg", "2 lb", "0.90718474 kg")]
    [InlineData("cm", "12 IN.", "30.48 cm")]
    [InlineData("°C", "212 °F", "100 °C")]
    [InlineData("s", "1.5 h", "5400 s")]
    [InlineData("kg", "3 m", null)]
    [InlineData("kg", "3", null)]
    [InlineData("kg", "NaN kg", null)]
    public void Writes_amounts_in_one_unit(string unit, string amount, string? expected)
    {
        var run = StepRunner.Run(new StandardizeFormats(new() { Units = new Dictionary<string, string> { ["a"] = unit } }), DirtyTable.Text(("a", [amount])));

        Assert.Equal([expected ?? amount], DirtyTable.Shown(run.All, "a"));
    }

    [Fact]
    public void Doing_it_twice_changes_nothing_more()
    {
        var once = StepRunner.Run(Create(), Sample());

        Assert.Empty(StepRunner.Run(Create(), once.All).Verdicts[0].Changed);
    }

    [Fact]
    public void Says_what_it_does_not_know()
    {
        var problems = StepRunner.Problems(new StandardizeFormats(new() { Country = "XX", Units = new Dictionary<string, string> { ["code"] = "furlong" } }), Sample().Schema);

        Assert.StartsWith("country: 'XX' is not a country known here. There are: AE, AR, ", problems[0], StringComparison.Ordinal);
        Assert.StartsWith("units.code: 'furlong' is not a unit known here. There are: mg, g, ", problems[1], StringComparison.Ordinal);
        Assert.Equal(["dates: No column is named. Name some in dates, phones, units or addresses."], StepRunner.Problems(new StandardizeFormats(new()), Sample().Schema));
    }
}
