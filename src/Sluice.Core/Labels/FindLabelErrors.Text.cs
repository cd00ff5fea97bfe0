using System.Buffers.Binary;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Labels;

// Labels judged by the vectors of a text, which are there for all rows at once when it decides.
public sealed partial class FindLabelErrors
{
    public override bool IsKeyed => !IsGiven && features.Text is not null;

    public override bool DecidesWithState => IsKeyed;

    public override int DecisionBytes => IsKeyed ? JudgedLabel.Bytes : 1;

    public override IReadOnlyList<(string Path, string Model)> Models => options.Features?.Models("features") ?? [];

    public override string DependsOn => options.Features?.DependsOn ?? "";

    public override VectorSource? Vectors(Schema input) => IsKeyed ? features.Text : null;

    public override RowKey[] Keys(Batch batch) => KeyedLabels.Keys(batch[features.Text!.Cell!], LabelTexts.Of(batch, options.LabelColumn), learned: null);

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var names = (LabelNames)rows.State!;
        names.CheckLimit(options.LabelColumn);
        var table = new KeyedLabels(rows, names.Names);
        var learned = table.Learned(options.MaxRows, withUnlabelled: false);
        if (learned.Labels.Distinct().Count() < 2)
        {
            return LabelErrorFit.Nothing;
        }

        var probe = FoldedProbe.Train(learned, Folds(learned), options.Folds);
        var model = ConfidentModel.Fit(learned with { Values = probe.Predict(learned, Folds(learned)), Dimensions = learned.Classes }, options.FilterBy);
        table.Decide(rows, decisions, JudgedLabel.Bytes, (vector, label, decision) =>
        {
            if (label >= 0)
            {
                var one = LabelledVectors.Of(vector.ToArray(), vector.Length, [label], learned.Classes);
                JudgedLabel.Of(model, probe.Predict(one, Folds(one)), label).Write(decision);
            }
        });

        // What was decided says all of the rows; the labels are needed to name it.
        return LabelErrorFit.Nothing with { Classes = names.Names };
    }

    int[] Folds(LabelledVectors rows) => LabelledRowState.Folds(rows.Values, rows.Dimensions, options.Folds);

    static void ReadJudged(Fitted fitted, JudgedLabel?[] judged)
    {
        for (var row = 0; row < judged.Length; row++)
        {
            judged[row] = JudgedLabel.Read(fitted.Decisions.Slice(row * JudgedLabel.Bytes, JudgedLabel.Bytes));
        }
    }

    /// <summary>What is said of the label of a row.</summary>
    /// <param name="IsError">Whether it is taken for an error.</param>
    /// <param name="Suggested">The likeliest class.</param>
    /// <param name="Quality">Chance of the given label.</param>
    /// <param name="Rank">Place among all, 1 for the most suspicious.</param>
    readonly record struct JudgedLabel(bool IsError, int Suggested, double Quality, long Rank)
    {
        public const int Bytes = 1 + sizeof(int) + sizeof(double) + sizeof(long);

        public static JudgedLabel Of(ConfidentModel model, ReadOnlySpan<float> chances, int label)
        {
            var judgement = model.Judge(chances, label);
            return new JudgedLabel(judgement.IsError, judgement.Suggested, judgement.Quality, model.RankOf(judgement.Suspicion));
        }

        public void Write(Span<byte> bytes)
        {
            bytes[0] = IsError ? (byte)2 : (byte)1;
            BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], Suggested);
            BinaryPrimitives.WriteDoubleLittleEndian(bytes[5..], Quality);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[13..], Rank);
        }

        /// <summary>Null: the row was not judged.</summary>
        public static JudgedLabel? Read(ReadOnlySpan<byte> bytes) => bytes[0] == 0 ? null : new JudgedLabel(
            bytes[0] == 2, BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]), BinaryPrimitives.ReadDoubleLittleEndian(bytes[5..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[13..]));
    }
}
