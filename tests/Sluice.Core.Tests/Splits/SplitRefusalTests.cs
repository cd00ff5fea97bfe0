using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Schemas;
using Sluice.Splits;

namespace Sluice.Core.Tests.Splits;

/// <summary>Every way to be refused, with its whole message.</summary>
public sealed class SplitRefusalTests
{
    static readonly Schema Schema = new([new("id", ColumnType.Int64), new("genre", ColumnType.Text), new("day", ColumnType.Date), new("flag", ColumnType.Boolean)]);

    [Fact]
    public void Accepts_the_defaults() => Assert.Empty(Problems(new()));

    [Fact]
    public void Refuses_an_unknown_column_with_the_nearest_name() => AssertProblem(
        new() { Strategy = SplitStrategy.Group, Column = "gerne" },
        "column: Column 'gerne' does not exist here. Did you mean 'genre'? It has: id, genre, day, flag.");

    [Fact]
    public void Names_the_place_in_a_list_of_columns() => AssertProblem(
        new() { Strategy = SplitStrategy.Stratified, Columns = ["genre", "author"] },
        "columns[1]: Column 'author' does not exist here. It has: id, genre, day, flag.");

    [Fact]
    public void Refuses_column_and_columns_together() => AssertProblem(
        new() { Strategy = SplitStrategy.Group, Column = "id", Columns = ["genre"] },
        "columns: Both column and columns are given. Keep one of them.");

    [Theory]
    [InlineData(SplitStrategy.Stratified, "stratified")]
    [InlineData(SplitStrategy.Group, "group")]
    [InlineData(SplitStrategy.Time, "time")]
    public void Refuses_a_strategy_without_its_column(SplitStrategy strategy, string name) => AssertProblem(
        new() { Strategy = strategy }, $"column: Strategy {name} needs a column; it has: id, genre, day, flag. Give column.");

    [Fact]
    public void Refuses_a_column_that_random_would_ignore() => AssertProblem(
        new() { Column = "genre" },
        "column: Strategy random uses no column, but column is 'genre'. Remove it, or choose the strategy stratified, group or time.");

    [Fact]
    public void Refuses_two_time_columns() => AssertProblem(
        new() { Strategy = SplitStrategy.Time, Columns = ["day", "id"] },
        "columns: Strategy time orders by one column, found 2: 'day', 'id'. Give the one with the time as column.");

    [Fact]
    public void Refuses_text_as_time_with_advice() => AssertProblem(
        new() { Strategy = SplitStrategy.Time, Column = "genre" },
        "column: Column 'genre' is text, which does not sort as time does; expected a date, a timestamp or a number. Convert it before the split with data_cleaning, operation fix_types.");

    [Fact]
    public void Refuses_a_boolean_as_time() => AssertProblem(
        new() { Strategy = SplitStrategy.Time, Columns = ["flag"] },
        "columns[0]: Column 'flag' is boolean; expected a date, a timestamp or a number. Name the column that has the time.");

    [Fact]
    public void Accepts_a_time_whose_type_is_not_known_yet()
    {
        var open = new Schema([new("day", ColumnType.Text, true, Unify.Fitted)]);

        Assert.Empty(StepRunner.Problems(new Split(new() { Strategy = SplitStrategy.Time, Column = "day" }), open));
    }

    [Fact]
    public void Refuses_an_output_column_that_exists() => AssertProblem(
        new() { OutputColumn = "genre" },
        "output_column: Column 'genre' is already there. Choose another output_column, or remove that column before the split.");

    [Fact]
    public void Refuses_an_output_column_without_a_name() => AssertProblem(
        new() { OutputColumn = " " }, "output_column: The output column has no name. Give it one, for example split.");

    [Fact]
    public void Refuses_shares_that_do_not_add_up() => AssertProblem(
        new() { Ratios = SplitTests.Ratios(("train", 0.8), ("test", 0.1)) },
        "ratios: The shares add up to 0.9 (test 0.1, train 0.8); expected 1. Change one of them.");

    [Fact]
    public void Accepts_shares_that_add_up_but_for_rounding() => Assert.Empty(Problems(new() { Ratios = SplitTests.Ratios(("a", 0.3333333333), ("b", 0.3333333333), ("c", 0.3333333333)) }));

    [Fact]
    public void Refuses_shares_outside_0_to_1()
    {
        var problems = Problems(new() { Ratios = SplitTests.Ratios(("train", 80), ("test", double.NaN), ("probe", 0)) });

        Assert.Equal(
            [
                "ratios.probe: Share of set 'probe' is 0; expected more than 0 and less than 1. For numbers of rows use counts.",
                "ratios.test: Share of set 'test' is NaN; expected more than 0 and less than 1. For numbers of rows use counts.",
                "ratios.train: Share of set 'train' is 80; expected more than 0 and less than 1. For numbers of rows use counts.",
                "ratios: The shares add up to NaN (probe 0, test NaN, train 80); expected 1. Change one of them.",
            ],
            problems);
    }

    [Fact]
    public void Refuses_ratios_and_counts_together() => AssertProblem(
        new() { Ratios = SplitTests.Ratios(("train", 0.5), ("test", 0.5)), Counts = Counts(("train", 1), ("test", 1)) },
        "counts: Both ratios and counts are given. Keep one of them: shares of the rows, or numbers of rows.");

    [Fact]
    public void Refuses_negative_counts_and_two_rests()
    {
        Assert.Equal(["counts.a: Count of set 'a' is -1; expected 1 or more, or 0 for the rest."], Problems(new() { Counts = Counts(("a", -1), ("b", 5)) }));
        Assert.Equal(
            ["counts: Sets a, b have the count 0, which stands for the rest; expected at most one such set. Give the others a number of rows."],
            Problems(new() { Counts = Counts(("b", 0), ("a", 0), ("c", 1)) }));
    }

    [Fact]
    public void Refuses_names_that_are_no_names()
    {
        var longName = new string('x', 65);

        Assert.Equal(
            [
                "ratios.a b: Set name 'a b' is not usable; expected 1 to 64 letters, digits, '-' or '_'. Rename the set.",
                $"ratios.{longName}: Set name '{longName}' is not usable; expected 1 to 64 letters, digits, '-' or '_'. Rename the set.",
                "ratios.line\n: Set name 'line\n' is not usable; expected 1 to 64 letters, digits, '-' or '_'. Rename the set.",
            ],
            Problems(new() { Ratios = SplitTests.Ratios(("a b", 0.25), (longName, 0.25), ("line\n", 0.25), ("Good_1-x", 0.25)) }));
    }

    [Fact]
    public void Refuses_one_set_and_251()
    {
        Assert.Contains("ratios: There are 1 sets; expected 2 to 250. Name each set with its share, for example train and test.", Problems(new() { Ratios = SplitTests.Ratios(("all", 0.5)) }));
        Assert.Equal(
            ["counts: There are 251 sets; expected 2 to 250. Name each set with its number of rows, for example train and test."],
            Problems(new() { Counts = Enumerable.Range(0, 251).ToDictionary(i => $"s{i}", _ => 1L) }));
    }

    [Fact]
    public void Refuses_an_order_that_is_not_of_the_sets() => AssertProblem(
        new() { Order = ["train", "test", "test"] },
        "order: order is train, test, test; expected each set once: test, train, validation. Name exactly the sets of ratios.");

    [Fact]
    public void Asks_for_the_order_of_time_when_names_do_not_tell()
    {
        const string expected = "order: Which of the sets future, past has the oldest rows? Give order: the sets from oldest to newest.";
        var ratios = SplitTests.Ratios(("past", 0.5), ("future", 0.5));

        AssertProblem(new() { Strategy = SplitStrategy.Time, Column = "day", Ratios = ratios }, expected);
        Assert.Empty(Problems(new() { Strategy = SplitStrategy.Time, Column = "day", Ratios = ratios, Order = ["past", "future"] }));
        Assert.Single(Problems(new() { Strategy = SplitStrategy.Time, Column = "day", Ratios = SplitTests.Ratios(("train", 0.5), ("training", 0.5)) }));
    }

    [Fact]
    public void Reports_every_problem_at_once() =>
        Assert.Equal(3, Problems(new() { Strategy = SplitStrategy.Group, Column = "x", OutputColumn = "id", Ratios = SplitTests.Ratios(("a", 0.5), ("b", 0.4)) }).Count);

    [Fact]
    public void Refuses_no_rows() => AssertFails(
        new(), SplitTests.Rows(0),
        "split found no rows to place; expected at least one for each set. Look at what the input holds and what the steps before rejected.");

    [Fact]
    public void Refuses_a_set_that_would_have_no_row() => AssertFails(
        new(), SplitTests.Rows(5),
        "split cannot fill set 'validation': 5 rows by ratios train 0.8, validation 0.1, test 0.1 give train 4, validation 0, test 1; expected at least 1 row in every set. "
        + "Raise the share of 'validation', use counts, or give the split more rows.");

    [Fact]
    public void Refuses_a_rest_without_rows() => AssertFails(
        new() { Counts = Counts(("train", 4), ("test", 0)) }, SplitTests.Rows(4),
        "split cannot fill set 'test': 4 rows by counts train 4, test 0 give train 4, test 0; expected at least 1 row in every set. Lower the counts of other sets, or give the split more rows.");

    [Fact]
    public void Refuses_counts_that_are_not_the_rows()
    {
        AssertFails(
            new() { Counts = Counts(("train", 4), ("test", 2)) }, SplitTests.Rows(5),
            "split was given counts that add up to 6 (train 4, test 2) but found 5 rows; expected exactly as many. Set one count to 0, which stands for the rest, or use ratios.");
        AssertFails(
            new() { Counts = Counts(("train", 0), ("test", 9)) }, SplitTests.Rows(5),
            "split was given counts that add up to 9 (train 0, test 9) but found 5 rows; expected no more. Lower the counts, or use ratios.");
        AssertFails(
            new() { Counts = Counts(("train", long.MaxValue), ("test", 1)) }, SplitTests.Rows(5),
            "split was given counts that add up to 9,223,372,036,854,775,808 (train 9223372036854775807, test 1) but found 5 rows; expected exactly as many. "
            + "Set one count to 0, which stands for the rest, or use ratios.");
    }

    [Fact]
    public void Refuses_fewer_different_rows_than_sets() => AssertFails(
        new(), SplitTests.Rows(100, copies: 50),
        "split leaves set 'validation' empty: found 2 different rows for 3 sets (train 80, validation 10, test 10 rows wanted); expected at least one for each set. "
        + "Equal rows stay together: give the split more different rows, or fewer sets.");

    [Fact]
    public void Refuses_fewer_groups_than_sets() => AssertFails(
        new() { Strategy = SplitStrategy.Group, Column = "flag" }, SplitTests.Rows(100),
        "split leaves set 'test' empty: found 2 groups of 'flag' for 3 sets (train 80, validation 10, test 10 rows wanted); expected at least one for each set. "
        + "A group stays together: give the split more groups of 'flag', or fewer sets.");

    [Fact]
    public void Refuses_fewer_times_than_sets() => AssertFails(
        new() { Strategy = SplitStrategy.Time, Column = "day" }, SplitTests.Rows(100, copies: 50),
        "split leaves set 'test' empty: found 2 different values of 'day' for 3 sets (train 80, validation 10, test 10 rows wanted); expected at least one for each set. "
        + "Rows of one time stay together: give the split more different values of 'day', or fewer sets.");

    [Fact]
    public void Refuses_more_strata_and_groups_than_the_limit()
    {
        AssertFails(
            new() { Strategy = SplitStrategy.Stratified, Column = "id", MaxStrata = 99 }, SplitTests.Rows(100),
            "split found more than 99 different values of 'id'; the limit is max_strata = 99. Raise max_strata, or stratify by a column with fewer values.");
        AssertFails(
            new() { Strategy = SplitStrategy.Group, Columns = ["id", "user"], MaxGroups = 99 }, SplitTests.Rows(100),
            "split found more than 99 different values of 'id', 'user'; the limit is max_groups = 99. Raise max_groups, or group by a coarser column.");
        Assert.Equal(100, SplitTests.Run(new() { Strategy = SplitStrategy.Group, Column = "id", MaxGroups = 100 }, SplitTests.Rows(100)).Rows);
    }

    static IReadOnlyList<string> Problems(Split.Options options) => StepRunner.Problems(new Split(options), Schema);

    static void AssertProblem(Split.Options options, string expected) => Assert.Equal([expected], Problems(options));

    static void AssertFails(Split.Options options, Batch rows, string expected) =>
        Assert.Equal(expected, Assert.Throws<DataException>(() => StepRunner.Run(new Split(options), rows)).Message);

    static Dictionary<string, long> Counts(params (string Name, long Rows)[] counts) => counts.ToDictionary(c => c.Name, c => c.Rows);
}
