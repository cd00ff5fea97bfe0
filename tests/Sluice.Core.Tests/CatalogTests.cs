using System.ComponentModel.DataAnnotations;
using System.Text;
using Sluice.Batches;
using Sluice.Steps;
using Sluice.Tests.Pipelines;

namespace Sluice.Tests;

public sealed class CatalogTests
{
    /// <summary>Names, options and defaults are what users have stored: this test makes a change of one visible in review.</summary>
    [Fact]
    public void The_catalogue_is_as_its_snapshot_says()
    {
        var text = new StringBuilder();
        foreach (var capability in Catalog.Default.All)
        {
            text.Append($"{capability.Kind.ToString().ToLowerInvariant()} {capability.Type}");
            text.Append(capability.Aliases.Count == 0 ? "" : $" (also {string.Join(", ", capability.Aliases)})").Append($": {capability.Summary}\n");
            Write(text, capability.Options, "  ");
        }

        var path = Path.Combine(Root(), "tests", "Sluice.Core.Tests", "Catalog.snapshot.txt");
        if (Environment.GetEnvironmentVariable("SLUICE_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, text.ToString());
        }

        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == text.ToString(),
            $"The catalogue differs from {path}. When the change is meant, run the tests once with SLUICE_UPDATE_SNAPSHOTS=1 and review the difference.");
    }

    [Fact]
    public void Everything_in_it_is_documented()
    {
        static IEnumerable<string> Bare(string path, IEnumerable<OptionInfo> options) =>
            options.SelectMany(o => (o.Summary.Length == 0 ? [$"{path}.{o.Name}"] : Array.Empty<string>()).Concat(Bare($"{path}.{o.Name}", o.Options)));

        Assert.Empty(Catalog.Default.All.Where(c => c.Summary.Length == 0).Select(c => c.Type));
        Assert.Empty(Catalog.Default.All.SelectMany(c => Bare(c.Type, c.Options)));
    }

    [Fact]
    public void Describes_options_from_their_record()
    {
        var catalog = Catalog.Of([typeof(Sample)]);

        var sample = catalog.Find("sample")!;

        Assert.Same(sample, catalog.Find("example"));
        Assert.Equal("Takes x of Sample.", sample.Summary);
        Assert.Equal(["path", "count", "mode", "rules", "limit"], sample.Options.Select(o => o.Name));
        Assert.Equal(("text", true, null), (sample.Options[0].Type, sample.Options[0].Required, sample.Options[0].Default));
        Assert.Equal(("whole number", "3", "1 to 9", "How many."), (sample.Options[1].Type, sample.Options[1].Default, sample.Options[1].Range, sample.Options[1].Summary));
        Assert.Equal(("one_way | other_way", "one_way"), (sample.Options[2].Type, sample.Options[2].Default));
        Assert.Equal(("list of mapping", "at least 1 item"), (sample.Options[3].Type, sample.Options[3].Range));
        Assert.Equal(["column"], sample.Options[3].Options.Select(o => o.Name));
        Assert.Equal(("more than 0", null), (sample.Options[4].Range, sample.Options[4].Default));
    }

    [Fact]
    public void Refuses_classes_that_it_could_not_configure_and_names_all_of_them()
    {
        var error = Assert.Throws<DataException>(() => Catalog.Of([typeof(Sample), typeof(Rival), typeof(NoStep), typeof(TwoConstructors), typeof(Foreign), typeof(BadName)]));

        Assert.Contains("Sample: the name 'sample' is already that of Rival.", error.Message, StringComparison.Ordinal);
        Assert.Contains("NoStep: it is not a class that derives from Step.", error.Message, StringComparison.Ordinal);
        Assert.Contains("TwoConstructors: it has 2 public constructors; one is expected.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Foreign: its constructor takes something other than its nested Options record.", error.Message, StringComparison.Ordinal);
        Assert.Contains("BadName: the name 'Bad-Name' is not of the form a-z, 0-9 and _.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Makes_a_step_from_checked_json()
    {
        var step = (FakeCapabilities.FakeSplit)FakeCapabilities.Catalog.Configure(CapabilityKind.Step, "split", "seed: 3");

        Assert.Equal(3, step.Seed);
        Assert.Equal(
            "line 1, column 2: 'sed' is not an option of split. Did you mean 'seed'?",
            Assert.Throws<PipelineException>(() => FakeCapabilities.Catalog.Configure(CapabilityKind.Step, "split", """{"sed": 3}""")).Message);
        Assert.Equal(
            "There is no step 'splt'. Did you mean 'split'?",
            Assert.Throws<DataException>(() => FakeCapabilities.Catalog.Configure(CapabilityKind.Step, "splt", "")).Message);
    }

    [Fact]
    public void A_source_and_a_sink_may_share_a_name()
    {
        const string options = "file_path: a.csv";

        Assert.Equal([CapabilityKind.Source, CapabilityKind.Sink], FakeCapabilities.Catalog.KindsOf("csv"));
        Assert.IsType<FakeCapabilities.FakeSource>(FakeCapabilities.Catalog.Configure(CapabilityKind.Source, "csv", options));
        Assert.IsType<FakeCapabilities.FakeSink>(FakeCapabilities.Catalog.Configure(CapabilityKind.Sink, "csv", options));
    }

    [Fact]
    public void A_step_that_refuses_its_options_says_why()
    {
        var error = Assert.Throws<DataException>(() => Catalog.Of([typeof(Picky)]).Configure(CapabilityKind.Step, "picky", ""));

        Assert.Equal("'picky' refuses its options: never content.", error.Message);
    }

    static void Write(StringBuilder text, IEnumerable<OptionInfo> options, string indent)
    {
        foreach (var option in options)
        {
            text.Append($"{indent}{option.Name}: {option.Type}{(option.Range is null ? "" : $" ({option.Range})")} = {(option.Required ? "required" : option.Default ?? "none")}. {option.Summary}\n");
            Write(text, option.Options, indent + "  ");
        }
    }

    static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Functions.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No Functions.sln above the tests.");
        }

        return folder;
    }

    public enum Mode
    {
        OneWay,
        OtherWay,
    }

    /// <summary>Takes <c>x</c> of <see cref="Sample"/>.</summary>
    [Step("sample", Aliases = ["example"])]
    public sealed class Sample(Sample.Options options) : NothingStep
    {
        public sealed record Options
        {
            /// <summary>Which.</summary>
            public required string Path { get; init; }

            /// <summary>How many.</summary>
            [Range(1, 9)]
            public int Count { get; init; } = 3;

            public Mode Mode { get; init; }

            [MinLength(1)]
            public IReadOnlyList<Part> Rules { get; init; } = [];

            [Range(0, double.MaxValue, MinimumIsExclusive = true)]
            public double? Limit { get; init; }

            public string Computed => Path + Count;
        }

        public sealed record Part(string Column);

        public Options Given => options;
    }

    [Step("sample")]
    public sealed class Rival : NothingStep;

    [Step("no_step")]
    public sealed class NoStep;

    [Step("two")]
    public sealed class TwoConstructors : NothingStep
    {
        public TwoConstructors()
        {
        }

        public TwoConstructors(int count) => Count = count;

        public int Count { get; }
    }

    [Step("foreign")]
    public sealed class Foreign(string text) : NothingStep
    {
        public string Text => text;
    }

    [Step("Bad-Name")]
    public sealed class BadName : NothingStep;

    [Step("picky")]
    public sealed class Picky : NothingStep
    {
        public Picky() => throw new DataException("never content.");
    }

    public abstract class NothingStep : Step
    {
        public override Schema Plan(Schema input, StepProblems problems) => input;

        public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts) => batch;
    }
}
