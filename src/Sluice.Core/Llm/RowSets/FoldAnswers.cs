using System.Text;
using Sluice.Features;
using Sluice.Matching;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Llm.RowSets;

/// <summary>
/// The part of reducing between two questions: puts the answers to a group's chunks into one set, or into fewer chunks. A group whose chunks have not all been answered gets none, since
/// an answer to a part would look like one to the whole.
/// </summary>
/// <param name="options">Options of the step.</param>
/// <param name="level">How often it was folded, this time included.</param>
sealed class FoldAnswers(Reduce.Options options, int level) : Step
{
    readonly FittedCache<IReadOnlyDictionary<string, IReadOnlyList<string>>> learned = new(fitted => fitted.As<Found>().Groups);

    /// <summary>New sets of each group of more than one chunk; none where an answer is missing.</summary>
    public sealed record Found(IReadOnlyDictionary<string, IReadOnlyList<string>> Groups);

    /// <summary>What of it the version shows: no cells.</summary>
    public sealed record Counts(long Groups, long Questions, long Incomplete);

    IEnumerable<string> Answers => options.Output.Select(f => f.Name);

    // Two parts of one step may have the same options.
    public override int CodeVersion => level;

    public override Schema Plan(Schema input, StepProblems problems) => input;

    public override IReadOnlySet<string>? Observes(Schema input) => StepEffects.Names(options.GroupBy.Concat(Answers).Append(GroupAnswer.Answered.Name).Append(GroupRows.Chunk.Name));

    public override State? NewState(Schema input) => new ChunkAnswers();

    public override void Observe(Batch batch, State state)
    {
        var keys = GroupRows.KeysOf(batch, options.GroupBy);
        var chunks = batch.Int64(GroupRows.Chunk.Name);
        var answered = (ValueColumn<bool>)batch[GroupAnswer.Answered.Name];
        string[] fields = [.. Answers];
        for (var row = 0; row < batch.Rows; row++)
        {
            ((ChunkAnswers)state).Add(keys[row], chunks[row], answered.Values[row] ? Encoding.UTF8.GetString(RowSet.Row(batch, row, fields)) : null);
        }
    }

    public override byte[] Fit(State? state, object? decided) => Fitted.Of(new Found(((ChunkAnswers)state!).Folded.ToDictionary(g => RowTexts.Name(g.Group), g => SetsOf(g.Answers))));

    IReadOnlyList<string> SetsOf(IReadOnlyList<string?> answers) => answers.Contains(null) ? []
        : level == options.FoldLevels ? Chunks.Of(answers!, int.MaxValue, int.MaxValue) : Chunks.Of(answers!, options.FoldSize, options.MaxCallTokens);

    public override byte[]? ForManifest(Fitted fitted)
    {
        var groups = fitted.As<Found>().Groups;
        return Fitted.Of(new Counts(groups.Count, groups.Values.Sum(sets => (long)sets.Count), groups.Values.Count(sets => sets.Count == 0)));
    }

    // It speaks of rows that a part before it made.
    public override Step? ForNewRows => null;

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var known = learned.Of(fitted);
        var keys = GroupRows.KeysOf(batch, options.GroupBy);
        var chunks = batch.Int64(GroupRows.Chunk.Name);
        var (sets, isFolded) = (new TextBuilder(), new bool[batch.Rows]);
        for (var row = 0; row < batch.Rows; row++)
        {
            isFolded[row] = known.TryGetValue(RowTexts.Name(keys[row]), out var found);
            if (isFolded[row] && chunks[row] >= Math.Max(1, found!.Count))
            {
                verdicts.Fail(verdicts.Rule("folded", rejects: true), row);
                continue;
            }

            if (isFolded[row] && found!.Count > 0)
            {
                sets.Append(Encoding.UTF8.GetBytes(found[(int)chunks[row]]));
                continue;
            }

            if (isFolded[row])
            {
                verdicts.Fail(verdicts.Rule("llm_partial_group", severity: Severity.Medium, detail: "A chunk of the group has no answer, so the group has none."), row);
            }

            sets.AppendNull();
        }

        // The answer to a chunk is not the group's.
        int[] kept = [.. Enumerable.Range(0, batch.Rows).Where(row => !verdicts.IsRejected(row))];
        var rows = verdicts.Keep(batch).With(RowSet.Field, sets.Build());
        return Answers.Aggregate(rows, (result, name) => result.With(result.Schema[name], Blanked(result[name], [.. kept.Select(row => isFolded[row])])));
    }

    static Column Blanked(Column column, bool[] blank) =>
        column.Concat([column, ColumnReader.AllMissing(column.Type, 1)], column.Rows + 1).Take([.. blank.Select((none, row) => none ? column.Rows : row)]);
}

/// <summary>Answers to the chunks of every group.</summary>
sealed class ChunkAnswers : State
{
    readonly SortedDictionary<(RowKey Group, long Chunk), string?> answers = [];

    /// <summary>Groups of more than one chunk, with the answers in order.</summary>
    public IEnumerable<(RowKey Group, IReadOnlyList<string?> Answers)> Folded =>
        answers.GroupBy(a => a.Key.Group, a => a.Value).Select(g => (g.Key, (IReadOnlyList<string?>)[.. g])).Where(g => g.Item2.Count > 1);

    public void Add(RowKey group, long chunk, string? answer) => answers[(group, chunk)] = answer;

    public override void Merge(State other)
    {
        foreach (var (chunk, answer) in ((ChunkAnswers)other).answers)
        {
            answers[chunk] = answer;
        }
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(answers.Count);
        foreach (var ((group, chunk), answer) in answers)
        {
            writer.Write(group.High);
            writer.Write(group.Low);
            writer.Write(chunk);
            writer.Write(answer is not null);
            writer.Write(answer ?? "");
        }
    }

    public override void Read(BinaryReader reader)
    {
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var key = (new RowKey(reader.ReadUInt64(), reader.ReadUInt64()), reader.ReadInt64());
            var (isAnswered, answer) = (reader.ReadBoolean(), reader.ReadString());
            answers[key] = isAnswered ? answer : null;
        }
    }
}
