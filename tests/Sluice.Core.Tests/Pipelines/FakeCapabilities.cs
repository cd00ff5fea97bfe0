using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Steps;

namespace Sluice.Tests.Pipelines;

/// <summary>A small catalogue of its own, so that these tests say what the reader does and not what the real steps have.</summary>
static class FakeCapabilities
{
    public static Catalog Catalog { get; } = Catalog.Of([typeof(FakeSource), typeof(FakeSink), typeof(FakeValidation), typeof(FakeCleaning), typeof(FakeSplit)]);

    [Source("csv", Aliases = ["csv_connector"])]
    public sealed class FakeSource(FakeSource.Options options) : Source
    {
        public sealed record Options
        {
            /// <summary>The file.</summary>
            [Required]
            public string FilePath { get; init; } = "";

            /// <summary>Between fields.</summary>
            public char Delimiter { get; init; } = ',';

            public bool Header { get; init; } = true;
        }

        public override string FilePath => options.FilePath;

        public override IAsyncEnumerable<Shard> ListShardsAsync(InputFiles inputs, ShardCut cut, CancellationToken cancellation) => AsyncEnumerable.Empty<Shard>();

        public override Task<ShardRows> ReadAsync(InputFiles inputs, Shard shard, Schema? schema, CancellationToken cancellation) =>
            Task.FromException<ShardRows>(new SourceException("never read"));
    }

    [Sink("csv", Aliases = ["csv_sink"])]
    public sealed class FakeSink(FakeSink.Options options) : Sink
    {
        public sealed record Options
        {
            [Required]
            public string FilePath { get; init; } = "";
        }

        public override Task<IReadOnlyList<string>> WriteAsync(DatasetRows rows, OutputFiles outputs, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<string>>([options.FilePath]);
    }

    public enum RuleType
    {
        Range,
        Regex,
    }

    [Step("quality_validation")]
    public sealed class FakeValidation(FakeValidation.Options options) : Step
    {
        public sealed record Options : IValidatableObject
        {
            public Shape? Schema { get; init; }

            public IReadOnlyList<BusinessRule> BusinessRules { get; init; } = [];

            [Range(0, 100)]
            public double? MinQualityScore { get; init; }

            public double Low { get; init; }

            public double High { get; init; } = 1;

            public JsonElement? Anything { get; init; }

            public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
            {
                if (Low > High)
                {
                    yield return new ValidationResult($"low {Low} is above high {High}.", [nameof(Low)]);
                }
            }
        }

        public sealed record Shape
        {
            [MinLength(1)]
            public IReadOnlyList<string> RequiredColumns { get; init; } = [];
        }

        public sealed record BusinessRule
        {
            public required RuleType Type { get; init; }

            public required string Column { get; init; }

            public double? Min { get; init; }

            public double? Max { get; init; }

            public string? Pattern { get; init; }
        }

        public Options Given => options;

        public override Schema Plan(Schema input, StepProblems problems)
        {
            for (var i = 0; i < options.BusinessRules.Count; i++)
            {
                problems.Column(input, $"business_rules[{i}].column", options.BusinessRules[i].Column);
            }

            return input;
        }

        public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts) => batch;
    }

    [Step("data_cleaning")]
    public sealed class FakeCleaning(FakeCleaning.Options options) : StepGroup
    {
        public sealed record Options
        {
            public IReadOnlyList<string> Operations { get; init; } = ["remove_duplicates"];

            public IReadOnlyList<string> DuplicateKeys { get; init; } = [];
        }

        public override IReadOnlyList<Step> Expand() => [.. options.Operations.Select(o => new RemoveDuplicates(new RemoveDuplicates.Options { Keys = options.DuplicateKeys }))];
    }

    [Step("remove_duplicates")]
    public sealed class RemoveDuplicates(RemoveDuplicates.Options options) : Step
    {
        public sealed record Options
        {
            public IReadOnlyList<string> Keys { get; init; } = [];
        }

        public override Schema Plan(Schema input, StepProblems problems)
        {
            for (var i = 0; i < options.Keys.Count; i++)
            {
                problems.Column(input, $"duplicate_keys[{i}]", options.Keys[i]);
            }

            return input;
        }

        public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts) => batch;
    }

    [Step("split")]
    public sealed class FakeSplit(FakeSplit.Options options) : Step
    {
        public sealed record Options
        {
            public int Seed { get; init; } = 42;
        }

        public int Seed => options.Seed;

        public override Schema Plan(Schema input, StepProblems problems) => input;

        public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts) => batch;
    }
}
