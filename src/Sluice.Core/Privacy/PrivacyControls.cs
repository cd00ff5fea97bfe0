using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Privacy;

/// <summary>
/// Measures the table against packs of privacy controls (HIPAA Safe Harbor, PCI DSS, GDPR, CCPA, SOC 2) and keeps the evidence. Changes nothing; a
/// gate refuses when a pack that is named in <c>fail_on</c> has a control that is not met. It reports controls, never that a law is kept.
/// </summary>
[Step("privacy_controls")]
public sealed class PrivacyControls : Step
{
    readonly Options options;
    readonly PiiDetection detection;

    public PrivacyControls(Options options)
    {
        this.options = options;
        detection = new PiiDetection(new PiiDetection.Options { Columns = options.Columns, MinConfidence = options.MinConfidence }) { CountsImages = true };
    }

    public sealed record Options
    {
        /// <summary>Packs to measure. Default: all.</summary>
        [MinLength(1)]
        public IReadOnlyList<ControlPack> Packs { get; init; } = Enum.GetValues<ControlPack>();

        /// <summary>Gate: packs of which every control must be met. Default: none.</summary>
        public IReadOnlyList<ControlPack> FailOn { get; init; } = [];

        /// <summary>Columns to look at. Default: all of text, whole numbers and dates.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>Least confidence of a finding, 0 to 1. Default: 0.5.</summary>
        [Range(0.0, 1.0)]
        public double MinConfidence { get; init; } = 0.5;
    }

    /// <summary>What was measured.</summary>
    /// <param name="Columns">What each column holds.</param>
    /// <param name="Controls">Each control of the packs.</param>
    public sealed record Report(IReadOnlyList<PiiColumn> Columns, IReadOnlyList<ControlResult> Controls);

    public override bool IsPassive => true;

    public override int CodeVersion => 2;

    public override Schema Plan(Schema input, StepProblems problems) => detection.Plan(input, problems);

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    public override State? NewState(Schema input) => detection.NewState(input);

    public override IReadOnlySet<string>? Observes(Schema input) => detection.Observes(input);

    public override void Observe(Batch batch, State state) => detection.Observe(batch, state);

    public override byte[] Fit(State? state, object? decided)
    {
        var columns = (ColumnStates<PiiColumnState>)state!;
        PiiColumn[] reports = [.. columns.Names.Select(name => columns[name].Report(name))];
        return Fitted.Of(new Report(reports, ControlPacks.Measure(reports, [.. options.Packs.Union(options.FailOn)])));
    }

    public override string ApplyKey(Fitted fitted) => "";

    public override string? GateFailure(Fitted fitted)
    {
        var failed = fitted.As<Report>().Controls.Where(control => control.Status == "not_met" && options.FailOn.Contains(control.Pack)).ToList();
        return failed.Count == 0 ? null : $"privacy_controls: {failed.Count} controls are not met. {string.Join(". ", failed.Select(c => $"{c.Control}: {string.Join(", ", c.Evidence)}"))}. "
            + "Run pii_detection with an action before.";
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts) => batch;
}
