using System.ComponentModel.DataAnnotations;
using Sluice.Llm.RowSets;
using Sluice.Steps;

namespace Sluice.Llm;

/// <summary>
/// Makes one row of every group by asking a language model about all of its rows: a summary, a verdict, a list of what they have in common. The group's first row becomes it, the
/// others are rejected as <c>reduced</c>; groups come out in the order of their first rows. A group that is too long for a call is asked about in chunks, and then about the
/// answers. The rows of a group are sent in the order of <c>order_by</c>, or of what they hold: the order of the input changes no answer.
/// </summary>
[Step("reduce", Aliases = ["llm_reduce"])]
public sealed class Reduce(Reduce.Options options) : StepGroup
{
    public sealed record Options : AskOptions
    {
        /// <summary>Columns whose values together make a group; a missing value is a value of its own.</summary>
        [MinLength(1)]
        public required IReadOnlyList<string> GroupBy { get; init; }

        /// <summary>What to say of the rows of a group; <c>{{ column }}</c> names a column, whose values are sent as data.</summary>
        [Required]
        public required string Prompt { get; init; }

        /// <summary>Fields of the answer, each a column of the group's row.</summary>
        [MinLength(1)]
        public required IReadOnlyList<AnswerField> Output { get; init; }

        /// <summary>Column that says in which order a group's rows are sent: numbers by size, all else by its text. It is sent too. Default: none, which is the order of what is sent.</summary>
        public string? OrderBy { get; init; }

        /// <summary>Column that gets the number of the group's rows. Default: none.</summary>
        [MinLength(1)]
        public string? CountColumn { get; init; }

        /// <summary>Rows of a group in one question, at most; <c>max_call_tokens</c> makes them fewer. Default: 1000.</summary>
        [Range(2, 1_000_000)]
        public int FoldSize { get; init; } = 1_000;

        /// <summary>Advice on making one answer of those to a group's chunks. Default: that it should be as if all rows had been seen at once.</summary>
        public string FoldPrompt { get; init; } = "";

        /// <summary>
        /// Times that answers to chunks are made into fewer, 0 to 3; the last time they are one question, however long. With 0 every group is one question, however long. Default: 1, which is
        /// enough for groups of some million tokens.
        /// </summary>
        [Range(0, 3)]
        public int FoldLevels { get; init; } = 1;

        /// <summary>MiB of text that is sent, over all groups, which is held in memory; more stops the run. Default: 64.</summary>
        [Range(1, 1_024)]
        public int MaxMb { get; init; } = 64;

        /// <summary>
        /// Keeps all rows of a group with all their columns; each gets the group's answer. Every group is one question then, however long, and <c>max_mb</c> counts it for each of its rows.
        /// Default: false, the group becomes one row with the columns of <c>group_by</c>.
        /// </summary>
        public bool KeepRows { get; init; }

        /// <summary>Times that answers to chunks are made into fewer.</summary>
        internal int Folds => KeepRows ? 0 : FoldLevels;

        /// <summary>Columns that are sent.</summary>
        internal IReadOnlyList<string> Sent(Schema input) =>
            [.. new PromptTemplate(Prompt).Sent(input, Columns).Concat(OrderBy is { } by ? [by] : []).Distinct(StringComparer.Ordinal)];

        internal AskOptions OfSets => this with { Columns = [], Cascade = null };
    }

    public override IReadOnlyList<Step> Expand()
    {
        var parts = new List<Step> { new GroupRows(options), new GroupAnswer(options, 0) };
        for (var level = 1; level <= options.Folds; level++)
        {
            parts.Add(new FoldAnswers(options, level));
            parts.Add(new GroupAnswer(options, level));
        }

        return parts;
    }
}
