using System.Text.Json;
using Sluice.Batches;
using Sluice.Cleaning;
using Sluice.Core.Tests.Matching;
using Sluice.Core.Tests.Steps;
using Sluice.Quality;
using Sluice.Steps;

namespace Sluice.Core.Tests.Cleaning;

public sealed class RemoveSimilarRowsTests : StepContract
{
    protected override Step Create() => new RemoveDuplicates(new() { DuplicateMatch = DuplicateMatch.Similar, SimilarityThreshold = 0.7, ProvenanceColumn = "duplicates" });

    protected override (Step Step, string Path)? WithUnknownColumn =>
        (new RemoveDuplicates(new() { DuplicateMatch = DuplicateMatch.Similar, DuplicateKeep = DuplicateKeep.Latest, LatestBy = "nowhere" }), "latest_by");

    static readonly Batch people = DirtyTable.Text(
        ("name", ["Ann Miller", "Bob Okafor", "Anne Miller", "Ann Miller", "Zoe Haugen"]), ("city", ["Springfield", "Oslo", "Springfield", null, "Bergen"]),
        ("phone", [null, "55512345", "55598765", "55598765", "55500000"]), ("seen", ["2024-01-01", "2024-01-01", "2025-06-30", "2023-01-01", "2024-05-05"]));

    [Theory]
    [InlineData(DuplicateKeep.First, "Ann Miller|Bob Okafor|Zoe Haugen", null, "2024-01-01")]
    [InlineData(DuplicateKeep.Best, "Bob Okafor|Anne Miller|Zoe Haugen", "55598765", "2025-06-30")]
    [InlineData(DuplicateKeep.Latest, "Bob Okafor|Anne Miller|Zoe Haugen", "55598765", "2025-06-30")]
    [InlineData(DuplicateKeep.Merge, "Ann Miller|Bob Okafor|Zoe Haugen", "55598765", "2025-06-30")]
    public void One_of_similar_rows_stays(DuplicateKeep keep, string names, string? phone, string seen)
    {
        var run = StepRunner.Run(Step(keep, threshold: 0.8), StepRunner.Cut(people, 2));

        Assert.Equal(names.Split('|'), DirtyTable.Shown(run.All, "name"));
        var ann = Array.FindIndex([.. DirtyTable.Shown(run.All, "name")], n => n!.StartsWith("Ann", StringComparison.Ordinal));
        Assert.Equal(phone, DirtyTable.Shown(run.All, "phone").ElementAt(ann));
        Assert.Equal(seen, keep == DuplicateKeep.Merge ? "2025-06-30" : DirtyTable.Shown(run.All, "seen").ElementAt(ann));
        Assert.Equal("similar_row", Assert.Single(run.Verdicts.SelectMany(v => v.Rules).Distinct(), r => r.Reason.StartsWith("similar", StringComparison.Ordinal)).Reason);
    }

    [Fact]
    public void Every_removed_row_is_told_of_with_its_cells_and_similarities()
    {
        var run = StepRunner.Run(Step(DuplicateKeep.Merge, threshold: 0.8, provenance: "why"), people);

        using var why = JsonDocument.Parse(DirtyTable.Shown(run.All, "why").First()!);
        var duplicates = why.RootElement.GetProperty("duplicates").EnumerateArray().ToDictionary(d => d.GetProperty("row").GetInt64());
        Assert.Equal([3L, 4L], duplicates.Keys.Order());
        Assert.Equal(1, duplicates[3].GetProperty("of").GetInt64());
        Assert.Equal("Anne Miller", duplicates[3].GetProperty("cells").GetProperty("name").GetString());
        Assert.Equal(1, duplicates[3].GetProperty("columns").GetProperty("city").GetDouble());
        Assert.InRange(duplicates[3].GetProperty("columns").GetProperty("name").GetDouble(), 0.9, 0.99);
        var phone = Assert.Single(why.RootElement.GetProperty("merged").EnumerateArray(), m => m.GetProperty("column").GetString() == "phone");
        Assert.Equal((JsonValueKind.Null, "55598765"), (phone.GetProperty("old").ValueKind, phone.GetProperty("new").GetString()));
        Assert.Equal([null, null], DirtyTable.Shown(run.All, "why").Skip(1));
    }

    [Theory]
    [InlineData(DuplicateKeep.First)]
    [InlineData(DuplicateKeep.Best)]
    [InlineData(DuplicateKeep.Merge)]
    public void A_second_run_removes_nothing(DuplicateKeep keep)
    {
        var known = People.Make(300, 7);
        var table = People.Table([.. known, .. People.Misspelt(known.Take(120).ToArray(), 8), .. People.Misspelt(known.Take(60).ToArray(), 9)]);
        var step = Step(keep, threshold: 0.85, keys: []);

        var once = StepRunner.Run(step, StepRunner.Cut(table, 50)).All;
        var twice = StepRunner.Run(step, once).All;

        Assert.InRange(once.Rows, 300, 310);
        Assert.Equal(once.Rows, twice.Rows);
    }

    [Fact]
    public void A_chain_of_small_differences_does_not_make_its_ends_equal()
    {
        var chain = DirtyTable.Text(("code", ["abcdefghij", "abcdefghxx", "abcdefxxxx", "abcdxxxxxx"]));
        var step = new RemoveDuplicates(new() { DuplicateMatch = DuplicateMatch.Similar, SimilarityThreshold = 0.8 });

        Assert.Equal(["abcdefghij", "abcdefxxxx"], DirtyTable.Shown(StepRunner.Run(step, chain).All, "code"));
    }

    [Fact]
    public void Too_many_rows_stop_the_run_with_what_to_do()
    {
        var step = new RemoveDuplicates(new() { DuplicateMatch = DuplicateMatch.Similar, MaxRows = 4 });

        var error = Assert.Throws<DataException>(() => StepRunner.Run(step, StepRunner.Cut(people, 2)));

        Assert.Equal(
            "remove_duplicates: the table has more than 4 different rows, and similar ones are searched in memory. Raise max_rows, name the columns to compare in duplicate_keys, or use duplicate_match: equal.",
            error.Message);
    }

    [Fact]
    public void Options_that_do_not_go_together_are_problems()
    {
        IReadOnlyList<string> Problems(RemoveDuplicates.Options options) => StepRunner.Problems(new RemoveDuplicates(options), people.Schema);

        Assert.StartsWith("duplicate_keep: 'latest' and 'merge' are for similar rows.", Assert.Single(Problems(new() { DuplicateKeep = DuplicateKeep.Merge })));
        Assert.StartsWith("latest_by: duplicate_keep is 'latest', and no column says what is late.", Assert.Single(Problems(new() { DuplicateMatch = DuplicateMatch.Similar, DuplicateKeep = DuplicateKeep.Latest })));
        Assert.StartsWith("provenance_column: It is for similar rows.", Assert.Single(Problems(new() { ProvenanceColumn = "why" })));
        Assert.StartsWith("provenance_column: 'name' is a column of the data already.", Assert.Single(Problems(new() { DuplicateMatch = DuplicateMatch.Similar, ProvenanceColumn = "name" })));
        Assert.StartsWith("column_weights.name: -1 is no weight.", Assert.Single(Problems(new() { ColumnWeights = new Dictionary<string, double> { ["name"] = -1 } })));
        Assert.StartsWith("column_weights.city: 'city' is not compared", Assert.Single(Problems(new() { DuplicateKeys = ["name"], ColumnWeights = new Dictionary<string, double> { ["city"] = 2 } })));
    }

    [Fact]
    public void The_check_counts_what_the_step_would_remove_and_marks_it()
    {
        var known = People.Make(200, 7);
        var table = People.Table([.. known, .. People.Misspelt(known.Take(50).ToArray(), 8), .. known.Take(10)]);
        var check = new QualityValidation(new() { Checks = ["duplicates"], SimilarityThreshold = 0.85 });

        var run = StepRunner.Run(check, StepRunner.Cut(table, 30, 71));
        var removed = StepRunner.Run(Step(DuplicateKeep.First, threshold: 0.85, keys: []), table);

        var report = new Fitted(run.Json).As<QualityReport>();
        var (equal, similar) = (report.Checks.Single(c => c.Name == "duplicate_row"), report.Checks.Single(c => c.Name == "similar_row"));
        Assert.Equal((10, 260, "rows", Severity.Medium), (equal.Issues, similar.Denominator, similar.Unit, similar.Severity));
        Assert.Equal(table.Rows - removed.All.Rows, equal.Issues + similar.Issues);
        Assert.Equal(similar.Issues, run.Verdicts.Sum(v => Enumerable.Range(0, v.Rules.Count).Where(r => v.Rules[r].Reason == "similar_row").Sum(r => v.Failing(r).Count)));
        Assert.DoesNotContain("similar_row", new Fitted(StepRunner.Run(new QualityValidation(new() { Checks = ["duplicates"] }), table).Json).As<QualityReport>().Checks.Select(c => c.Name));
    }

    static RemoveDuplicates Step(DuplicateKeep keep, double threshold, string? provenance = null, string[]? keys = null) => new(new()
    {
        DuplicateMatch = DuplicateMatch.Similar,
        DuplicateKeys = keys ?? ["name", "city"],
        DuplicateKeep = keep,
        SimilarityThreshold = threshold,
        LatestBy = keep == DuplicateKeep.Latest ? "seen" : null,
        ProvenanceColumn = provenance,
    });
}
