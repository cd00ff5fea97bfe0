using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Privacy.Anonymity;
using Sluice.Steps;

namespace Sluice.Core.Tests.Privacy;

/// <summary>Strict cuts: the contract that every step keeps, whatever the batches.</summary>
public sealed class MondrianContract : StepContract
{
    protected override Step Create() => new KAnonymity(MondrianTests.Options with { Method = AnonymityMethod.Mondrian });

    protected override (Step Step, string Path)? WithUnknownColumn => (new KAnonymity(MondrianTests.Options with { Sensitive = "nowhere" }), "sensitive");

    protected override bool AcceptsNoValues => false;

    protected override Batch Sample() => KAnonymityTests.Patients(300, 5);
}

/// <summary>Relaxed cuts keep the contract too: a row knows its side by itself.</summary>
public sealed class MondrianRelaxedContract : StepContract
{
    protected override Step Create() => new KAnonymity(MondrianTests.Options with { Method = AnonymityMethod.MondrianRelaxed });

    protected override (Step Step, string Path)? WithUnknownColumn => (new KAnonymity(MondrianTests.Options with { Sensitive = "nowhere" }), "sensitive");

    protected override bool AcceptsNoValues => false;

    protected override Batch Sample() => KAnonymityTests.Patients(300, 5);
}

public sealed class MondrianTests
{
    internal static KAnonymity.Options Options { get; } = new()
    {
        QuasiIdentifiers = [new() { Column = "age" }, new() { Column = "zip" }, new() { Column = "born" }],
        K = 4,
        Sensitive = "illness",
        L = 2,
        T = 0.6,
        Method = AnonymityMethod.Mondrian,
    };

    [Theory]
    [InlineData(AnonymityMethod.Mondrian, Diversity.Distinct, 2)]
    [InlineData(AnonymityMethod.Mondrian, Diversity.Entropy, 2)]
    [InlineData(AnonymityMethod.Mondrian, Diversity.Recursive, 2)]
    [InlineData(AnonymityMethod.MondrianRelaxed, Diversity.Distinct, 3)]
    [InlineData(AnonymityMethod.MondrianRelaxed, Diversity.Entropy, 3)]
    [InlineData(AnonymityMethod.MondrianRelaxed, Diversity.Recursive, 3)]
    public void What_comes_out_keeps_the_demand_when_counted_by_itself(AnonymityMethod method, Diversity diversity, int l)
    {
        var run = StepRunner.Run(new KAnonymity(Options with { Method = method, Diversity = diversity, L = l, C = 1.5 }), KAnonymityTests.Patients(2_000, 6));

        var groups = Groups(run.All);
        Assert.Equal(2_000, groups.Sum(group => group.Count));
        Assert.All(groups, group => Assert.InRange(group.Count, 4, 2_000));
        Assert.All(groups, group => Assert.True(IsDiverse([.. group.CountBy(value => value).Select(pair => (double)pair.Value / group.Count).OrderDescending()])));
        var plan = new Fitted(run.Json).As<KAnonymity.Outcome>().Plan!;
        Assert.Equal((long)groups.Count, plan.After.Groups);
        Assert.Equal((long)groups.Min(group => group.Count), plan.After.K);
        Assert.Equal(groups.Sum(group => (double)group.Count * group.Count), plan.Loss.Discernibility);
        Assert.InRange(plan.Loss.Ncp, 0.001, 0.999);

        bool IsDiverse(double[] shares) => diversity switch
        {
            Diversity.Entropy => -shares.Sum(share => share * Math.Log(share)) >= Math.Log(l) - 1e-9,
            Diversity.Recursive => shares[0] < 1.5 * shares.Skip(l - 1).Sum(),
            _ => shares.Length >= l,
        };
    }

    [Theory]
    [InlineData(AnonymityMethod.Mondrian)]
    [InlineData(AnonymityMethod.MondrianRelaxed)]
    public void Loses_less_than_one_level_for_all(AnonymityMethod method)
    {
        var table = KAnonymityTests.Patients(2_000, 8);

        var (all, cut) = (Loss(AnonymityMethod.FullDomain), Loss(method));

        Assert.True(cut.Ncp < all.Ncp && cut.Discernibility < all.Discernibility, $"{cut} against {all}");

        InformationLoss Loss(AnonymityMethod how) => new Fitted(StepRunner.Run(new KAnonymity(Options with { Method = how, MaxSuppressed = 0 }), table).Json).As<KAnonymity.Outcome>().Plan!.Loss;
    }

    [Fact]
    public void Cuts_where_the_paper_does()
    {
        // LeFevre et al. 2006, figure 2: six patients, k = 2; ages 25 to 28, sexes, zip codes 53710 to 53712.
        var table = DirtyTable.Text(("age", ["25", "25", "26", "27", "27", "28"]), ("sex", ["Male", "Female", "Male", "Male", "Female", "Male"]),
            ("zip", ["53711", "53712", "53711", "53710", "53712", "53711"]));
        var step = new KAnonymity(new()
        {
            QuasiIdentifiers = [new() { Column = "zip", Coarsening = Coarsening.Range }, new() { Column = "age", Coarsening = Coarsening.Range }],
            K = 2,
            Method = AnonymityMethod.Mondrian,
        });

        var run = StepRunner.Run(step, table);

        Assert.Equal(["[25, 26]", "[25, 27]", "[25, 26]", "[27, 28]", "[25, 27]", "[27, 28]"], DirtyTable.Shown(run.All, "age"));
        Assert.Equal(["53711", "53712", "53711", "[53710, 53711]", "53712", "[53710, 53711]"], DirtyTable.Shown(run.All, "zip"));
    }

    [Fact]
    public void Levels_are_cut_into_their_children()
    {
        var levels = new Dictionary<string, string> { ["Oslo"] = "Norway", ["Bergen"] = "Norway", ["Lund"] = "Sweden", ["Malmö"] = "Sweden" };
        var table = DirtyTable.Text(("town", ["Oslo", "Bergen", "Lund", "Malmö", "Lund", "Malmö"]));

        var run = StepRunner.Run(new KAnonymity(new() { QuasiIdentifiers = [new() { Column = "town", Coarsening = Coarsening.Levels, Levels = [levels] }], K = 2, Method = AnonymityMethod.Mondrian }), table);

        Assert.Equal(["Norway", "Norway", "Lund", "Malmö", "Lund", "Malmö"], DirtyTable.Shown(run.All, "town"));
    }

    [Fact]
    public void A_missing_number_is_told_of_nobody()
    {
        var table = DirtyTable.Text(("age", ["", "30", "31", "60", "61", "62"]));

        var run = StepRunner.Run(new KAnonymity(new() { QuasiIdentifiers = [new() { Column = "age", Coarsening = Coarsening.Range }], K = 3, Method = AnonymityMethod.Mondrian }), table);

        Assert.Equal(["*", "*", "*", "[60, 62]", "[60, 62]", "[60, 62]"], DirtyTable.Shown(run.All, "age"));
    }

    [Fact]
    public void Refuses_a_table_that_is_too_small()
    {
        var step = new KAnonymity(new() { QuasiIdentifiers = [new() { Column = "a" }], K = 3, Method = AnonymityMethod.Mondrian });

        var run = StepRunner.Run(step, DirtyTable.Text(("a", ["x", "y"])));

        Assert.StartsWith("k_anonymity: no parts have k = 3, l = 1: not even the table as a whole does.", step.GateFailure(new Fitted(run.Json)));
        Assert.Equal(["*", "*"], DirtyTable.Shown(run.All, "a"));
    }

    [Fact]
    public void The_distance_over_levels_is_what_moves_times_how_high()
    {
        // The hierarchical distance of Li et al. 2007, section 5.2, over illnesses of three branches.
        string[] ill = ["gastric ulcer", "gastritis", "stomach cancer", "flu", "pneumonia", "bronchitis", "embolism", "colitis", "enteritis"];
        var levels = new Dictionary<string, string>();
        foreach (var (illness, i) in ill.Select((illness, i) => (illness, i)))
        {
            levels[illness] = i is 3 or 4 or 5 ? "respiratory" : i == 6 ? "vascular" : "digestive";
        }

        var whole = new SortedDictionary<string, long>(ill.ToDictionary(illness => illness, _ => 1L), StringComparer.Ordinal);
        var distance = new Distance([whole], [levels]);

        // By hand: all of {flu, pneumonia, bronchitis} must give 2/3 to other branches, at the full height; nothing moves within.
        Assert.Equal(2.0 / 3, distance.Of(new Dictionary<string, long> { ["flu"] = 1, ["pneumonia"] = 1, ["bronchitis"] = 1 }, 3), 9);

        // Flu alone: within its branch 2/9 moves half as high, 2/3 to other branches.
        Assert.Equal((2.0 / 9 / 2) + (2.0 / 3), distance.Of(new Dictionary<string, long> { ["flu"] = 1 }, 1), 9);
    }

    static List<List<string>> Groups(Batch batch) => [.. Enumerable.Range(0, batch.Rows)
        .GroupBy(row => string.Join('|', batch["age"].Display(row), batch["zip"].Display(row), batch["born"].Display(row)))
        .Select(rows => rows.Select(row => batch["illness"].Display(row)).ToList())];
}
