using Sluice.Connectors;
using Sluice.Tests.Optimise;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.Pipelines.Optimise;

/// <summary>Random plans on random tables: optimised, they give what they give as written. bench/fuzz-plans runs as many as wanted.</summary>
public sealed class RandomPlanTests
{
    const int Plans = 300;

    [Fact]
    public async Task Optimised_plans_give_what_the_steps_as_written_give()
    {
        using var folder = new TemporaryFolder();
        var inputs = new FolderInputs([folder.Path], folder.Path);
        var (ran, rules) = (0, new HashSet<string>());
        for (var seed = 1; seed <= Plans; seed++)
        {
            var plan = RandomPlan.Of(seed);
            var difference = await plan.DifferenceAsync(inputs, CancellationToken.None);

            Assert.True(difference is null, $"seed {seed}: {difference}");
            ran += plan.Ran ? 1 : 0;
            rules.UnionWith(plan.Rewrites);
        }

        // The plans must be worth comparing: most run, and the rules are used.
        Assert.True(ran > Plans / 2, $"only {ran} of {Plans} plans ran");
        Assert.Superset(new HashSet<string> { "dead_step", "filter_pushdown", "limit_pushdown", "predicate_order", "projection_pushdown", "shared_look" }, rules);
    }

    /// <summary>Plans that once gave something else: a step that reads all columns in their order came after joins that had changed places.</summary>
    [Theory]
    [InlineData(7953)]
    public async Task Plans_that_once_differed_do_not(int seed)
    {
        using var folder = new TemporaryFolder();

        Assert.Null(await RandomPlan.Of(seed).DifferenceAsync(new FolderInputs([folder.Path], folder.Path), CancellationToken.None));
    }
}
