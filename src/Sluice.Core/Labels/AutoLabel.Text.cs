using System.Buffers.Binary;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Labels;

// Labels by the vectors of a text, which are there for all rows at once when it decides.
public sealed partial class AutoLabel
{
    public override bool IsKeyed => features.Text is not null;

    public override bool DecidesWithState => IsKeyed;

    public override int DecisionBytes => IsKeyed ? GuessedLabel.Bytes : 1;

    public override IReadOnlyList<(string Path, string Model)> Models => options.Features?.Models("features") ?? [];

    public override string DependsOn => options.Features?.DependsOn ?? "";

    public override VectorSource? Vectors(Schema input) => features.Text;

    public override RowKey[] Keys(Batch batch) => KeyedLabels.Keys(batch[features.Text!.Cell!], LabelTexts.Of(batch, options.LabelColumn), train.Mask(batch));

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var names = (LabelNames)rows.State!;
        names.CheckLimit(options.LabelColumn);
        var table = new KeyedLabels(rows, names.Names);
        var learned = table.Learned(options.MaxRows, withUnlabelled: options.AutoLabelMethod == AutoLabelMethod.Spreading);
        FeatureScale[] asTheyAre = [.. Enumerable.Range(0, learned.Dimensions).Select(_ => new FeatureScale("", 0, 1))];
        var fit = AutoLabelFit.Of(names.Names, asTheyAre, learned, options.AutoLabelMethod, options.Neighbours);
        table.Decide(rows, decisions, GuessedLabel.Bytes, (vector, label, decision) =>
        {
            if (label < 0 && fit.Classes.Count > 0)
            {
                Guess(fit, vector).Write(decision);
            }
        });

        // What was decided says all of the rows; the labels are needed to name it.
        return AutoLabelFit.Nothing with { Classes = fit.Classes };
    }

    static GuessedLabel?[] ReadGuesses(Fitted fitted, int rows)
    {
        var guesses = new GuessedLabel?[rows];
        for (var row = 0; row < rows; row++)
        {
            guesses[row] = GuessedLabel.Read(fitted.Decisions.Slice(row * GuessedLabel.Bytes, GuessedLabel.Bytes));
        }

        return guesses;
    }

    /// <summary>What is thought of a row without a label.</summary>
    /// <param name="Label">The likeliest one.</param>
    /// <param name="Chance">Its chance.</param>
    /// <param name="Doubt">How much a person's label would tell.</param>
    readonly record struct GuessedLabel(int Label, double Chance, double Doubt)
    {
        public const int Bytes = sizeof(int) + sizeof(double) + sizeof(double);

        public void Write(Span<byte> bytes)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, Label + 1);
            BinaryPrimitives.WriteDoubleLittleEndian(bytes[4..], Chance);
            BinaryPrimitives.WriteDoubleLittleEndian(bytes[12..], Doubt);
        }

        /// <summary>Null: nothing is known of the row.</summary>
        public static GuessedLabel? Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes) is var label && label == 0
            ? null
            : new GuessedLabel(label - 1, BinaryPrimitives.ReadDoubleLittleEndian(bytes[4..]), BinaryPrimitives.ReadDoubleLittleEndian(bytes[12..]));
    }
}
