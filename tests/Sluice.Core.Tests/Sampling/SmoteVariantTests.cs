using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Sampling;
using Sluice.Steps;

namespace Sluice.Core.Tests.Sampling;

public sealed class BorderlineContractTests : StepContract
{
    protected override Step Create() => new Balance(SmoteTests.Nominal with { SmoteVariant = SmoteVariant.Borderline2 });

    protected override Batch Sample() => SmoteTests.Rows(300);

    protected override (Step Step, string Path)? WithUnknownColumn => null;

    protected override bool AcceptsNoValues => false;
}

public sealed class AdasynContractTests : StepContract
{
    protected override Step Create() => new Balance(SmoteTests.Nominal with { SmoteVariant = SmoteVariant.Adasyn });

    protected override Batch Sample() => SmoteTests.Rows(300);

    protected override (Step Step, string Path)? WithUnknownColumn => null;

    protected override bool AcceptsNoValues => false;
}

/// <summary>Borderline-SMOTE and ADASYN against cases that are reckoned by hand.</summary>
public sealed class SmoteVariantTests
{
    // Of the three nearest of all rows, 0 has one stranger, 10 and 11 have two, 30 has three: safe, in danger, in danger, noise.
    static readonly double[] rare = [0, 10, 11, 30], common = [9, 12, 29, 31, 32, 100];

    [Theory]
    [InlineData(SmoteVariant.Borderline1, 7, new[] { 0, 4, 3, 0 }, new[] { -1, -1, -1, -1 })]
    [InlineData(SmoteVariant.Borderline2, 6, new[] { 0, 3, 3, 0 }, new[] { -1, 0, 1, -1 })]
    [InlineData(SmoteVariant.Adasyn, 8, new[] { 1, 2, 2, 3 }, new[] { -1, -1, -1, -1 })]
    [InlineData(SmoteVariant.Adasyn, 10, new[] { 1, 3, 2, 4 }, new[] { -1, -1, -1, -1 })]
    [InlineData(SmoteVariant.Regular, 6, new[] { 2, 2, 1, 1 }, new[] { -1, -1, -1, -1 })]
    public void Rows_are_made_of_those_that_the_papers_say(SmoteVariant variant, int wanted, int[] made, int[] strangers)
    {
        var shares = SmoteShares.Of(Rows(rare), Rows(common), wanted, Options(variant))!;

        Assert.Equal(made, shares.Made);
        Assert.Equal(strangers, shares.Stranger);
    }

    [Fact]
    public void A_row_that_comes_twice_has_twice_its_share()
    {
        var rows = Rows(rare);
        rows[1] = rows[1] with { Count = 2 };

        // Shares 1, 4, 2 and 3 of 10.
        Assert.Equal([2, 8, 4, 6], SmoteShares.Of(rows, Rows(common), 20, Options(SmoteVariant.Adasyn))!.Made);
        Assert.Equal([0, 4, 2, 0], SmoteShares.Of(rows, Rows(common), 6, Options(SmoteVariant.Borderline1))!.Made);
    }

    [Fact]
    public void Made_rows_lie_between_endangered_rows_and_their_neighbours()
    {
        foreach (var variant in new[] { SmoteVariant.Borderline1, SmoteVariant.Borderline2, SmoteVariant.Adasyn })
        {
            var all = StepRunner.Run(new Balance(Options(variant) with { Column = "kind", Method = BalanceMethod.Smote, Columns = ["x"], SetColumn = "", KNeighbors = variant == SmoteVariant.Adasyn ? 3 : 1 }), Table(40)).All;
            var made = Enumerable.Range(0, all.Rows).Where(row => all["synthetic"].Display(row) == "true").Select(row => all.Float64("x")[row]).ToList();

            Assert.Equal(32, made.Count);
            // 10 and 11 are each other's nearest; half way to their strangers, 9 and 12, is 9.5 and 11.5.
            Assert.All(made, x => Assert.InRange(x, variant == SmoteVariant.Adasyn ? 0 : variant == SmoteVariant.Borderline1 ? 10 : 9.5, variant == SmoteVariant.Adasyn ? 30 : variant == SmoteVariant.Borderline1 ? 11 : 11.5));
            Assert.Equal(variant == SmoteVariant.Borderline2, made.Any(x => x is (> 9 and < 10) or (> 11 and < 12)) && variant != SmoteVariant.Adasyn);
        }
    }

    [Fact]
    public void A_class_apart_from_the_others_is_refused()
    {
        var table = Table(40, apart: 1e6);

        foreach (var (variant, name) in new[] { (SmoteVariant.Borderline1, "borderline1"), (SmoteVariant.Adasyn, "adasyn") })
        {
            var refused = Assert.Throws<DataException>(() => StepRunner.Run(
                new Balance(Options(variant) with { Column = "kind", Method = BalanceMethod.Smote, Columns = ["x"], SetColumn = "", KNeighbors = 2 }), table));
            Assert.Equal($"balance found no row of class 'rare' of 'kind' that lies at other classes, so smote_variant {name} makes nothing of it. Choose smote_variant regular, or compare more neighbours.", refused.Message);
        }

        Assert.StartsWith("smote_variant: Only smote makes rows.", Assert.Single(StepRunner.Problems(new Balance(new() { Column = "kind", SetColumn = "", SmoteVariant = SmoteVariant.Adasyn }), table.Schema)));
    }

    static Balance.Options Options(SmoteVariant variant) => new() { SmoteVariant = variant, KNeighbors = 3, MNeighbors = 3, Standardize = false };

    static SmoteRow[] Rows(double[] numbers) => [.. numbers.Select(x => new SmoteRow(1, [x], []))];

    // The rare rows, the common ones, and common ones far off.
    static Batch Table(int rows, double apart = 0)
    {
        double[] numbers = [.. rare, .. common.Select(x => x + apart), .. Enumerable.Range(0, rows - rare.Length - common.Length).Select(i => 1000.0 + i + apart)];
        return new Batch(
            new([new("kind", ColumnType.Text), new("x", ColumnType.Float64)]),
            [TextColumn.Of([.. numbers.Select((_, i) => i < rare.Length ? "rare" : "common")]), new ValueColumn<double>(ColumnType.Float64, numbers)], rows);
    }
}
