using FsCheck;
using FsCheck.Fluent;
using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Matching;

namespace Sluice.Core.Tests.Matching;

public sealed class RecordMatcherTests
{
    const int Seed = 20_261_121;

    // Every plane of Unicode, what programs stumble over, and cells that are equal but for writing.
    static readonly string?[] pieces =
    [
        null, "", " ", "-", "NaN", "∞", "0", "-1.5", "1e308", "2020-01-31", "31 jan 20", "3:55", "ann", "Ann", "anna", "é", "e\u0301", "\u202E", "日本", "\uFFFF", "\U00010000", "🎈",
        "\U00020000", "\U00030000", "\U000E0001", "\U000F0000", "\U0010FFFF", "a a a a a", new string('x', 5_000),
    ];

    [Fact]
    public void Finds_misspelt_people_in_another_table_without_labels()
    {
        var people = People.Make(300, Seed);
        var others = People.Make(200, Seed + 1);

        var result = Link(People.Table([.. people, .. others]), People.Table([.. People.Misspelt(people, Seed), .. People.Make(200, Seed + 2)]), new());

        var right = result.Pairs.Count(p => p.Left == p.Right && p.Left < 300);
        Assert.Equal(MatchMethod.Learned, result.Method);
        Assert.InRange(right, 295, 300);
        Assert.InRange(result.Pairs.Count - right, 0, 3);
        Assert.InRange(result.ExpectedPrecision!.Value, 0.95, 1);
    }

    [Fact]
    public void Finds_misspelt_people_in_one_table()
    {
        var people = People.Make(400, Seed);

        var result = Dedupe(People.Table([.. people, .. People.Misspelt(people.Take(100).ToArray(), Seed)]), new());

        Assert.Equal(100, result.Pairs.Count(p => p.Right == p.Left + 400));
        Assert.InRange(result.Pairs.Count, 100, 102);
    }

    [Fact]
    public void Finds_nothing_where_there_is_nothing_and_says_that_it_did_not_learn()
    {
        var result = Link(People.Table(People.Make(400, Seed)), People.Table(People.Make(400, Seed + 1)), new());

        Assert.Empty(result.Pairs);
        Assert.Equal(MatchMethod.Similar, result.Method);
        Assert.Null(result.ExpectedPrecision);
    }

    [Fact]
    public void The_order_of_rows_and_of_tables_leaves_no_trace()
    {
        var people = People.Make(150, Seed);
        var (left, right) = (People.Table(people), People.Table(People.Misspelt(people, Seed)));
        var expected = Link(left, right, new());
        var random = new Random(Seed);
        for (var round = 0; round < 3; round++)
        {
            var (leftOrder, rightOrder) = (Shuffled(150, random), Shuffled(150, random));

            var turned = Link(right.Take(rightOrder), left.Take(leftOrder), new());

            Assert.Equal(expected.Threshold, turned.Threshold);
            Assert.Equal(
                expected.Pairs.Select(p => (p.Left, p.Right, p.Score)).Order(),
                turned.Pairs.Select(p => (leftOrder[p.Right], rightOrder[p.Left], p.Score)).Order());
        }
    }

    [Fact]
    public void One_to_one_gives_a_row_one_partner()
    {
        var people = People.Make(100, Seed);
        var twice = People.Table([.. People.Misspelt(people, Seed), .. People.Misspelt(people, Seed + 1)]);

        var many = Link(People.Table(people), twice, new());
        var single = Link(People.Table(people), twice, new() { OneToOne = true });

        Assert.InRange(many.Pairs.Count, 180, 200);
        Assert.Equal(single.Pairs.Count, single.Pairs.Select(p => p.Left).Distinct().Count());
        Assert.InRange(single.Pairs.Count, 95, 100);
    }

    [Fact]
    public void Similarity_is_a_weighted_mean_that_says_what_it_is_made_of()
    {
        var table = DirtyTable.Text(("name", ["John Smith", "Smith, John"]), ("city", ["Oslo", "Bergen"]), ("note", [null, "x"]));
        MatchOptions Options(double city) => new() { Method = MatchMethod.Similar, Threshold = 0, Weights = new Dictionary<string, double> { ["city"] = city, ["note"] = 0 } };

        var (equal, light) = (Assert.Single(Dedupe(table, Options(1)).Pairs), Assert.Single(Dedupe(table, Options(0)).Pairs));

        Assert.Equal(1, equal.Similarities[0], 5);
        Assert.True(float.IsNaN(equal.Similarities[2]));
        Assert.Equal((equal.Similarities[0] + equal.Similarities[1]) / 2, equal.Score, 5);
        Assert.Equal(1, light.Score, 5);
    }

    [Fact]
    public void Any_table_is_matched_with_itself_and_the_same_whatever_the_order() =>
        Prop.ForAll(Gen.Elements(pieces).ArrayOf(3).ListOf().ToArbitrary(), rows =>
        {
            var table = DirtyTable.Text([.. Enumerable.Range(0, 3).Select(c => ($"c{c}", rows.Select(r => r[c]).ToArray()))]);
            int[] order = [.. Enumerable.Range(0, rows.Count).Reverse()];
            foreach (var method in new[] { MatchMethod.Similar, MatchMethod.Learned })
            {
                var options = new MatchOptions { Method = method, Threshold = 0.5 };
                var (found, turned) = (Dedupe(table, options), Dedupe(table.Take(order), options));

                Assert.All(found.Pairs, p => Assert.InRange(p.Score, 0.5, 1));
                Assert.Equal(found.Pairs.Select(p => p.Score).Order(), turned.Pairs.Select(p => p.Score).Order());
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Hostile_tables_are_matched_too()
    {
        var megabyte = DirtyTable.Text(("a", [new string('y', 1 << 20), new string('y', 1 << 20), string.Concat(Enumerable.Repeat("ab cd ", 200_000))]));
        var wide = new Batch(
            new Schema(Enumerable.Range(0, 10_000).Select(i => new Field($"c{i}", ColumnType.Text))), Enumerable.Range(0, 10_000).Select(i => TextColumn.Of($"v{i}", $"v{i}", null)), 3);

        Assert.Empty(Dedupe(DirtyTable.Text(("a", [])), new()).Pairs);
        Assert.Empty(Dedupe(DirtyTable.Text(("a", [null, null, null])), new()).Pairs);
        Assert.Equal((0, 1), Assert.Single(Dedupe(megabyte, new()).Pairs.Select(p => (p.Left, p.Right))));
        Assert.Equal((0, 1), Assert.Single(Dedupe(wide, new()).Pairs.Select(p => (p.Left, p.Right))));
    }

    [Fact]
    public void Says_which_table_lacks_a_column()
    {
        var (left, right) = (DirtyTable.Text(("a", ["x"]), ("b", ["y"])), DirtyTable.Text(("a", ["x"])));

        Assert.Equal("Column 'b' is to be compared, and the right table lacks it. It has: a.", Assert.Throws<DataException>(() => Link(left, right, new() { Columns = ["b"] })).Message);
        Assert.StartsWith("The tables have no column of the same name. Left: a, b. Right: z.", Assert.Throws<DataException>(() => Link(left, DirtyTable.Text(("z", ["x"])), new())).Message);
    }

    static int[] Shuffled(int count, Random random)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle(order);
        return order;
    }

    static MatchResult Link(Batch left, Batch right, MatchOptions options) => RecordMatcher.Link(left, right, options, CancellationToken.None);

    static MatchResult Dedupe(Batch rows, MatchOptions options) => RecordMatcher.Dedupe(rows, options, CancellationToken.None);
}
