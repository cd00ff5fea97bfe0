using System.ComponentModel.DataAnnotations;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.TextDuplicates;

/// <summary>
/// Removes rows whose text is nearly that of another: texts are sets of runs of words, and two are near-duplicates when what they share is at least a
/// threshold of all that is in either (Jaccard). Near-duplicates chain, and of each chain the first row in the order of the input stays; a row without letters or
/// digits in its text is like no other. Which rows are alike does not depend on batches or order. With <c>features</c> texts are compared by what they mean instead: a row
/// goes when one before it stays whose vector has at least the given cosine.
/// </summary>
[Step("remove_near_duplicates", Aliases = ["deduplicate_texts"])]
public sealed partial class RemoveNearDuplicates(RemoveNearDuplicates.Options options) : Step
{
    const byte Duplicate = 1;
    readonly NearTexts texts = new(options.NearDuplicates ?? new());

    public sealed record Options
    {
        /// <summary>When rows are near-duplicates by their words. Default: all columns as one text, from a similarity of 0.8.</summary>
        public NearDuplicateOptions? NearDuplicates { get; init; }

        /// <summary>Compares a text by its meaning instead of its words: <c>text</c> (a column, embedded by <c>model</c>). Default: none.</summary>
        public VectorSource? Features { get; init; }

        /// <summary>For features: least cosine of vectors, 0.5 to 1, from which two texts mean the same. What is right depends on the model. Default: 0.95.</summary>
        [Range(0.5, 1.0)]
        public double Cosine { get; init; } = 0.95;
    }

    /// <summary>What was found.</summary>
    /// <param name="Rows">Rows seen.</param>
    /// <param name="Groups">Groups of two or more near-duplicates.</param>
    /// <param name="Duplicates">Rows removed.</param>
    /// <param name="Search">How they were found.</param>
    public sealed record Found(long Rows, long Groups, long Duplicates, NearDuplicateSearch Search);

    NearDuplicateOptions Near => options.NearDuplicates ?? new();

    public override bool Cleans => true;

    public override bool IsKeyed => true;

    public override bool DecidesWithState => options.Features is null;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        if (options.Features is { } features)
        {
            PlanMeaning(features, input, problems);
        }

        for (var i = 0; i < Near.Columns.Count; i++)
        {
            problems.Column(input, $"near_duplicates.columns[{i}]", Near.Columns[i]);
        }

        return input;
    }

    /// <summary>2: of rows that mean the same, which one stays no longer depends on their order.</summary>
    public override int CodeVersion => 2;

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    public override IReadOnlySet<string>? Observes(Schema input) =>
        options.Features is not null || Near.Columns.Count == 0 ? null : Near.Columns.ToHashSet(StringComparer.Ordinal);

    public override State? NewState(Schema input) => options.Features is not null ? null : new ShingleSets(Near.MaxShingles);

    public override void Observe(Batch batch, State state) => texts.Observe(batch, (ShingleSets)state);

    public override RowKey[] Keys(Batch batch) => options.Features is { } features
        ? MeaningKeys(batch, features.Cell!)
        : [.. texts.Ids(batch).Select(id => new RowKey(id, 0))];

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        if (options.Features is not null)
        {
            return DecideByMeaning(rows, decisions);
        }

        var similar = new MinUnion();
        var search = NearDuplicateFinder.Unite((ShingleSets)rows.State!, Near, similar);
        var first = FirstRows(rows, similar);
        var groups = new HashSet<ulong>();
        long duplicates = 0;
        KeyedRow before = default;
        foreach (var row in rows)
        {
            var text = row.Key.High;
            var stays = text == ShingleSets.None
                || (similar.Contains(text) ? first[similar.Find(text)] == (row.Batch, row.Row) : before.Key.High != text);
            if (!stays)
            {
                decisions.Set(row.Batch, row.Row, Duplicate);
                groups.Add(similar.Find(text));
                duplicates++;
            }

            before = row;
        }

        return new Found(rows.Count, groups.Count, duplicates, search);
    }

    public override byte[] Fit(State? state, object? decided) => decided is FoundByMeaning byMeaning ? Fitted.Of(byMeaning) : Fitted.Of((Found)decided!);

    public override string ApplyKey(Fitted fitted) => "";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var rule = verdicts.Rule("near_duplicate", severity: Severity.High, rejects: true);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (fitted.Decisions[row] == Duplicate)
            {
                verdicts.Fail(rule, row);
            }
        }

        return verdicts.Keep(batch);
    }

    /// <summary>First row of each component with several texts.</summary>
    static Dictionary<ulong, (int Batch, int Row)> FirstRows(KeyedRows rows, MinUnion similar)
    {
        var first = new Dictionary<ulong, (int Batch, int Row)>();
        foreach (var row in rows)
        {
            if (similar.Contains(row.Key.High))
            {
                var (component, place) = (similar.Find(row.Key.High), (row.Batch, row.Row));
                if (!first.TryGetValue(component, out var known) || place.CompareTo(known) < 0)
                {
                    first[component] = place;
                }
            }
        }

        return first;
    }
}
