using System.ComponentModel.DataAnnotations;
using System.Text;
using Sluice.Cleaning;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Shaping;

/// <summary>What a text is cut into, and its chunks are counted in.</summary>
public enum SplitUnit
{
    /// <summary>Tokens, estimated as three bytes each; cut between words.</summary>
    Tokens,

    /// <summary>Sentences: up to a full stop, question or exclamation mark before a blank, or an empty line. Abbreviations end sentences too.</summary>
    Sentences,

    /// <summary>What stands between two delimiters.</summary>
    Delimiter,
}

/// <summary>
/// Cuts a long text into chunks, each a row with all other columns of its own. The first chunk takes the row's place, the others are rows made of it (<c>chunks</c>), beside it and in order.
/// On request each chunk gets what surrounds it, in columns of their own: the chunks before and after it, and the headings that it stands under. Blanks at the ends of chunks are
/// left out; nothing else of the text is.
/// </summary>
[Step("split_text", Aliases = ["chunk_text"])]
public sealed class SplitText(SplitText.Options options) : Step
{
    public sealed record Options : IValidatableObject
    {
        /// <summary>Text column to cut; it gets the chunks.</summary>
        [Required]
        public required string Column { get; init; }

        /// <summary><c>tokens</c>, <c>sentences</c> or <c>delimiter</c>: what is never cut through, and what <c>size</c> and <c>overlap</c> count. Default: tokens.</summary>
        public SplitUnit By { get; init; } = SplitUnit.Tokens;

        /// <summary>Tokens, sentences or delimited pieces in a chunk, at most; a word that is longer is cut. Default: 512 tokens, 10 sentences, 1 piece.</summary>
        [Range(1, 10_000_000)]
        public int? Size { get; init; }

        /// <summary>As many of them at the end of a chunk are at the beginning of the next again, at most; less than <c>size</c>. Default: 0.</summary>
        [Range(0, 10_000_000)]
        public int Overlap { get; init; }

        /// <summary>For <c>by: delimiter</c>: the text between pieces. Default: none.</summary>
        [MinLength(1)]
        public string? Delimiter { get; init; }

        /// <summary>Column that gets the number of the chunk in its text, from 1. Default: chunk.</summary>
        [MinLength(1)]
        public string ChunkColumn { get; init; } = "chunk";

        /// <summary>Column that gets the same 16 hex digits for all chunks of a row: a hash of the row. Equal rows have equal ones. Default: parent_id.</summary>
        [MinLength(1)]
        public string ParentColumn { get; init; } = "parent_id";

        /// <summary>Chunks before each that are put into COLUMN_before, as one text. Default: 0, which adds no column.</summary>
        [Range(0, 1_000)]
        public int GatherBefore { get; init; }

        /// <summary>Chunks after each that are put into COLUMN_after, as one text. Default: 0, which adds no column.</summary>
        [Range(0, 1_000)]
        public int GatherAfter { get; init; }

        /// <summary>Whether COLUMN_headings gets the Markdown headings (<c># …</c>) that the beginning of the chunk stands under, the highest first. Default: false.</summary>
        public bool GatherHeadings { get; init; }

        /// <summary>Chunks that a text may have; a row with more is rejected as <c>too_many_chunks</c>. Default: 10000.</summary>
        [Range(1, 1_000_000)]
        public int MaxChunks { get; init; } = 10_000;

        internal int Sized => Size ?? By switch { SplitUnit.Tokens => 512, SplitUnit.Sentences => 10, _ => 1 };

        /// <summary>Options that contradict each other.</summary>
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Overlap >= Sized)
            {
                yield return new ValidationResult($"'overlap' is {Overlap} and 'size' {Sized}: no chunk would bring anything new. Expected overlap < size.", [nameof(Overlap)]);
            }

            if (By == SplitUnit.Delimiter != Delimiter is not null)
            {
                yield return new ValidationResult("'delimiter' belongs to by: delimiter, which needs it.", [nameof(Delimiter)]);
            }
        }
    }

    string Before => options.Column + "_before";

    string After => options.Column + "_after";

    string Headings => options.Column + "_headings";

    public override Schema Plan(Schema input, StepProblems problems)
    {
        if (!problems.Column(input, "column", options.Column))
        {
            return input;
        }

        var field = input[options.Column];
        if (field.Type != ColumnType.Text && !Unify.IsOpen(field))
        {
            problems.Add("column", $"Column '{field.Name}' is {field.Type.ToString().ToLowerInvariant()}; expected text.");
        }

        var output = input.With(new Field(options.Column, ColumnType.Text));
        foreach (var (path, added) in Added())
        {
            if (output.Has(added.Name))
            {
                problems.Add(path, $"Column '{added.Name}' is there already. Choose another name, or rename it first.");
            }

            output = output.With(added);
        }

        return output;
    }

    IEnumerable<(string Path, Field Field)> Added()
    {
        yield return ("parent_column", new Field(options.ParentColumn, ColumnType.Text));
        yield return ("chunk_column", new Field(options.ChunkColumn, ColumnType.Int64));
        if (options.GatherBefore > 0)
        {
            yield return ("gather_before", new Field(Before, ColumnType.Text));
        }

        if (options.GatherAfter > 0)
        {
            yield return ("gather_after", new Field(After, ColumnType.Text));
        }

        if (options.GatherHeadings)
        {
            yield return ("gather_headings", new Field(Headings, ColumnType.Text));
        }
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var texts = batch[options.Column] as TextColumn;
        var ids = RowHash.Rows(batch.Columns, batch.Rows);
        var (rows, made) = (new List<int>(batch.Rows), new ChunkColumns());
        for (var row = 0; row < batch.Rows; row++)
        {
            if (texts is null || texts.IsNull(row))
            {
                rows.Add(row);
                made.AddNone();
                continue;
            }

            var chunks = TextChunks.Of(texts[row], options);
            if (chunks.Count > options.MaxChunks)
            {
                verdicts.Fail(verdicts.Rule("too_many_chunks", options.Column, Severity.Medium, rejects: true), row);
                continue;
            }

            rows.AddRange(Enumerable.Repeat(row, chunks.Count));
            made.Add(texts[row], chunks, options);
            verdicts.Make("chunks", chunks.Count - 1);
        }

        var result = batch.Take(rows.ToArray()).With(new Field(options.Column, ColumnType.Text), made.Texts.Build());
        var columns = new Dictionary<string, Column>(StringComparer.Ordinal)
        {
            [options.ParentColumn] = Parents(rows, ids),
            [options.ChunkColumn] = made.Numbers.Build(),
            [Before] = made.Before.Build(),
            [After] = made.After.Build(),
            [Headings] = made.Headings.Build(),
        };
        return Added().Aggregate(result, (all, added) => all.With(added.Field, columns[added.Field.Name]));
    }

    static TextColumn Parents(List<int> rows, RowKey[] ids)
    {
        var builder = new TextBuilder(rows.Count);
        foreach (var row in rows)
        {
            builder.Append(Encoding.ASCII.GetBytes($"{ids[row].High:x16}"));
        }

        return builder.Build();
    }

    /// <summary>Columns of all chunks of a batch.</summary>
    sealed class ChunkColumns
    {
        public TextBuilder Texts { get; } = new();

        public ValueBuilder<long> Numbers { get; } = new(ColumnType.Int64);

        public TextBuilder Before { get; } = new();

        public TextBuilder After { get; } = new();

        public TextBuilder Headings { get; } = new();

        public void AddNone()
        {
            foreach (var builder in (ColumnBuilder[])[Texts, Numbers, Before, After, Headings])
            {
                builder.AppendNull();
            }
        }

        public void Add(ReadOnlySpan<byte> text, List<TextChunk> chunks, Options options)
        {
            var headings = options.GatherHeadings ? TextHeadings.Of(text) : [];
            for (var i = 0; i < chunks.Count; i++)
            {
                Texts.Append(Utf8Text.Trim(text[chunks[i].Start..chunks[i].End]));
                Numbers.Append(i + 1);

                // With an overlap the beginning of a chunk is in the one before: what is gathered does not say it again.
                Gather(Before, text, i == 0 || options.GatherBefore == 0 ? default : chunks[Math.Max(0, i - options.GatherBefore)].Start..chunks[i].Start);
                Gather(After, text, i == chunks.Count - 1 || options.GatherAfter == 0 ? default : chunks[i].End..chunks[Math.Min(chunks.Count - 1, i + options.GatherAfter)].End);
                var above = TextHeadings.Above(headings, chunks[i].Start);
                if (above.Length == 0)
                {
                    Headings.AppendNull();
                }
                else
                {
                    Headings.Append(above);
                }
            }
        }

        static void Gather(TextBuilder builder, ReadOnlySpan<byte> text, Range range)
        {
            if (range.Equals(default))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(Utf8Text.Trim(text[range]));
            }
        }
    }
}
