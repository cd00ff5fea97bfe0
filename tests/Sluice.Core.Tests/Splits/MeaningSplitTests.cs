using Sluice.Batches;
using Sluice.Core.Tests.Batches;
using Sluice.Core.Tests.Steps;
using Sluice.Splits;
using Sluice.Splits.Units;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.Splits;

/// <summary>Splits that keep rows of one meaning in one set, and the check of them.</summary>
public sealed class MeaningSplitTests
{
    const int Seed = 20_261_122;

    static readonly VectorSource text = new() { Text = "note" };

    // Said in other words: hardly a run of letters in common, but one meaning to the bundled model.
    static readonly (string One, string Other)[] paraphrases =
    [
        ("A man is playing a guitar.", "A man plays the guitar."),
        ("A woman is slicing an onion.", "A woman slices an onion."),
        ("Two dogs are running on the beach.", "Two dogs run along the beach."),
        ("The cat is sleeping on the sofa.", "The cat sleeps on the couch."),
        ("A boy is riding a bicycle.", "A boy rides a bike."),
        ("He is cooking rice in a pot.", "He cooks rice in a pan."),
    ];

    [Fact]
    public void Planted_paraphrases_stay_together_and_none_leaks()
    {
        var rows = Rows(paraphrases.SelectMany(p => new[] { p.One, p.Other }).Concat(Others(120)));
        var options = new Split.Options { Features = text, Cosine = 0.8, Ratios = SplitTests.Ratios(("train", 0.5), ("test", 0.5)) };

        var run = StepRunner.Run(new Split(options), rows);
        var without = StepRunner.Run(new Split(options with { Features = null, Cosine = null }), rows);

        Assert.Equal(0, Apart(run.All));
        Assert.True(Apart(without.All) > 0, "no paraphrase was parted without cosine: the test shows nothing");
        var report = SplitTests.Report(run);
        Assert.Equal(("exact", 1.0), (report.Units!.Meanings!.Method, report.Units.Meanings.Recall));
        Assert.InRange(report.Units.Meanings.Pairs, paraphrases.Length, rows.Rows);
        Assert.Equal((0L, 0.0, 1.0), (report.Certificate.LeakedMeanings!.Pairs, report.Certificate.LeakedMeanings.Bound, report.Certificate.LeakedMeanings.Confidence));
        Assert.Contains("one meaning of 'note' from cosine 0.8", report.Certificate.Method, StringComparison.Ordinal);
    }

    [Fact]
    public void Depends_on_neither_batches_nor_order()
    {
        var step = new Split(new() { Strategy = SplitStrategy.Group, Column = "owner", Features = text with { Model = "hashing-64" }, Cosine = 0.95 });
        var whole = Rows(Others(200));
        var expected = StepRunner.Run(step, whole);
        var random = new Random(Seed);
        for (var round = 0; round < 20; round++)
        {
            var order = Enumerable.Range(0, whole.Rows).ToArray();
            random.Shuffle(order);
            int[] sizes = [.. Enumerable.Range(0, 4).Select(_ => random.Next(1, 150))];

            var run = StepRunner.Run(step, StepRunner.Cut(whole.Take(order), sizes));

            Assert.True(expected.Json.AsSpan().SequenceEqual(run.Json), $"seed {Seed}, round {round}");
            RandomBatches.AssertSame(expected.All.Take(order), run.All);
        }
    }

    [Fact]
    public async Task A_split_that_parts_paraphrases_is_found_out()
    {
        var rows = Rows(paraphrases.SelectMany(p => new[] { p.One, p.Other }).Concat(Others(60)));
        var options = new Split.Options { Features = text, Cosine = 0.8, Ratios = SplitTests.Ratios(("train", 0.5), ("test", 0.5)) };
        var run = StepRunner.Run(new Split(options), rows);
        var report = SplitTests.Report(run);
        Assert.Empty((await Audits.OfAsync(options, report, run.All)).Problems);

        // The two of the first pair change places with rows of the other set.
        var sets = Enumerable.Range(0, rows.Rows).Select(row => SplitTests.SetOf(run.All, row)).ToArray();
        var other = Enumerable.Range(paraphrases.Length * 2, 60).First(row => sets[row] != sets[0]);
        (sets[0], sets[other]) = (sets[other], sets[0]);
        var audit = await Audits.OfAsync(options, report, run.All.With(new Field("split", ColumnType.Text, Nullable: false), TextColumn.Of(sets)));

        Assert.InRange(audit.LeakedMeanings!.Pairs, 1, 3);
        Assert.Contains(audit.Problems, p => p.EndsWith("pairs of one meaning are in different sets; the certificate allows 0.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_check_measures_the_features_of_the_split_and_not_the_other_columns()
    {
        // Texts of two topics, each in one set alone; the numbers of the rows say nothing.
        var rows = Rows(Others(200));
        var options = new Split.Options { Strategy = SplitStrategy.Representative, Features = text with { Model = "hashing-64" }, Ratios = SplitTests.Ratios(("train", 0.5), ("test", 0.5)) };
        var run = StepRunner.Run(new Split(options), rows);
        var report = SplitTests.Report(run);

        var fine = await Audits.OfAsync(options, report, run.All);
        string[] byTopic = [.. Enumerable.Range(0, rows.Rows).Select(row => row % 2 == 0 ? "train" : "test")];
        var parted = await Audits.OfAsync(options, report, run.All.With(new Field("split", ColumnType.Text, Nullable: false), TextColumn.Of(byTopic)));

        Assert.Equal("'note' by hashing-64", fine.LikenessOf);
        Assert.Equal(report.Likeness![0].EnergyDistance, fine.Likeness[0].EnergyDistance, 4);
        Assert.InRange(fine.Likeness[0].MmdPValue, 0.3, 1);
        Assert.Equal(0.005, parted.Likeness[0].MmdPValue, 6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_check_measures_how_far_the_covering_set_reaches(bool isText)
    {
        var options = new Split.Options
        {
            Strategy = SplitStrategy.Coverage,
            Features = isText ? text with { Model = "hashing-64" } : new() { Columns = ["id", "x"] },
            CoveringSet = "test",
            Ratios = SplitTests.Ratios(("train", 0.8), ("test", 0.2)),
        };
        var run = StepRunner.Run(new Split(options), Rows(Others(150)));
        var report = SplitTests.Report(run);

        var audit = await Audits.OfAsync(options, report, run.All);
        var swapped = await Audits.OfAsync(options, report, run.All.With(
            new Field("split", ColumnType.Text, Nullable: false), TextColumn.Of([.. Enumerable.Range(0, 150).Select(row => row < 30 ? "test" : "train")])));

        Assert.Empty(audit.Problems);
        Assert.Equal(report.Coverage!.Radius, audit.Coverage!.Radius, 4);
        Assert.Contains(swapped.Problems, p => p.StartsWith($"Every row should have one of set 'test' within {report.Coverage.Radius}; the farthest is", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_check_without_the_column_of_the_features_says_so()
    {
        var options = new Split.Options { Features = text with { Model = "hashing-64" }, Cosine = 0.9 };
        var run = StepRunner.Run(new Split(options), Rows(Others(50)));

        var audit = await Audits.OfAsync(options, SplitTests.Report(run), run.All.Select(new HashSet<string> { "id", "x", "owner", "split" }));

        Assert.Equal(["Column 'note', by whose features rows were compared, is not in the version, so that cannot be checked."], audit.Problems);
        Assert.Equal("the numeric columns", audit.LikenessOf);
    }

    [Fact]
    public void Where_not_every_pair_is_compared_the_bound_comes_from_the_sample()
    {
        var random = new Random(Seed);
        var vectors = Enumerable.Range(0, 300 * 16).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();

        var found = LeakedPairs.Count(new AlikePairs(new VectorRows(vectors, 16), 0.999, exactRows: 0), 0.999, [.. Enumerable.Range(0, 300).Select(i => i % 2)]);

        // No hit among n: the share that would give one with 95 % is 1 − 0.05^(1/n). There are 150 · 150 pairs in different sets.
        Assert.Equal((0L, 0L, 0.95), (found.Pairs, found.SampledLeaks, found.Confidence));
        Assert.Equal(22_500 * (1 - Math.Pow(0.05, 1.0 / found.SampledPairs)), found.Bound, 6);
    }

    static int Apart(Batch rows) => paraphrases.Select((_, i) => SplitTests.SetOf(rows, 2 * i) == SplitTests.SetOf(rows, (2 * i) + 1) ? 0 : 1).Sum();

    static IEnumerable<string> Others(int count)
    {
        var random = new Random(Seed);
        string[][] words =
        [
            ["bank", "loan", "interest", "market", "bond", "tax", "price", "share", "profit", "debt", "fund", "budget"],
            ["planet", "star", "orbit", "comet", "moon", "galaxy", "rocket", "gravity", "eclipse", "probe", "crater", "dust"],
        ];
        return Enumerable.Range(0, count).Select(i => string.Join(' ', Enumerable.Range(0, 6).Select(_ => words[i % 2][random.Next(12)])));
    }

    static Batch Rows(IEnumerable<string> notes)
    {
        string[] texts = [.. notes];
        return new Batch(
            new([new("id", ColumnType.Int64), new("note", ColumnType.Text), new("x", ColumnType.Float64), new("owner", ColumnType.Text)]),
            [
                new ValueColumn<long>(ColumnType.Int64, [.. Enumerable.Range(0, texts.Length).Select(i => (long)i)]), TextColumn.Of(texts),
                new ValueColumn<double>(ColumnType.Float64, [.. Enumerable.Range(0, texts.Length).Select(i => i * 7919 % 101 / 101.0)]),
                TextColumn.Of([.. Enumerable.Range(0, texts.Length).Select(i => $"o{i % 40}")]),
            ],
            texts.Length);
    }
}
