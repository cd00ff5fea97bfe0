using System.Text;
using Sluice.Features;
using Sluice.Matching;
using Sluice.Steps;

namespace Sluice.Llm.RowSets;

/// <summary>The first part of reducing: makes of every group its first row, with all rows of the group in one column; of a long group a row for each chunk of it.</summary>
sealed class GroupRows(Reduce.Options options) : Step
{
    /// <summary>Number of a chunk in its group.</summary>
    public static readonly Field Chunk = new("_chunk", ColumnType.Int64);

    /// <summary>Columns that are there until the last part.</summary>
    public static readonly IReadOnlyList<Field> Hidden = [RowSet.Field, Chunk];

    const byte First = 1;

    readonly FittedCache<IReadOnlyDictionary<string, Group>> learned = new(fitted => fitted.As<Found>().Groups);

    /// <summary>A group.</summary>
    /// <param name="Rows">How many rows it has.</param>
    /// <param name="Sets">Its rows, in one set or several.</param>
    public sealed record Group(long Rows, IReadOnlyList<string> Sets);

    /// <summary>All groups, as fitted.</summary>
    public sealed record Found(IReadOnlyDictionary<string, Group> Groups);

    /// <summary>What of it the version shows: no cells.</summary>
    public sealed record Counts(long Groups, long Questions);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.GroupBy.Count; i++)
        {
            problems.Column(input, $"group_by[{i}]", options.GroupBy[i]);
        }

        new PromptTemplate(options.Prompt).Check(input, options.Columns, problems);
        if (options.OrderBy is { } by)
        {
            problems.Column(input, "order_by", by);
        }

        if (options.KeepRows && options.CountColumn is { } counted && input.Has(counted))
        {
            problems.Add("count_column", $"Column '{counted}' is there already, and keep_rows keeps it. Choose another name.");
        }

        IEnumerable<string> names = options.GroupBy.Concat(options.Output.Select(f => f.Name)).Concat(options.CountColumn is { } count ? [count] : []);
        foreach (var twice in names.GroupBy(name => name, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            problems.Add("output", $"Two columns would be called '{twice.Key}': the group's row has the columns of group_by, count_column and the fields of output. Give one another name.");
        }

        if (options.Cascade is not null)
        {
            problems.Add("cascade", "A cascade compares answers to rows, and reduce asks about groups. Leave it out.");
        }

        return problems.Items.Count > 0 ? input : RowSet.With(Output(input), Hidden.Append(GroupAnswer.Answered), problems) is var output && problems.Items.Count > 0 ? input : RowSet.Without(output, [GroupAnswer.Answered.Name]);
    }

    Schema Output(Schema input)
    {
        var keys = options.KeepRows ? input : new Schema(options.GroupBy.Select(name => input[name]));
        return options.CountColumn is { } count ? keys.With(new Field(count, ColumnType.Int64)) : keys;
    }

    public override bool IsKeyed => true;

    public override IReadOnlySet<string>? Observes(Schema input) => StepEffects.Names(options.GroupBy.Concat(options.Sent(input)));

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        StepEffects.Names(options.KeepRows ? options.GroupBy.Concat(wanted.Where(input.Has)) : options.GroupBy);

    public override State? NewState(Schema input) => new GroupTexts((long)options.MaxMb << 20);

    public override void Observe(Batch batch, State state)
    {
        var (keys, sent) = (Keys(batch), options.Sent(batch.Schema));
        for (var row = 0; row < batch.Rows; row++)
        {
            ((GroupTexts)state).Add(keys[row], Encoding.UTF8.GetString(RowSet.Row(batch, row, sent)));
        }
    }

    public override RowKey[] Keys(Batch batch) => KeysOf(batch, options.GroupBy);

    /// <summary>The group of each row.</summary>
    public static RowKey[] KeysOf(Batch batch, IReadOnlyList<string> groupBy)
    {
        var groups = new GroupKeys(batch, groupBy);
        var keys = new RowKey[batch.Rows];
        for (var row = 0; row < keys.Length; row++)
        {
            var name = groups.Of(row);
            keys[row] = new RowKey(RowHash.Bytes(name), RowHash.Bytes(name, 1));
        }

        return keys;
    }

    /// <summary>Rows come in the order of keys, and of equal keys in their own: the first of each is the group's.</summary>
    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var counts = new SortedDictionary<RowKey, long>();
        foreach (var (key, batch, row) in rows)
        {
            var count = counts.GetValueOrDefault(key);
            counts[key] = count + 1;
            if (count == 0)
            {
                decisions.Set(batch, row, First);
            }
        }

        return counts;
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var seen = (GroupTexts)state!;
        if (seen.IsOver)
        {
            throw new DataException(
                $"reduce: what would be sent is more than {options.MaxMb:N0} MiB, the limit of max_mb, and it is held in memory. Name fewer columns, filter rows first, or raise max_mb.");
        }

        var counts = (SortedDictionary<RowKey, long>)decided!;
        if (options.KeepRows && seen.BytesForEachRow(counts) > (long)options.MaxMb << 20)
        {
            throw new DataException(
                $"reduce: with keep_rows a group's text counts for each of its rows, and that is more than {options.MaxMb:N0} MiB, the limit of max_mb. Send fewer columns, make smaller groups, or raise max_mb.");
        }

        return Fitted.Of(new Found(seen.Groups.ToDictionary(RowTexts.Name, key => new Group(counts[key], SetsOf(seen.Of(key, options.OrderBy))))));
    }

    List<string> SetsOf(IEnumerable<string> rows) =>
        options.Folds == 0 ? Chunks.Of(rows, int.MaxValue, int.MaxValue) : Chunks.Of(rows, options.FoldSize, options.MaxCallTokens);

    public override byte[]? ForManifest(Fitted fitted) => fitted.As<Found>().Groups is var groups ? Fitted.Of(new Counts(groups.Count, groups.Values.Sum(g => (long)g.Sets.Count))) : null;

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var known = learned.Of(fitted);
        var keys = Keys(batch);
        var rule = verdicts.Rule("reduced", rejects: true);
        var rows = new List<int>();
        var (sets, chunks, counts) = (new TextBuilder(), new ValueBuilder<long>(ColumnType.Int64), new ValueBuilder<long>(ColumnType.Int64));
        for (var row = 0; row < batch.Rows; row++)
        {
            if (fitted.Decisions[row] != First && !options.KeepRows)
            {
                verdicts.Fail(rule, row);
                continue;
            }

            var group = known[RowTexts.Name(keys[row])];
            for (var chunk = 0; chunk < group.Sets.Count; chunk++)
            {
                rows.Add(row);
                sets.Append(Encoding.UTF8.GetBytes(group.Sets[chunk]));
                chunks.Append(chunk);
                counts.Append(group.Rows);
            }

            verdicts.Make("chunks", group.Sets.Count - 1);
        }

        var result = options.KeepRows ? batch : Named(batch.Select(StepEffects.Names(options.GroupBy)).Take(rows.ToArray()));
        result = options.CountColumn is { } count ? result.With(new Field(count, ColumnType.Int64), counts.Build()) : result;
        return result.With(RowSet.Field, sets.Build()).With(Chunk, chunks.Build());
    }

    /// <summary>The columns of the groups, in the order that the options name them.</summary>
    Batch Named(Batch batch) => new(new Schema(options.GroupBy.Select(name => batch.Schema[name])), options.GroupBy.Select(name => batch[name]), batch.Rows, batch.Origin);
}
