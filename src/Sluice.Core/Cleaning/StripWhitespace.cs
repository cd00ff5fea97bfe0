using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>Removes white space (Unicode White_Space) from both ends of text values. What becomes empty stays empty text.</summary>
[Step("strip_whitespace")]
public sealed class StripWhitespace : Step
{
    readonly ColumnChoice choice;
    readonly bool collapseInner;

    public StripWhitespace(Options options)
        : this(options, strict: true)
    {
    }

    internal StripWhitespace(Options options, bool strict)
    {
        choice = new ColumnChoice(options.Columns, ColumnChoice.IsText, "text", strict);
        collapseInner = options.CollapseInner;
    }

    public sealed record Options
    {
        /// <summary>Text columns to work on. Default: all text columns.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>Also replace each run of white space inside a value by one space. Default: false.</summary>
        public bool CollapseInner { get; init; }
    }

    public override bool Cleans => true;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        choice.Plan(input, problems);
        return input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    public override StepEffects? Effects(Schema input) => new() { Reads = choice.PossibleNames(input), Writes = choice.PossibleNames(input), KeepsRows = true, Cost = 10 };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var result = batch;
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            var field = batch.Schema[i];
            if (choice.Has(field) && batch[i] is TextColumn text)
            {
                var stripped = TextMap.Apply(text, new Strip(collapseInner), out var changed);
                verdicts.Change("strip_whitespace", field.Name, changed);
                result = changed == 0 ? result : result.With(field, stripped);
            }
        }

        return result;
    }

    readonly struct Strip(bool collapseInner) : ITextMap
    {
        public ReadOnlySpan<byte> Map(ReadOnlySpan<byte> value, ref byte[] scratch)
        {
            var trimmed = Utf8Text.Trim(value);
            return collapseInner ? Collapse(trimmed, ref scratch) : trimmed;
        }

        static ReadOnlySpan<byte> Collapse(ReadOnlySpan<byte> value, ref byte[] scratch)
        {
            TextMap.Reserve(ref scratch, value.Length);
            var used = 0;
            var spaceBefore = false;
            while (value.Length > 0)
            {
                var space = Utf8Text.SpaceAtStart(value);
                if (space == 0)
                {
                    scratch[used++] = value[0];
                    value = value[1..];
                }
                else
                {
                    if (!spaceBefore)
                    {
                        scratch[used++] = (byte)' ';
                    }

                    value = value[space..];
                }

                spaceBefore = space > 0;
            }

            return scratch.AsSpan(0, used);
        }
    }
}
