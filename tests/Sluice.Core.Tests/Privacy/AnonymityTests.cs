using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Privacy.Anonymity;
using Sluice.Steps;

namespace Sluice.Core.Tests.Privacy;

public sealed class KAnonymityTests : StepContract
{
    static readonly KAnonymity.Options options = new()
    {
        QuasiIdentifiers = [new() { Column = "age" }, new() { Column = "zip" }, new() { Column = "born" }],
        K = 4,
        Sensitive = "illness",
        L = 2,
        T = 0.6,
        MaxSuppressed = 0.1,
    };

    protected override Step Create() => new KAnonymity(options);

    protected override (Step Step, string Path)? WithUnknownColumn => (new KAnonymity(options with { QuasiIdentifiers = [new() { Column = "nowhere" }] }), "quasi_identifiers[0].column");

    // Rows without values have one sensitive value, which is no two.
    protected override bool AcceptsNoValues => false;

    protected override Batch Sample() => Patients(300, 5);

    internal static Batch Patients(int rows, int seed)
    {
        var random = new Random(seed);
        var ages = new ValueBuilder<long>(ColumnType.Int64);
        var born = new ValueBuilder<int>(ColumnType.Date);
        for (var row = 0; row < rows; row++)
        {
            ages.Append(random.Next(18, 90));
            born.Append(random.Next(20_000));
        }

        string[] illnesses = ["flu", "cold", "asthma", "none"];
        return new Batch(
            new Schema([new("age", ColumnType.Int64), new("zip", ColumnType.Text), new("born", ColumnType.Date), new("illness", ColumnType.Text)]),
            [
                ages.Build(), TextColumn.Of([.. Enumerable.Range(0, rows).Select(_ => $"{random.Next(10_000, 10_060)}")]), born.Build(),
                TextColumn.Of([.. Enumerable.Range(0, rows).Select(_ => illnesses[random.Next(4)])]),
            ],
            rows);
    }

    [Fact]
    public void What_comes_out_keeps_the_demand_when_counted_by_itself()
    {
        var run = StepRunner.Run(Create(), Patients(2_000, 6));

        var groups = Enumerable.Range(0, run.All.Rows)
            .GroupBy(row => string.Join('|', run.All["age"].Display(row), run.All["zip"].Display(row), run.All["born"].Display(row)))
            .Select(rows => rows.Select(row => run.All["illness"].Display(row)).ToList()).ToList();
        Assert.True(groups.Min(g => g.Count) >= 4 && groups.Min(g => g.Distinct().Count()) >= 2);
        var plan = new Fitted(run.Json).As<KAnonymity.Outcome>().Plan!;
        Assert.Equal((long)run.All.Rows, plan.After.Rows);
        Assert.Equal((long)groups.Min(g => g.Count), plan.After.K);
        Assert.Equal(run.Verdicts.Sum(v => v.Rejected), plan.SuppressedRows);
        Assert.True(plan.SuppressedRows <= 200 && plan.After.T <= 0.6);
        var check = new AnonymityCheck(new() { QuasiIdentifiers = ["age", "zip", "born"], Sensitive = "illness", MinK = 4, MinL = 2, MaxT = 0.6 });
        Assert.Null(check.GateFailure(new Fitted(StepRunner.Run(check, run.All).Json)));
    }

    [Fact]
    public void A_table_that_is_anonymous_stays_as_it_is()
    {
        var table = DirtyTable.Text(("sex", ["f", "f", "m", "m"]), ("x", ["1", "2", "3", "4"]));

        var run = StepRunner.Run(new KAnonymity(new() { QuasiIdentifiers = [new() { Column = "sex" }], K = 2 }), table);

        Assert.Equal(["f", "f", "m", "m"], DirtyTable.Shown(run.All, "sex"));
    }

    [Fact]
    public void Levels_of_ones_own_are_climbed()
    {
        var levels = new Dictionary<string, string> { ["Oslo"] = "Norway", ["Bergen"] = "Norway", ["Lund"] = "Sweden", ["Malmö"] = "Sweden" };
        var table = DirtyTable.Text(("town", ["Oslo", "Bergen", "Lund", "Malmö"]));

        var run = StepRunner.Run(new KAnonymity(new() { QuasiIdentifiers = [new() { Column = "town", Coarsening = Coarsening.Levels, Levels = [levels] }], K = 2 }), table);

        Assert.Equal(["Norway", "Norway", "Sweden", "Sweden"], DirtyTable.Shown(run.All, "town"));
    }

    [Fact]
    public void Refuses_what_cannot_be_met()
    {
        var step = new KAnonymity(new() { QuasiIdentifiers = [new() { Column = "a" }], K = 3 });

        var run = StepRunner.Run(step, DirtyTable.Text(("a", ["x", "y"])));

        Assert.StartsWith("k_anonymity: no levels give k = 3, l = 1", step.GateFailure(new Fitted(run.Json)));
        Assert.Equal(["*", "*"], DirtyTable.Shown(run.All, "a"));
    }

    [Fact]
    public void A_check_names_the_smallest_group()
    {
        var step = new AnonymityCheck(new() { QuasiIdentifiers = ["a"], MinK = 2 });

        var run = StepRunner.Run(step, DirtyTable.Text(("a", ["x", "x", "y"])));

        Assert.Equal("anonymity_check: the smallest group has 1 rows; expected at least 2. Run k_anonymity before.", step.GateFailure(new Fitted(run.Json)));
    }

    [Fact]
    public void The_distance_is_the_published_one()
    {
        // Li et al. 2007, section 5: incomes 3k to 11k; {3k, 4k, 5k} is 0.375 from the whole, {6k, 8k, 11k} is 0.167.
        var whole = new SortedDictionary<string, long>(Enumerable.Range(3, 9).ToDictionary(k => $"{k}000", _ => 1L), StringComparer.Ordinal);
        var distance = new Distance([whole]);

        Assert.Equal(0.375, distance.Of(new Dictionary<string, long> { ["3000"] = 1, ["4000"] = 1, ["5000"] = 1 }, 3), 3);
        Assert.Equal(0.167, distance.Of(new Dictionary<string, long> { ["6000"] = 1, ["8000"] = 1, ["11000"] = 1 }, 3), 3);
    }
}
