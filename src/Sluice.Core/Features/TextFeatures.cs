using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>A figure of a text.</summary>
public enum TextFigure
{
    /// <summary>Characters (code points).</summary>
    Length,

    /// <summary>Words: runs of letters and digits.</summary>
    Words,

    /// <summary>Different words, whatever their letter case.</summary>
    UniqueWords,

    /// <summary>Digits as a share of the characters.</summary>
    DigitShare,

    /// <summary>Upper-case letters as a share of the characters.</summary>
    UpperShare,

    /// <summary>Punctuation and symbols as a share of the characters.</summary>
    PunctuationShare,
}

/// <summary>Pieces that a text is counted by.</summary>
public enum NgramKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>Words that follow each other.</summary>
    Word,

    /// <summary>Characters that follow each other, white space included.</summary>
    Character,
}

/// <summary>What a piece counts for.</summary>
public enum NgramWeight
{
    /// <summary>How often it occurs.</summary>
    Count,

    /// <summary>1 when it occurs.</summary>
    Binary,

    /// <summary>How often it occurs, times ln((1 + texts) / (1 + texts with it)) + 1, scaled to length 1.</summary>
    TfIdf,
}

/// <summary>
/// Turns text into numbers: length, words, shares of digits, capitals and punctuation; and hashed n-grams of words or characters in a fixed number of
/// columns, by count or TF-IDF. The frequencies of TF-IDF are learned from the training set, exactly; nothing else is learned, and no vocabulary is kept,
/// so different pieces may share a column.
/// </summary>
[Step("text_features")]
public sealed class TextFeatures(TextFeatures.Options options) : Step
{
    readonly TrainSet train = new(options.SplitColumn, options.FitOn);
    readonly FittedCache<IReadOnlyDictionary<string, double[]>> learned = new(fitted => fitted.As<LearnedTexts[]>().ToDictionary(l => l.Column, l => l.Weights));

    public sealed record Options
    {
        /// <summary>Text columns. At least one.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> Columns { get; init; }

        /// <summary>
        /// Figures, each in a column NAME_figure: length, words, unique_words, digit_share, upper_share, punctuation_share. Default: all of them.
        /// </summary>
        public IReadOnlyList<TextFigure> Figures { get; init; } = Enum.GetValues<TextFigure>();

        /// <summary><c>word</c> or <c>character</c> n-grams, in letters of one case, or <c>none</c>. Default: none.</summary>
        public NgramKind Ngrams { get; init; } = NgramKind.None;

        /// <summary>Fewest words or characters of an n-gram. Default: 1.</summary>
        [Range(1, 8)]
        public int NgramMin { get; init; } = 1;

        /// <summary>Most words or characters of an n-gram. Default: 1.</summary>
        [Range(1, 8)]
        public int NgramMax { get; init; } = 1;

        /// <summary>Columns NAME_ngram_0 and on that n-grams are hashed into. Default: 64.</summary>
        [Range(2, 4096)]
        public int Dimensions { get; init; } = 64;

        /// <summary><c>count</c>, <c>binary</c> or <c>tf_idf</c>. Default: tf_idf.</summary>
        public NgramWeight Weights { get; init; } = NgramWeight.TfIdf;

        /// <summary>Keeps the text itself. Default: true.</summary>
        public bool KeepColumns { get; init; } = true;

        /// <summary>Set to learn from, where <c>split_column</c> is there. Default: train.</summary>
        [MinLength(1)]
        public string FitOn { get; init; } = "train";

        /// <summary>Column with the name of each row's set; where it is not there, or this is empty, all rows are learned from. Default: split.</summary>
        public string SplitColumn { get; init; } = "split";
    }

    bool Learns => options.Ngrams != NgramKind.None && options.Weights == NgramWeight.TfIdf;

    public override TrainSet? LearnsFrom => Learns ? train : null;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        FeatureColumns.Check(input, problems, "columns", options.Columns, f => f.Type == ColumnType.Text, "text", "Leave it out.");
        train.Plan(input, problems);
        if (options.NgramMax < options.NgramMin)
        {
            problems.Add("ngram_max", $"ngram_max is {options.NgramMax} and ngram_min {options.NgramMin}; expected the larger as ngram_max.");
        }

        if (options.Figures.Count == 0 && options.Ngrams == NgramKind.None)
        {
            problems.Add("figures", "Nothing comes out of these options. Name some figures, or choose ngrams.");
        }

        return problems.Items.Count > 0
            ? input
            : options.Columns.Aggregate(input, (schema, name) => FeatureColumns.Plan(schema, name, Outputs(name), options.KeepColumns));
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => FeatureColumns.Needs(input, wanted, options.Columns);

    public override State? NewState(Schema input) =>
        Learns ? new TrainState<ColumnStates<TextCounts>>(new ColumnStates<TextCounts>(() => new TextCounts(options.Dimensions))) : null;

    public override IReadOnlySet<string>? Observes(Schema input) => train.With(options.Columns, input);

    public override void Observe(Batch batch, State state)
    {
        var seen = (TrainState<ColumnStates<TextCounts>>)state;
        var rows = seen.Add(batch, train);
        var counter = new NgramCounter(options);
        foreach (var name in options.Columns)
        {
            if (rows[name] is TextColumn texts)
            {
                for (var row = 0; row < texts.Rows; row++)
                {
                    if (!texts.IsNull(row))
                    {
                        seen.Seen[name].Add(counter.Of(texts[row]));
                    }
                }
            }
        }
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var seen = (TrainState<ColumnStates<TextCounts>>)state!;
        seen.Require(train, "text_features");
        return Fitted.Of(options.Columns.Select(name => new LearnedTexts(name, seen.Seen[name].InverseFrequencies())).ToArray());
    }

    public override StepEffects? Effects(Schema input) => new()
    {
        Reads = StepEffects.Names(options.Columns),
        Writes = StepEffects.Names(options.Columns.SelectMany(Outputs).Select(f => f.Name).Concat(options.KeepColumns ? [] : options.Columns)),
        KeepsRows = true,
        Silent = true,
        Cost = 100,
    };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var result = batch;
        foreach (var name in options.Columns)
        {
            // A column without any value may have another type.
            var texts = batch[name] as TextColumn ?? TextColumn.Of(new string?[batch.Rows]);
            IEnumerable<Column> columns = [.. Figures(texts), .. options.Ngrams == NgramKind.None ? [] : Ngrams(texts, Learns ? learned.Of(fitted)[name] : null)];
            result = FeatureColumns.Apply(result, name, [.. Outputs(name).Zip(columns)], options.KeepColumns);
        }

        return result;
    }

    Field[] Outputs(string column) =>
    [
        .. options.Figures.Select(figure => new Field(
            $"{column}_{JsonNamingPolicy.SnakeCaseLower.ConvertName(figure.ToString())}", figure <= TextFigure.UniqueWords ? ColumnType.Int64 : ColumnType.Float64)),
        .. Enumerable.Range(0, options.Ngrams == NgramKind.None ? 0 : options.Dimensions)
            .Select(i => new Field(string.Create(CultureInfo.InvariantCulture, $"{column}_ngram_{i}"), ColumnType.Float64, Nullable: false)),
    ];

    Column[] Figures(TextColumn texts)
    {
        var figures = new TextShape[options.Figures.Count == 0 ? 0 : texts.Rows];
        var reader = new TextReading();
        for (var row = 0; row < figures.Length; row++)
        {
            figures[row] = texts.IsNull(row) ? default : reader.Shape(texts[row]);
        }

        return [.. options.Figures.Select(figure =>
        {
            ColumnBuilder builder = figure <= TextFigure.UniqueWords ? new ValueBuilder<long>(ColumnType.Int64, texts.Rows) : new ValueBuilder<double>(ColumnType.Float64, texts.Rows);
            for (var row = 0; row < texts.Rows; row++)
            {
                if (texts.IsNull(row))
                {
                    builder.AppendNull();
                }
                else if (builder is ValueBuilder<long> whole)
                {
                    whole.Append((long)figures[row].Of(figure));
                }
                else
                {
                    ((ValueBuilder<double>)builder).Append(figures[row].Of(figure));
                }
            }

            return builder.Finish();
        })];
    }

    Column[] Ngrams(TextColumn texts, double[]? weights)
    {
        var counter = new NgramCounter(options);
        var values = Enumerable.Range(0, options.Dimensions).Select(_ => new double[texts.Rows]).ToArray();
        for (var row = 0; row < texts.Rows; row++)
        {
            if (texts.IsNull(row))
            {
                continue;
            }

            var counts = counter.Of(texts[row]);
            var squares = 0.0;
            for (var i = 0; i < counts.Length; i++)
            {
                var value = options.Weights == NgramWeight.Binary ? Math.Min(counts[i], 1) : counts[i] * (weights?[i] ?? 1);
                values[i][row] = value;
                squares += value * value;
            }

            for (var i = 0; i < counts.Length && weights is not null && squares > 0; i++)
            {
                values[i][row] /= Math.Sqrt(squares);
            }
        }

        return [.. values.Select(v => new ValueColumn<double>(ColumnType.Float64, v))];
    }
}

/// <summary>Weight of each hashed column of n-grams.</summary>
sealed record LearnedTexts(string Column, double[] Weights);

/// <summary>How many texts there are, and how many have something in each hashed column.</summary>
sealed class TextCounts(int dimensions) : State
{
    readonly long[] having = new long[dimensions];
    long texts;

    public void Add(ReadOnlySpan<int> counts)
    {
        texts++;
        for (var i = 0; i < dimensions; i++)
        {
            having[i] += counts[i] > 0 ? 1 : 0;
        }
    }

    /// <summary>ln((1 + n) / (1 + df)) + 1, as scikit-learn smooths it.</summary>
    public double[] InverseFrequencies() => Array.ConvertAll(having, count => Math.Log((1.0 + texts) / (1.0 + count)) + 1);

    public override void Merge(State other)
    {
        var theirs = (TextCounts)other;
        texts += theirs.texts;
        for (var i = 0; i < dimensions; i++)
        {
            having[i] += theirs.having[i];
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt64(texts);
        foreach (var count in having)
        {
            writer.Write7BitEncodedInt64(count);
        }
    }

    public override void Read(BinaryReader reader)
    {
        texts = reader.Read7BitEncodedInt64();
        for (var i = 0; i < dimensions; i++)
        {
            having[i] = reader.Read7BitEncodedInt64();
        }
    }
}
