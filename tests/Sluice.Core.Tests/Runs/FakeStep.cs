using Sluice.Batches;
using Sluice.Steps;

namespace Sluice.Tests.Runs;

/// <summary>A step made of what a test needs of it.</summary>
sealed class FakeStep : Step
{
    public bool Observing { get; init; }

    public bool Passive { get; init; }

    public bool Keyed { get; init; }

    public Func<IReadOnlySet<string>, IReadOnlySet<string>?>? NeededFor { get; init; }

    public Func<Batch, Fitted, Verdicts, Batch>? Applying { get; init; }

    public int Applied { get; private set; }

    public override bool IsPassive => Passive;

    public override bool IsKeyed => Keyed;

    public override Schema Plan(Schema input, StepProblems problems) => input;

    public override State? NewState(Schema input) => Observing ? new Nothing() : null;

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => NeededFor?.Invoke(wanted);

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        Applied++;
        return Applying is null ? batch : Applying(batch, fitted, verdicts);
    }

    sealed class Nothing : State
    {
        public override void Merge(State other)
        {
        }

        public override void Write(BinaryWriter writer)
        {
        }

        public override void Read(BinaryReader reader)
        {
        }
    }
}
