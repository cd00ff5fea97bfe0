using Sluice.Datasets;

namespace Sluice.Tests.Datasets;

public sealed class DatasetLifecycleTests
{
    static readonly DatasetState[] line = [DatasetState.Created, DatasetState.Processing, DatasetState.Validated, DatasetState.Ready, DatasetState.Archived];

    public static IEnumerable<object[]> Pairs() => line.SelectMany(from => line.Select(to => new object[] { from, to }));

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Of_the_25_pairs_of_the_line_only_a_step_forward_and_a_new_run_are_allowed(DatasetState from, DatasetState to)
    {
        var isStep = Array.IndexOf(line, to) == Array.IndexOf(line, from) + 1;
        var isNewRun = (from, to) == (DatasetState.Ready, DatasetState.Processing);

        Assert.Equal(isStep || isNewRun, DatasetLifecycle.Allows(from, to));
    }

    [Theory]
    [InlineData(DatasetState.Failed, DatasetState.Processing, DatasetState.Validated)]
    [InlineData(DatasetState.Quarantined, DatasetState.Processing)]
    public void A_side_state_is_reached_from_work_only_and_left_by_a_new_run_or_for_good(DatasetState side, params DatasetState[] from)
    {
        Assert.Equal(from, Enum.GetValues<DatasetState>().Where(state => DatasetLifecycle.Allows(state, side)));
        Assert.Equal([DatasetState.Processing, DatasetState.Archived], DatasetLifecycle.After(side));
    }
}
