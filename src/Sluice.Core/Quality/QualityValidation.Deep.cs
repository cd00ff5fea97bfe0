using Sluice.Steps;

namespace Sluice.Quality;

// With deep_analysis the checks come after a part that reads rows with a language model and hands over what it found in a column.
public sealed partial class QualityValidation
{
    const string ReadBefore = "deep_analysis: the published rows were not read again; the score of the step has what was found, this one does not.";

    internal override IReadOnlyList<Step>? Parts => options.DeepAnalysis ? [new DeepAnalysis(DeepOptions), new QualityValidation(WithContext, earlier)] : null;

    DeepOptions DeepOptions => options.Deep ?? new DeepOptions();

    // Without a model, numbers that are unusual for their group are what is left of the question.
    Options WithContext => options with { Checks = [.. options.Checks.Append("contextual_outliers").Distinct()] };

    bool IsDeep => options.DeepAnalysis && !readBefore;

    /// <summary>The columns of the table alone.</summary>
    Schema Own(Schema input) => IsDeep && input.Has(DeepAnalysis.Column) ? new Schema(input.Where(f => f.Name != DeepAnalysis.Column)) : input;

    Batch Own(Batch batch) => IsDeep && batch.Schema.IndexOf(DeepAnalysis.Column) is var at && at >= 0
        ? new Batch(Own(batch.Schema), batch.Columns.Where((_, i) => i != at), batch.Rows, batch.Origin)
        : batch;
}
