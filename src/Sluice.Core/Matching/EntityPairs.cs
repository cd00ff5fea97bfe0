using System.Text;
using Sluice.Features;
using Sluice.Llm.RowSets;
using Sluice.Steps;

namespace Sluice.Matching;

/// <summary>The first part of resolving: beside the first row of a content it puts a row for each pair of this content with a later one that may be the same thing.</summary>
sealed class EntityPairs(Resolve.Options options) : Step
{
    /// <summary>Content of the pair's other row; none for a row that is no pair.</summary>
    public static readonly Field Other = new("_other", ColumnType.Text);

    /// <summary>For a pair of the sample, whether the search for candidates found it.</summary>
    public static readonly Field Sampled = new("_sampled", ColumnType.Boolean);

    /// <summary>Columns that this part adds and a later one takes away.</summary>
    public static readonly IReadOnlyList<Field> Hidden = [RowSet.Field, SamePairs.Score, Other, Sampled];

    const byte First = 1;

    readonly FittedCache<Known> learned = new(fitted => new Known(fitted.As<Found>()));

    /// <summary>A pair to decide.</summary>
    /// <param name="First">Content of the row beside which it stands.</param>
    /// <param name="Other">Content of the other.</param>
    /// <param name="Score">Similarity.</param>
    /// <param name="Sampled">For a pair of the sample, whether the search found it.</param>
    /// <param name="Set">Both rows, where they are to be asked about.</param>
    public sealed record Pair(string First, string Other, double Score, bool? Sampled, string? Set);

    /// <summary>What was found, as fitted.</summary>
    public sealed record Found(long Rows, long DifferentRows, IReadOnlyList<Pair> Pairs);

    /// <summary>What of it the version shows: no cells.</summary>
    public sealed record Counts(long Rows, long DifferentRows, long Pairs);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.On.Count; i++)
        {
            problems.Column(input, $"on[{i}]", options.On[i]);
        }

        foreach (var name in options.Sent([]))
        {
            problems.Column(input, options.Columns.Contains(name) ? "columns" : "prompt", name);
        }

        if (options.LatestBy is { } by)
        {
            problems.Column(input, "latest_by", by);
        }

        if (input.Has(options.EntityColumn))
        {
            problems.Add("entity_column", $"Column '{options.EntityColumn}' is there already. Choose another name.");
        }

        return RowSet.With(input, Hidden, problems);
    }

    public override bool IsKeyed => true;

    public override IReadOnlySet<string>? Observes(Schema input) => StepEffects.Names(options.Looked);

    public override State? NewState(Schema input) => new RowTexts(Looked(input), options.MaxRows);

    Schema Looked(Schema input) => input.Select(StepEffects.Names(options.Looked));

    Batch Looked(Batch batch) => batch.Select(StepEffects.Names(options.Looked));

    public override void Observe(Batch batch, State state) => ((RowTexts)state).Add(Looked(batch), options.On);

    public override RowKey[] Keys(Batch batch) => RowTexts.Keys(Looked(batch), options.On);

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var keys = new List<RowKey>();
        foreach (var (key, batch, row) in rows)
        {
            if (key != RowTexts.NoKey && (keys.Count == 0 || keys[^1] != key))
            {
                keys.Add(key);
                decisions.Set(batch, row, First);
            }
        }

        return (rows.Count, keys);
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var texts = (RowTexts)state!;
        if (texts.IsFull)
        {
            throw new DataException($"resolve: the table has more than {options.MaxRows:N0} different rows in {string.Join(", ", options.Looked)}, and they are compared in memory. Raise max_rows.");
        }

        var (count, keys) = ((long, List<RowKey>))decided!;
        var rows = texts.Rows(keys);
        var sent = options.Sent(options.On);
        var pairs = CandidatePairs.Dedupe(rows, options.On, options).Select(p => new Pair(
            RowTexts.Name(keys[p.Left]), RowTexts.Name(keys[p.Right]), p.Score, p.Sampled,
            p.Score < options.SureFrom ? Encoding.UTF8.GetString(RowSet.Of((rows, p.Left, sent), (rows, p.Right, sent))) : null));
        return Fitted.Of(new Found(count, keys.Count, [.. pairs]));
    }

    public override byte[]? ForManifest(Fitted fitted) => fitted.As<Found>() is var found ? Fitted.Of(new Counts(found.Rows, found.DifferentRows, found.Pairs.Count)) : null;

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var known = learned.Of(fitted);
        var keys = Keys(batch);
        var (rows, pairs) = (new List<int>(batch.Rows), new List<Pair?>(batch.Rows));
        for (var row = 0; row < batch.Rows; row++)
        {
            IEnumerable<Pair?> own = fitted.Decisions[row] == First ? known.Of[RowTexts.Name(keys[row])] : [];
            foreach (var pair in own.Prepend(null))
            {
                rows.Add(row);
                pairs.Add(pair);
            }
        }

        verdicts.Make(PairVerdicts.Made, rows.Count - batch.Rows);
        return With(batch.Take(rows.ToArray()), pairs);
    }

    static Batch With(Batch batch, List<Pair?> pairs)
    {
        var (sets, others) = (new TextBuilder(pairs.Count), new TextBuilder(pairs.Count));
        var (scores, sampled) = (new ValueBuilder<double>(ColumnType.Float64, pairs.Count), new ValueBuilder<bool>(ColumnType.Boolean, pairs.Count));
        foreach (var pair in pairs)
        {
            Append(sets, pair?.Set);
            Append(others, pair?.Other);
            Append(scores, pair?.Score);
            Append(sampled, pair?.Sampled);
        }

        return batch.With(RowSet.Field, sets.Build()).With(SamePairs.Score, scores.Build()).With(Other, others.Build()).With(Sampled, sampled.Build());
    }

    static void Append(TextBuilder builder, string? value)
    {
        if (value is null)
        {
            builder.AppendNull();
        }
        else
        {
            builder.Append(Encoding.UTF8.GetBytes(value));
        }
    }

    static void Append<T>(ValueBuilder<T> builder, T? value)
        where T : unmanaged
    {
        if (value is { } there)
        {
            builder.Append(there);
        }
        else
        {
            builder.AppendNull();
        }
    }

    sealed class Known(Found found)
    {
        public ILookup<string, Pair> Of { get; } = found.Pairs.ToLookup(p => p.First);
    }
}
