using Sluice.Core.Tests.Steps;
using Sluice.Splits;
using Sluice.Steps;

namespace Sluice.Core.Tests.Splits;

public sealed class RandomSplitContractTests : StepContract
{
    protected override Step Create() => new Split(new());

    protected override (Step Step, string Path)? WithUnknownColumn => null;

    protected override bool AcceptsNoValues => false;
}

public sealed class StratifiedSplitContractTests : StepContract
{
    protected override Step Create() => new Split(new() { Strategy = SplitStrategy.Stratified, Column = "genre" });

    protected override (Step Step, string Path)? WithUnknownColumn => (new Split(new() { Strategy = SplitStrategy.Stratified, Column = "nowhere" }), "column");

    protected override bool AcceptsNoValues => false;
}
