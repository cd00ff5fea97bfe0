using System.Text;
using Sluice.Cleaning;
using Sluice.Features;
using Sluice.Llm.RowSets;
using Sluice.Repair;
using Sluice.Steps;

namespace Sluice.Matching;

/// <summary>The part of resolving that makes entities of decided pairs, and gives each row the id of its own and the values that stand for it.</summary>
sealed class Entities(Resolve.Options options) : Step
{
    // A question about more ways of writing would be longer than its answer is worth.
    const int MaxWays = 50;

    static readonly string[] hidden = [.. EntityPairs.Hidden.Append(SamePairs.Same).Append(SamePairs.Said).Select(f => f.Name)];

    readonly FittedCache<Known> learned = new(fitted => new Known(fitted.As<Found>()));

    /// <summary>An entity that is written in more than one way.</summary>
    /// <param name="Contents">Hashes of its rows' contents.</param>
    /// <param name="Values">Values that stand for it, in the order of <c>on</c>; null where no row has one.</param>
    /// <param name="Set">The ways in which it is written, where a model is asked for the values.</param>
    public sealed record Entity(IReadOnlyList<string> Contents, IReadOnlyList<string?> Values, string? Set);

    /// <summary>What was found, as fitted.</summary>
    /// <param name="Entities">Entities that are written in more than one way.</param>
    /// <param name="Dropped">Pairs that contradict what was said, as two hashes.</param>
    /// <param name="CandidateRecall">How many pairs the search for candidates finds.</param>
    public sealed record Found(IReadOnlyList<Entity> Entities, IReadOnlyList<string> Dropped, BlockingRecall CandidateRecall);

    /// <summary>What of it the version shows: no cells.</summary>
    public sealed record Counts(long Entities, long WaysOfWriting, long Contradictions, BlockingRecall CandidateRecall);

    /// <summary>A content, with the number of rows that have it.</summary>
    sealed record Content(RowKey Key, long Rows, int Batch, int Row);

    bool Asks => options.Canonical == CanonicalValue.Ask;

    Field EntityId => new(options.EntityColumn, ColumnType.Text);

    public override bool Cleans => true;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        foreach (var name in options.On.Where(name => Asks && input.Has(name) && input[name].Type != ColumnType.Text && !Schemas.Unify.IsOpen(input[name])))
        {
            problems.Add("canonical", $"Column '{name}' is {input[name].Type.ToString().ToLowerInvariant()}, and a model writes text. Use canonical: most.");
        }

        var output = RowSet.Without(input, hidden).With(EntityId);
        return Asks ? output.With(RowSet.Field) : output;
    }

    public override bool IsKeyed => true;

    public override IReadOnlySet<string>? Observes(Schema input) => StepEffects.Names(options.Looked.Concat(hidden).Where(name => name != RowSet.Column));

    Batch Looked(Batch batch) => batch.Select(StepEffects.Names(options.Looked));

    public override State? NewState(Schema input) => new EntityState(input.Select(StepEffects.Names(options.Looked)), options.MaxRows);

    public override void Observe(Batch batch, State state)
    {
        var entities = (EntityState)state;
        var others = batch.Text(EntityPairs.Other.Name);
        entities.Texts.Add(Looked(batch.Take([.. Enumerable.Range(0, batch.Rows).Where(others.IsNull)])), options.On);
        var scores = batch.Float64(SamePairs.Score.Name);
        var (same, said, sampled) = (Flags(batch, SamePairs.Same), Flags(batch, SamePairs.Said), Flags(batch, EntityPairs.Sampled));
        var keys = RowTexts.Keys(Looked(batch), options.On);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (!others.IsNull(row))
            {
                entities.Add(keys[row], OtherOf(others, row), new PairFact(scores[row], same.Values[row], said.Values[row], sampled.IsNull(row) ? null : sampled.Values[row]));
            }
        }
    }

    static ValueColumn<bool> Flags(Batch batch, Field field) => (ValueColumn<bool>)batch[field.Name];

    static RowKey OtherOf(TextColumn others, int row) => RowTexts.Key(Encoding.ASCII.GetString(others[row]));

    /// <summary>Contents of rows; pairs have none.</summary>
    public override RowKey[] Keys(Batch batch)
    {
        var keys = RowTexts.Keys(Looked(batch), options.On);
        var others = batch.Text(EntityPairs.Other.Name);
        for (var row = 0; row < keys.Length; row++)
        {
            keys[row] = others.IsNull(row) ? keys[row] : RowTexts.NoKey;
        }

        return keys;
    }

    /// <summary>How many rows each content has and which is its first; in the order of the contents' hashes.</summary>
    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var contents = new List<Content>();
        foreach (var (key, batch, row) in rows)
        {
            if (key == RowTexts.NoKey)
            {
                continue;
            }

            if (contents.Count > 0 && contents[^1].Key == key)
            {
                contents[^1] = contents[^1] with { Rows = contents[^1].Rows + 1 };
            }
            else
            {
                contents.Add(new Content(key, 1, batch, row));
            }
        }

        return contents;
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var (seen, contents) = ((EntityState)state!, (List<Content>)decided!);
        var places = contents.Index().ToDictionary(c => c.Item.Key, c => c.Index);
        var pairs = seen.Pairs.Select(p => new DecidedPair(places[p.Key.First], places[p.Key.Other], p.Value.Score, p.Value.IsSame, p.Value.IsSaid)).ToList();
        var clusters = new EntityClusters(contents.Count, pairs);
        var texts = seen.Texts.Rows(contents.Select(c => c.Key));
        var rank = Rank(texts, seen.Texts.Schema, contents);
        var entities = Enumerable.Range(0, contents.Count).GroupBy(clusters.Of).Where(g => g.Count() > 1).OrderBy(g => g.Key).Select(g => Describe([.. g], texts, contents, rank));
        var dropped = pairs.Where(p => clusters.IsDropped(p.First, p.Second)).Select(p => PairName(contents[p.First].Key, contents[p.Second].Key));
        var sampled = seen.Pairs.Values.Where(p => p is { IsSame: true, Sampled: not null }).ToList();
        return Fitted.Of(new Found([.. entities], [.. dropped.Order(StringComparer.Ordinal)], BlockingRecall.Of(sampled.Count, sampled.Count(p => p.Sampled!.Value))));
    }

    public override byte[]? ForManifest(Fitted fitted)
    {
        var found = fitted.As<Found>();
        return Fitted.Of(new Counts(found.Entities.Count, found.Entities.Sum(e => (long)e.Contents.Count), found.Dropped.Count, found.CandidateRecall));
    }

    static string PairName(RowKey first, RowKey other) => $"{RowTexts.Name(first)} {RowTexts.Name(other)}";

    /// <summary>Of contents of an entity the one with the lowest rank stands for all; null where their values are counted.</summary>
    int[]? Rank(Batch texts, Schema types, List<Content> contents)
    {
        if (options.Canonical is CanonicalValue.Most or CanonicalValue.Ask)
        {
            return null;
        }

        int[] order = [.. Enumerable.Range(0, contents.Count).OrderBy(i => contents[i].Batch).ThenBy(i => contents[i].Row)];
        var keep = options.Canonical switch { CanonicalValue.Best => DuplicateKeep.Best, CanonicalValue.Latest => DuplicateKeep.Latest, _ => DuplicateKeep.First };
        var ranks = SurvivorRank.Of(texts.Take(order), types, new RemoveDuplicates.Options { DuplicateKeep = keep, LatestBy = options.LatestBy });
        var rank = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            rank[order[i]] = ranks[i];
        }

        return rank;
    }

    Entity Describe(int[] members, Batch texts, List<Content> contents, int[]? rank)
    {
        var values = options.On.Select(name => rank is null ? Most(texts[name], members, contents) : Cell(texts[name], members.MinBy(m => rank[m])));
        string? ways = null;
        if (Asks)
        {
            var rows = members.Select(m => (Json: Encoding.UTF8.GetString(RowSet.Row(texts, m, options.On)), contents[m].Rows)).GroupBy(m => m.Json, m => m.Rows)
                .OrderByDescending(g => g.Sum()).ThenBy(g => g.Key, StringComparer.Ordinal).Take(MaxWays).Select(g => g.Key);
            ways = Encoding.UTF8.GetString(RowSet.Of(rows));
        }

        return new Entity([.. members.Select(m => RowTexts.Name(contents[m].Key))], [.. values], ways);
    }

    static string? Cell(Column column, int row) => MissingCells.IsMissing(column, row) ? null : column.Display(row);

    static string? Most(Column column, int[] members, List<Content> contents) => members
        .Where(m => !MissingCells.IsMissing(column, m)).GroupBy(column.Display, m => contents[m].Rows, StringComparer.Ordinal)
        .OrderByDescending(g => g.Sum()).ThenByDescending(g => g.Key.Length).ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var known = learned.Of(fitted);
        var others = batch.Text(EntityPairs.Other.Name);
        var same = Flags(batch, SamePairs.Same);
        var keys = RowTexts.Keys(Looked(batch), options.On);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (!others.IsNull(row))
            {
                var isDropped = known.Dropped.Contains(PairName(keys[row], OtherOf(others, row)));
                verdicts.Fail(
                    isDropped ? verdicts.Rule(PairVerdicts.Contradiction, options.On[0], Severity.Medium, rejects: true)
                    : verdicts.Rule(same.Values[row] ? PairVerdicts.Same : PairVerdicts.Different, options.On[0], Severity.Low, rejects: true), row);
            }
        }

        string?[] names = [.. keys.Where((_, row) => others.IsNull(row)).Select(key => key == RowTexts.NoKey ? null : RowTexts.Name(key))];
        return Resolved(RowSet.Without(verdicts.Keep(batch), hidden), names, known, verdicts);
    }

    /// <summary>The rows with what stands for them.</summary>
    Batch Resolved(Batch rows, string?[] names, Known known, Verdicts verdicts)
    {
        Entity?[] entities = [.. names.Select(name => name is null ? null : known.Of.GetValueOrDefault(name))];
        var result = rows;
        foreach (var (i, name) in options.On.Index())
        {
            var (field, column) = (rows.Schema[name], rows[name]);
            var changes = entities.Index()
                .Where(e => e.Item?.Values[i] is { } value && value != (column.IsNull(e.Index) ? null : column.Display(e.Index)) && SurvivorCells.Fits(field, value))
                .ToDictionary(e => e.Index, e => e.Item!.Values[i]);
            if (changes.Count > 0)
            {
                result = result.With(field, CellPatch.Put(field, column, changes));
                verdicts.Change("resolve", name, changes.Count);
            }
        }

        result = result.With(EntityId, Texts(names.Select((name, row) => (entities[row]?.Contents[0] ?? name)?[..16])));
        return Asks ? result.With(RowSet.Field, Texts(entities.Select(e => e?.Set))) : result;
    }

    static TextColumn Texts(IEnumerable<string?> values)
    {
        var builder = new TextBuilder();
        foreach (var value in values)
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

        return builder.Build();
    }

    sealed class Known(Found found)
    {
        public Dictionary<string, Entity> Of { get; } = found.Entities.SelectMany(e => e.Contents.Select(c => (c, e))).ToDictionary(p => p.c, p => p.e, StringComparer.Ordinal);

        public HashSet<string> Dropped { get; } = found.Dropped.ToHashSet(StringComparer.Ordinal);
    }
}
