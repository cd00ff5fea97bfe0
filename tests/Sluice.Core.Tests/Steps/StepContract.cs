using Sluice.Batches;
using Sluice.Core.Tests.Batches;
using Sluice.Steps;

namespace Sluice.Core.Tests.Steps;

/// <summary>What every step keeps, whatever it does. A test class of a step inherits this and adds only what is special.</summary>
public abstract class StepContract
{
    const int Seed = 20_260_417;

    /// <summary>The step with options under which it has something to do on <see cref="Sample"/>.</summary>
    protected abstract Step Create();

    /// <summary>A step that names a column which <see cref="Sample"/> lacks, and the path of that option; null for a step that names none.</summary>
    protected abstract (Step Step, string Path)? WithUnknownColumn { get; }

    protected virtual Batch Sample() => DirtyTable.Of(rows: 300, Seed);

    [Fact]
    public void Accepts_a_batch_without_rows()
    {
        var whole = Sample();
        Batch[] parts = [whole.Slice(0, 0), whole, whole.Slice(0, 0)];

        var run = StepRunner.Run(Create(), parts);

        AssertSame(StepRunner.Run(Create(), whole), [whole], run, parts);
        if (AcceptsNoValues)
        {
            Assert.Equal(0, StepRunner.Run(Create(), whole.Slice(0, 0)).All.Rows);
        }
    }

    [Fact]
    public void Accepts_columns_without_a_single_value()
    {
        if (AcceptsNoValues)
        {
            var run = StepRunner.Run(Create(), DirtyTable.Empty(Sample().Schema, 70));

            Assert.Equal(70, run.All.Rows + run.Verdicts.Sum(v => v.Rejected));
        }
    }

    /// <summary>False for a step that rightly refuses no rows, or rows that are all alike.</summary>
    protected virtual bool AcceptsNoValues => true;

    [Fact]
    public void Gives_the_same_twice()
    {
        var step = Create();

        var (first, second) = (StepRunner.Run(step, Sample()), StepRunner.Run(step, Sample()));

        AssertSame(first, [Sample()], second, [Sample()]);
    }

    [Fact]
    public void A_row_fares_the_same_in_any_batch()
    {
        var step = Create();
        var whole = Sample();
        var expected = StepRunner.Run(step, whole);
        var random = new Random(Seed);
        for (var round = 0; round < 5; round++)
        {
            int[] sizes = [.. Enumerable.Range(0, 5).Select(_ => random.Next(1, 130))];
            var parts = StepRunner.Cut(whole, sizes);

            var run = StepRunner.Run(step, parts);

            AssertSame(expected, [whole], run, parts);
        }
    }

    [Fact]
    public void States_merge_to_equal_bytes_in_any_order_and_shape()
    {
        var step = Create();
        var whole = Sample();
        var seen = step.Observes(whole.Schema) is { } observed ? whole.Select(observed) : whole;
        if (step.NewState(whole.Schema) is not { } expected)
        {
            return;
        }

        step.Observe(seen, expected);
        var random = new Random(Seed);
        for (var round = 0; round < 5; round++)
        {
            var states = StepRunner.Cut(seen, random.Next(1, 100), random.Next(1, 100)).Select(part =>
            {
                var state = step.NewState(whole.Schema)!;
                step.Observe(part, state);
                return state;
            }).ToList();
            states.Add(step.NewState(whole.Schema)!);
            Assert.True(expected.ToBytes().AsSpan().SequenceEqual(Merging.InRandomShape(states, random).ToBytes()), $"seed {Seed}, round {round}");
        }
    }

    [Fact]
    public void Rows_in_are_rows_kept_and_rejected()
    {
        var whole = Sample();

        var run = StepRunner.Run(Create(), whole);

        // Rows that a step makes come after the one that they are made of.
        int[] kept = [.. Enumerable.Range(0, whole.Rows).Where(row => !run.Verdicts[0].IsRejected(row))];
        Assert.Equal(kept, Enumerable.Range(0, run.All.Rows).Select(run.All.OriginOf).Distinct());
        Assert.Equal(kept.Length + run.Verdicts[0].MadeRows, run.All.Rows);
    }

    [Fact]
    public void A_column_that_does_not_exist_is_a_problem_with_its_path()
    {
        if (WithUnknownColumn is var (step, path))
        {
            var problem = Assert.Single(StepRunner.Problems(step, Sample().Schema));

            Assert.StartsWith($"{path}: Column 'nowhere' does not exist here.", problem);
        }
    }

    [Fact]
    public void Needs_no_more_columns_than_it_says()
    {
        var step = Create();
        var whole = Sample();
        var (run, json, decisions) = StepRunner.RunWithParameters(step, whole);
        var random = new Random(Seed);
        for (var round = 0; round < 10; round++)
        {
            var wanted = run.Schema.Where(_ => random.Next(3) == 0).Select(f => f.Name).ToHashSet();
            if (step.Needs(whole.Schema, wanted) is not { } needed)
            {
                continue;
            }

            var verdicts = new Verdicts(whole.Rows);
            var pruned = step.Apply(whole.Select(needed), StepRunner.FittedOf(step, whole, json, decisions), verdicts);

            Assert.Equal(run.All.Rows, pruned.Rows);
            RandomBatches.AssertSame(run.All.Select(wanted), pruned.Select(wanted));
        }
    }

    static void AssertSame(StepRun expected, Batch[] expectedInput, StepRun found, Batch[] foundInput)
    {
        Assert.Equal(expected.Json, found.Json);
        RandomBatches.AssertSame(expected.All, found.All);
        Assert.Equal(Evidence(expected, expectedInput), Evidence(found, foundInput));
        Assert.Equal(Changes(expected), Changes(found));
    }

    /// <summary>Every failing row × rule, as text, in order.</summary>
    static List<string> Evidence(StepRun run, Batch[] input)
    {
        var lines = new List<string>();
        for (var i = 0; i < run.Verdicts.Count; i++)
        {
            for (var rule = 0; rule < run.Verdicts[i].Rules.Count; rule++)
            {
                lines.AddRange(run.Verdicts[i].Failing(rule).Select(row => $"{run.Verdicts[i].Rules[rule]} {input[i].OriginOf(row):D6}"));
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    static SortedDictionary<string, long> Changes(StepRun run)
    {
        var changes = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (key, cells) in run.Verdicts.SelectMany(v => v.Changed))
        {
            changes[key] = changes.GetValueOrDefault(key) + cells;
        }

        return changes;
    }
}
