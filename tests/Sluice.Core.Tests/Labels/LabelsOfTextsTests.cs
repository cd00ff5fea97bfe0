using System.Text;
using Sluice.Batches;
using Sluice.Core.Tests.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Labels;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.Labels;

public sealed class TextLabelErrorsContractTests : StepContract
{
    protected override Step Create() => new FindLabelErrors(LabelsOfTextsTests.Errors);

    protected override (Step Step, string Path)? WithUnknownColumn => (new FindLabelErrors(LabelsOfTextsTests.Errors with { Features = new() { Text = "nowhere" } }), "features.text");

    protected override Batch Sample() => LabelsOfTextsTests.Notes(300, row => row % 40 != 11);
}

public abstract class TextAutoLabelContract(AutoLabelMethod method) : StepContract
{
    protected override Step Create() => new AutoLabel(LabelsOfTextsTests.Auto with { AutoLabelMethod = method });

    protected override (Step Step, string Path)? WithUnknownColumn => (new AutoLabel(LabelsOfTextsTests.Auto with { Features = new() { Text = "nowhere" } }), "features.text");

    protected override Batch Sample() => LabelsOfTextsTests.Notes(300, row => row % 5 == 0);
}

public sealed class TextKnnContractTests() : TextAutoLabelContract(AutoLabelMethod.Knn);

public sealed class TextSpreadingContractTests() : TextAutoLabelContract(AutoLabelMethod.Spreading);

public sealed class TextProbeContractTests() : TextAutoLabelContract(AutoLabelMethod.Probe);

/// <summary>Labels learned from the vectors of a text column.</summary>
public sealed class LabelsOfTextsTests
{
    static readonly VectorSource note = new() { Text = "note", Model = "hashing-256" };

    internal static readonly FindLabelErrors.Options Errors = new()
    {
        LabelColumn = "topic",
        Features = note,
        SuggestedLabelColumn = "better",
        LabelQualityColumn = "quality",
        LabelRankColumn = "rank",
    };

    internal static readonly AutoLabel.Options Auto = new()
    {
        LabelColumn = "topic",
        Features = note,
        ConfidenceColumn = "sure",
        UncertaintyColumn = "doubt",
        MinConfidence = 0.5,
    };

    static readonly string[] topics = ["cooking", "money", "sport"];

    static readonly string[][] words =
    [
        ["soup", "oven", "butter", "onion", "recipe", "flour", "roast", "garlic", "pepper", "spoon"],
        ["bank", "loan", "interest", "market", "bond", "credit", "deposit", "invoice", "price", "tax"],
        ["goal", "match", "team", "league", "coach", "race", "stadium", "referee", "trophy", "player"],
    ];

    // Every 25th row has the label of the next topic.
    static bool IsPlanted(int row) => row % 25 == 7;

    static string TopicOf(int row) => topics[row % 3];

    /// <summary>Notes on three topics; some are empty.</summary>
    internal static Batch Notes(int rows, Func<int, bool> isLabelled)
    {
        var random = new Random(20_261_121);
        var notes = Enumerable.Range(0, rows).Select(row => row % 60 == 59 ? row % 120 == 59 ? null : "" : string.Join(' ', Enumerable.Range(0, 6).Select(_ => words[row % 3][random.Next(10)]))).ToArray();
        var labels = Enumerable.Range(0, rows).Select(row => isLabelled(row) ? topics[IsPlanted(row) ? (row + 1) % 3 : row % 3] : null).ToArray();
        return Table(notes, labels);
    }

    static Batch Table(string?[] notes, string?[] labels) => new(
        new Schema([new("id", ColumnType.Int64), new("note", ColumnType.Text), new("topic", ColumnType.Text)]),
        [new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, notes.Length).Select(i => (long)i)]), TextColumn.Of(notes), TextColumn.Of(labels)],
        notes.Length);

    [Fact]
    public void Finds_planted_errors_and_says_what_they_should_be()
    {
        var run = StepRunner.Run(new FindLabelErrors(Errors), Notes(300, _ => true));

        var found = run.Verdicts[0].Failing(0);
        var planted = Enumerable.Range(0, 300).Where(row => IsPlanted(row) && row % 60 != 59).ToList();
        Assert.True(found.Count >= planted.Count * 2 / 3 && found.All(planted.Contains), $"found {string.Join(' ', found)}");
        Assert.All(found, row => Assert.Equal(TopicOf(row), run.All["better"].Display(row)));
        Assert.All(planted, row => Assert.InRange(run.All.Int64("rank")[row], 1, planted.Count + 5));
    }

    [Fact]
    public void A_row_without_words_or_label_is_not_judged()
    {
        var run = StepRunner.Run(new FindLabelErrors(Errors), Notes(300, row => row % 40 != 11));

        Assert.All(Enumerable.Range(0, 300).Where(row => row % 40 == 11 || row % 60 == 59), row => Assert.True(run.All["quality"].IsNull(row) && run.All["rank"].IsNull(row)));
    }

    [Fact]
    public void Depends_on_neither_batches_nor_order()
    {
        var whole = Notes(240, row => row % 4 != 0);
        Step[] steps = [new FindLabelErrors(Errors), new AutoLabel(Auto), new AutoLabel(Auto with { AutoLabelMethod = AutoLabelMethod.Spreading })];
        Assert.All(steps, step =>
        {
            var expected = StepRunner.Run(step, whole);
            var random = new Random(11);
            for (var round = 0; round < 20; round++)
            {
                var order = Enumerable.Range(0, whole.Rows).ToArray();
                random.Shuffle(order);

                var run = StepRunner.Run(step, StepRunner.Cut(whole.Take(order), random.Next(1, 90), random.Next(1, 200)));

                Assert.True(expected.Json.AsSpan().SequenceEqual(run.Json), $"round {round}");
                RandomBatches.AssertSame(expected.All.Take(order), run.All);
            }
        });
    }

    [Theory]
    [InlineData(AutoLabelMethod.Knn)]
    [InlineData(AutoLabelMethod.Spreading)]
    [InlineData(AutoLabelMethod.Probe)]
    public void Gives_texts_the_label_of_their_topic(AutoLabelMethod method)
    {
        // One in five has a label, and none of those is wrong.
        var table = Notes(300, row => row % 5 == 0 && !IsPlanted(row));

        var run = StepRunner.Run(new AutoLabel(Auto with { AutoLabelMethod = method, MinConfidence = 0.4 }), table);

        var labels = Enumerable.Range(0, 300).Where(row => row % 60 != 59).Select(row => (Found: run.All["auto_label"].Display(row), Right: TopicOf(row))).ToList();
        Assert.True(labels.Count(l => l.Found == l.Right) > 270, $"{labels.Count(l => l.Found == l.Right)} right");
        Assert.All(Enumerable.Range(0, 300).Where(row => row % 60 == 59), row => Assert.True(run.All["auto_label"].IsNull(row) && run.All["doubt"].IsNull(row)));
    }

    [Fact]
    public void Learns_from_the_training_set_alone()
    {
        // The test rows say that everything is sport.
        var table = Notes(300, row => row % 2 == 0 && !IsPlanted(row));
        var lying = TextColumn.Of([.. Enumerable.Range(0, 300).Select(row => table["topic"].IsNull(row) ? null : row < 150 ? table["topic"].Display(row) : "sport")]);
        var sets = TextColumn.Of([.. Enumerable.Range(0, 300).Select(row => row < 150 ? "train" : "test")]);

        var run = StepRunner.Run(new AutoLabel(Auto), table.With(new Field("split", ColumnType.Text), sets).With(table.Schema["topic"], lying));

        var found = Enumerable.Range(150, 150).Where(row => row % 2 == 1).Select(row => (Found: run.All["auto_label"].Display(row), Right: TopicOf(row))).ToList();
        Assert.True(found.Count(l => l.Found == l.Right) > 60 && !found.Any(l => l.Found.Length > 0 && l.Found != l.Right), $"{found.Count(l => l.Found == l.Right)} right");
    }

    [Fact]
    public void The_bundled_model_tells_meanings_apart_without_a_common_word()
    {
        string?[] notes =
        [
            "The soup needs more salt and pepper", "Bake the bread until the crust is golden", "Chop the onions and fry them in butter", "She roasted a chicken with potatoes",
            "Whisk the eggs before adding sugar", "The bank raised its interest rates", "Shares fell on the stock exchange", "He took out a mortgage for the flat",
            "Investors bought government bonds", "The company reported higher profits", "Boil the pasta for ten minutes", "Inflation made loans more expensive",
        ];
        string?[] labels = ["food", "food", "food", "food", "food", "money", "money", "money", "money", "money", null, null];

        var run = StepRunner.Run(new AutoLabel(Auto with { Features = new() { Text = "note" }, Neighbours = 3, MinConfidence = 0 }), Table(notes, labels));

        Assert.Equal(["food", "money"], new[] { 10, 11 }.Select(run.All["auto_label"].Display));
    }

    [Fact]
    public void Numbers_given_as_features_are_feature_columns()
    {
        var blobs = ConfidentLearningTests.Blobs(200, 3, seed: 5);
        var table = new Batch(
            new Schema([new("a", ColumnType.Float64), new("b", ColumnType.Float64), new("topic", ColumnType.Text)]),
            [
                .. Enumerable.Range(0, 2).Select(at => new ValueColumn<double>(ColumnType.Float64, [.. Enumerable.Range(0, 200).Select(row => (double)blobs.Row(row)[at])])),
                TextColumn.Of([.. blobs.Labels.Select((label, row) => topics[row % 20 == 3 ? (label + 1) % 3 : label])]),
            ],
            200);

        var named = StepRunner.Run(new FindLabelErrors(Errors with { Features = null, FeatureColumns = ["a", "b"] }), table);
        var asFeatures = StepRunner.Run(new FindLabelErrors(Errors with { Features = new() { Columns = ["a", "b"] } }), table);

        Assert.Equal(Encoding.UTF8.GetString(named.Json), Encoding.UTF8.GetString(asFeatures.Json));
        Assert.NotEmpty(named.Verdicts[0].Failing(0));
    }

    [Fact]
    public void Says_what_is_wrong_with_its_options()
    {
        Assert.Equal("features: Found neither text, vector nor columns; expected one: the column to embed as text, the column with vectors, or columns of numbers.", Problem(new FindLabelErrors(Errors with { Features = new() })));
        Assert.StartsWith("feature_columns: Both features and feature_columns are given.", Problem(new FindLabelErrors(Errors with { FeatureColumns = ["id"] })));
        Assert.StartsWith("features: Chances are given by probability_columns", Problem(new FindLabelErrors(Errors with { ProbabilityColumns = ["id", "id"] })));
        Assert.StartsWith("features: Column 'topic' is the label", Problem(new AutoLabel(Auto with { Features = note with { Text = "topic" } })));
        Assert.StartsWith("features.text: Column 'id' is Int64; expected Text.", Problem(new AutoLabel(Auto with { Features = note with { Text = "id" } })));
        Assert.StartsWith("features.model: The model 'hashing-3' is not known.", Problem(new AutoLabel(Auto with { Features = note with { Model = "hashing-3" } })));

        static string Problem(Step step) => Assert.Single(StepRunner.Problems(step, Notes(3, _ => true).Schema));
    }

    [Fact]
    public void Too_many_labels_are_refused()
    {
        var table = Table([.. Enumerable.Range(0, 10).Select(i => $"note {i}")], [.. Enumerable.Range(0, 10).Select(i => $"label {i}")]);

        Assert.All(
            new Step[] { new FindLabelErrors(Errors with { MaxClasses = 5 }), new AutoLabel(Auto with { MaxClasses = 5 }) },
            step => Assert.Contains("the limit is max_classes = 5", Assert.Throws<DataException>(() => StepRunner.Run(step, table)).Message));
    }
}
