using Sluice.Batches;
using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;
using Sluice.Labels;
using Sluice.Llm;
using Sluice.Llm.RowSets;
using Sluice.Matching;
using Sluice.Quality;
using Sluice.Steps;
using Sluice.TextQuality;

namespace Sluice.Core.Tests.Llm;

/// <summary>What steps keep that ask a language model: the same as all others, with answers that are a function of the question.</summary>
public abstract class AskingContract : StepContract
{
    protected abstract AskingStep Asking();

    protected sealed override Step Create() => Asking().For("test/model", null);

    protected override (Step Step, string Path)? WithUnknownColumn => null;

    /// <summary>What the parts before a part make of the usual rows; their origin is their own.</summary>
    protected static Batch After(Step part, int rows = 120)
    {
        var made = StepRunner.Run(part, DirtyTable.Of(rows, 11)).All;
        return new Batch(made.Schema, made.Columns, made.Rows);
    }
}

public sealed class EnrichContractTests : AskingContract
{
    static LlmProcess.Options Options => new()
    {
        Type = LlmTask.Enrich,
        Prompt = "what {{ name }} means at {{ when }}",
        Output =
        [
            new() { Name = "means" }, new() { Name = "count", Type = AnswerType.Integer, Max = 50, Required = false }, new() { Name = "share", Type = AnswerType.Number },
            new() { Name = "is_so", Type = AnswerType.Boolean }, new() { Name = "until", Type = AnswerType.Date, Required = false }, new() { Name = "more", Type = AnswerType.Json },
        ],
    };

    protected override AskingStep Asking() => new LlmProcess(Options);

    protected override (Step Step, string Path)? WithUnknownColumn => (new LlmProcess(Options with { Columns = ["genre", "nowhere"] }), "columns[1]");
}

public sealed class ClassifyContractTests : AskingContract
{
    static LlmProcess.Options Options => new() { Type = LlmTask.Classify, Prompt = "kind of {{ name }} and {{ notes }}", Labels = ["a", "b", "c"], OutputColumn = "genre", MaxTextTokens = 2, TextCut = TextCut.Sentences };

    protected override AskingStep Asking() => new LlmProcess(Options);

    protected override (Step Step, string Path)? WithUnknownColumn => (new LlmProcess(Options with { Prompt = "kind of {{ nowhere }}" }), "prompt");
}

public sealed class ExtractContractTests : AskingContract
{
    protected override AskingStep Asking() => new Extract(new() { Output = [new() { Name = "price", Type = AnswerType.Number, Min = 0, Max = 9, Required = false }], Pii = PiiPolicy.Deny });

    protected override (Step Step, string Path)? WithUnknownColumn => (new Extract(new() { Output = [new() { Name = "x" }], Columns = ["nowhere"] }), "columns[0]");
}

public sealed class SemanticFilterContractTests : AskingContract
{
    protected override AskingStep Asking() => new SemanticFilter(new() { Prompt = "{{ name }} is a name", OnUnanswered = UnansweredAction.Drop });

    protected override (Step Step, string Path)? WithUnknownColumn => (new SemanticFilter(new() { Prompt = "{{ nowhere }} is a name" }), "prompt");
}

public sealed class SmartImputeContractTests : AskingContract
{
    protected override AskingStep Asking() => new SmartImpute(new() { MissingStrategy = MissingStrategy.SmartImpute, Columns = ["name", "count"] }, strict: true);

    protected override (Step Step, string Path)? WithUnknownColumn => (new SmartImpute(new() { MissingStrategy = MissingStrategy.SmartImpute, Columns = ["nowhere"] }, strict: true), "columns[0]");
}

public sealed class DeepAnalysisContractTests : AskingContract
{
    protected override AskingStep Asking() => new DeepAnalysis(new() { MaxRows = 60, Columns = ["name", "genre"] });

    protected override (Step Step, string Path)? WithUnknownColumn => (new DeepAnalysis(new() { Columns = ["nowhere"] }), "deep.columns[0]");
}

public sealed class ZeroShotLabelsContractTests : AskingContract
{
    protected override AskingStep Asking() => new ZeroShotLabels(new()
    {
        AutoLabelMethod = AutoLabelMethod.ZeroShot,
        LabelColumn = "genre",
        Labels = [new() { Name = "Drama" }, new() { Name = "Comedy" }],
        ConfidenceColumn = "sure",
        MinConfidence = 0.3,
    });
}

public sealed class JudgeTextsContractTests : AskingContract
{
    protected override AskingStep Asking() => new JudgeTexts(new() { Column = "notes" }, new() { Purpose = "a search engine", MaxTextTokens = 3 });

    protected override (Step Step, string Path)? WithUnknownColumn => (new JudgeTexts(new() { Column = "nowhere" }, new()), "column");
}

public sealed class GroupAnswerContractTests : AskingContract
{
    static Reduce.Options Options => new() { GroupBy = ["genre"], Prompt = "sum up {{ name }}", Output = [new() { Name = "story" }] };

    protected override AskingStep Asking() => new GroupAnswer(Options, 0);

    protected override Batch Sample() => After(new GroupRows(Options));
}

public sealed class GroupAnswerOfAllRowsContractTests : AskingContract
{
    static Reduce.Options Options => new() { GroupBy = ["genre"], Prompt = "sum up {{ name }}", Output = [new() { Name = "story" }], KeepRows = true };

    protected override AskingStep Asking() => new GroupAnswer(Options, 0);

    protected override Batch Sample() => After(new GroupRows(Options));
}

public sealed class SamePairsContractTests : AskingContract
{
    static Resolve.Options Options => new() { On = ["name", "genre"], UnsureFrom = 0.2 };

    protected override AskingStep Asking() => new SamePairs(Options);

    protected override Batch Sample() => After(new EntityPairs(Options));
}

public sealed class CanonicalAnswerContractTests : AskingContract
{
    static Resolve.Options Options => new() { On = ["name", "genre"], UnsureFrom = 0.2, Canonical = CanonicalValue.Ask };

    protected override AskingStep Asking() => new CanonicalAnswer(Options);

    protected override Batch Sample()
    {
        var made = StepRunner.RunAll([new EntityPairs(Options), new SamePairs(Options).For("test/model", null), new Entities(Options)], DirtyTable.Of(120, 11)).All;
        return new Batch(made.Schema, made.Columns, made.Rows);
    }
}

/// <summary>The part of <c>reduce</c> that keeps all rows is a step like any other.</summary>
public sealed class GroupRowsContractTests : StepContract
{
    protected override Step Create() => new GroupRows(new() { GroupBy = ["genre"], Prompt = "sum up {{ name }}", Output = [new() { Name = "story" }], KeepRows = true, CountColumn = "rows", OrderBy = "price" });

    protected override (Step Step, string Path)? WithUnknownColumn => (new GroupRows(new() { GroupBy = ["genre"], Prompt = "{{ name }}", Output = [new() { Name = "s" }], OrderBy = "nowhere" }), "order_by");
}
