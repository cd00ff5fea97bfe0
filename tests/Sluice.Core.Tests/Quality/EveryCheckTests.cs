using FsCheck;
using FsCheck.Fluent;
using Sluice.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Quality;
using Sluice.Steps;
using Check = Sluice.Quality.Check;

namespace Sluice.Core.Tests.Quality;

/// <summary>What every check keeps, whatever it looks for. Checks are found as the program finds them: a new one is here without a line.</summary>
public sealed class EveryCheckTests
{
    public static TheoryData<string> Checks => [.. Check.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Checks))]
    public void Stands_hostile_tables_and_does_not_depend_on_batches_or_order(string check) =>
        Prop.ForAll(HostileTables.Random, table => Holds(check, table)).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Checks))]
    public void Stands_tables_that_nobody_expects(string check)
    {
        foreach (var (_, table) in HostileTables.Always())
        {
            Holds(check, table);
        }
    }

    [Theory]
    [MemberData(nameof(Checks))]
    public void More_damage_never_raises_the_score(string check)
    {
        const int Rows = 200, MostDamaged = 6;
        var baseline = Report(check, Sound(Rows), null).Distributions;
        for (var seed = 1; seed <= 5; seed++)
        {
            var random = new Random(seed);
            var damages = Enumerable.Range(0, Rows).OrderBy(_ => random.Next()).Take(MostDamaged).Select(row => (Row: row, Kind: random.Next(5))).ToArray();
            var scores = Enumerable.Range(0, MostDamaged + 1).Select(n => Report(check, Sound(Rows, damages[..n]), baseline).Score).ToList();

            Assert.Equal(100, scores[0]);
            Assert.True(scores.SequenceEqual(scores.OrderDescending()), $"seed {seed}: {string.Join(", ", scores)}");
        }
    }

    [Fact]
    public void One_failure_more_never_raises_the_score_of_any_report() =>
        Prop.ForAll(HostileTables.Random, table =>
        {
            var report = Report(Check.AllName, table, null);
            for (var i = 0; i < report.Checks.Count; i++)
            {
                var worse = report.Checks.Select((c, at) => at == i ? c with { Issues = c.Issues + 1 } : c).ToList();

                Assert.True(QualityValidation.Score(worse) <= report.Score);
            }
        }).QuickCheckThrowOnFailure();

    static void Holds(string check, Batch table)
    {
        var step = new QualityValidation(new() { Checks = [check] });

        var run = StepRunner.Run(step, table);

        var report = new Fitted(run.Json).As<QualityReport>();
        Assert.InRange(report.Score, 0, 100);
        Assert.All(report.Checks, c => Assert.InRange(c.Issues, 0, c.Denominator));
        Assert.All(QualityValidation.Suggest(report), s => Assert.NotEmpty(s.Text));
        Assert.Equal(HostileTables.Rows(table), HostileTables.Rows(run.All));
        Assert.Equal(run.Json, StepRunner.Run(step, HostileTables.Cut(table, table.Rows)).Json);
        Assert.Equal(run.Json, StepRunner.Run(step, HostileTables.Shuffled(table, table.Rows)).Json);
        foreach (var counted in report.Checks.Where(c => c.Unit is "cells" or "rows"))
        {
            Assert.Equal((counted.Name, counted.Issues), (counted.Name, run.Verdicts[0].Rules.Index().Where(r => r.Item.Reason == counted.Name).Sum(r => (long)run.Verdicts[0].Failing(r.Index).Count)));
        }
    }

    static QualityReport Report(string check, Batch table, Distributions? baseline) =>
        new Fitted(StepRunner.Run(new QualityValidation(new() { Checks = [check], Baseline = baseline }), table).Json).As<QualityReport>();

    /// <summary>A table without a fault, but for the rows that are damaged.</summary>
    static Batch Sound(int rows, params (int Row, int Kind)[] damages)
    {
        string[] cities = ["Berlin", "Paris", "Rome"];
        var all = Enumerable.Range(0, rows).ToArray();
        string?[] code = [.. all.Select(i => $"AB-{i:0000}")], city = [.. all.Select(i => cities[i % 3])], day = [.. all.Select(i => $"2024-0{1 + (i % 9)}-1{i % 10}")];
        double?[] price = [.. all.Select(i => (double?)((1_000 * (i % 3)) + (i % 7)))];
        foreach (var (row, kind) in damages)
        {
            switch (kind)
            {
                case 0:
                    (code[row], city[row], day[row], price[row]) = (null, "", " ", double.NaN);
                    break;
                case 1:
                    price[row] = 1e12;
                    break;
                case 2:
                    (city[row], day[row]) = ("lost \uFFFD", "2024-02-30");
                    break;
                case 3:
                    (code[row], city[row], day[row]) = ("ann@example.org", "berlin", "soon");
                    break;
                default:
                    var other = row == 0 ? 1 : 0;
                    (code[row], city[row], day[row], price[row]) = (code[other], city[other], day[other], price[other]);
                    break;
            }
        }

        return new Batch(
            new Schema([new("code", ColumnType.Text), new("city", ColumnType.Text), new("day", ColumnType.Text), new("price", ColumnType.Float64)]),
            [TextColumn.Of(code), TextColumn.Of(city), TextColumn.Of(day), DirtyTable.Numbers("price", price)[0]], rows);
    }
}
