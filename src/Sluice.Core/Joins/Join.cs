using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Joins;

/// <summary>
/// Joins the rows with a second table by equal keys, as SQL does: inner, left, right or outer, over one key or several. The table is kept in memory, the rows
/// are streamed past it, so the order of rows stays and their number has no limit. Rows that a join adds are counted as made: <c>matches</c> beyond the
/// first, and <c>unmatched</c> rows of the table, which come last.
/// </summary>
[Step("join", Aliases = ["merge_tables"])]
public sealed partial class Join(Join.Options options)
    : StepOverTable(TableReference.Of(options))
{
    const byte IsLast = 1;

    IReadOnlyList<string> TableOn => options.TableOn.Count > 0 ? options.TableOn : options.On;

    bool TakesUnmatched => options.How is JoinKind.Right or JoinKind.Outer;

    bool KeepsUnmatched => options.How is JoinKind.Left or JoinKind.Outer;

    JoinTable? joined;

    protected override void Opened() => joined = null;

    // Once for the step, which every unit of a run shares.
    JoinTable Joined => joined ??= new JoinTable(Table.Rows, TableOn, Taken());

    internal bool IsInner => options.How == JoinKind.Inner;

    /// <summary>Whether no key is twice in the table, so that no row comes out twice.</summary>
    internal bool HasUniqueKeys => Joined.Index.IsUnique;

    /// <summary>Rows of the table that nothing matched.</summary>
    /// <param name="Unmatched">A bit for each row of the table, in base 64.</param>
    /// <param name="Rows">How many.</param>
    public sealed record Found(string Unmatched, int Rows);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.On.Count; i++)
        {
            var there = problems.Column(input, $"on[{i}]", options.On[i]);
            if (problems.Column(Table.Rows.Schema, options.TableOn.Count > 0 ? $"table_on[{i}]" : $"on[{i}]", TableOn[i]) && there)
            {
                CheckTypes(input[options.On[i]], Table.Rows.Schema[TableOn[i]], i, problems);
            }
        }

        for (var i = 0; i < options.Columns.Count; i++)
        {
            problems.Column(Table.Rows.Schema, $"columns[{i}]", options.Columns[i]);
        }

        if (problems.Items.Count > 0)
        {
            return input;
        }

        var left = TakesUnmatched ? input.Select(f => f with { Nullable = true }) : input;
        var fields = left.Concat(Outputs(input)).ToList();
        if (fields.GroupBy(f => f.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            problems.Add("suffix", $"Two columns would be called '{twice.Key}'. Choose another suffix, or name the columns to add.");
            return input;
        }

        return new Schema(fields);
    }

    void CheckTypes(Field left, Field right, int key, StepProblems problems)
    {
        // A column without a value matches nothing, whatever its type.
        if (left.Type != right.Type && !Unify.IsOpen(left) && right.Format != Unify.Fitted && (!Unify.IsOpen(right) || TakesUnmatched))
        {
            problems.Add(
                $"on[{key}]",
                $"Column '{left.Name}' is {Words(left)} and the table's '{right.Name}' is {Words(right)}: they never match. Bring one to the type of the other, for instance with fix_types.");
        }

        static string Words(Field field) => field.Type.ToString().ToLowerInvariant();
    }

    /// <summary>The table's columns under the names they get.</summary>
    IEnumerable<Field> Outputs(Schema input)
    {
        var nullable = KeepsUnmatched;
        return Taken().Select(name => Table.Rows.Schema[name] is var field && input.Has(name)
            ? field with { Name = name + options.Suffix, Nullable = nullable || field.Nullable }
            : field with { Nullable = nullable || field.Nullable });
    }

    IReadOnlyList<string> Taken() =>
        options.Columns.Count > 0 ? options.Columns : [.. Table.Rows.Schema.Select(f => f.Name).Where(name => !TableOn.Contains(name, StringComparer.Ordinal))];

    // A name that both have is only known to be taken while the rows' own column is there.
    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        StepEffects.Names(wanted.Where(input.Has).Concat(options.On).Concat(Taken().Where(name => input.Has(name) && wanted.Contains(name + options.Suffix))));

    public override IReadOnlySet<string>? Observes(Schema input) => StepEffects.Names(options.On);

    public override bool IsKeyed => TakesUnmatched;

    public override RowKey[] Keys(Batch batch)
    {
        var keys = KeysOf(batch);
        var present = KeyIndex.Present(batch, options.On);
        for (var row = 0; row < keys.Length; row++)
        {
            // A key that no row of the table has.
            keys[row] = present(row) ? keys[row] : default;
        }

        return keys;
    }

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var index = Joined.Index;
        var matched = new bool[Table.Rows.Rows];
        (int Batch, int Row)? last = null;
        foreach (var row in rows)
        {
            last = last is { } before && before.CompareTo((row.Batch, row.Row)) > 0 ? last : (row.Batch, row.Row);
            for (var match = index.First(row.Key); match >= 0 && !matched[match]; match = index.Next(match))
            {
                matched[match] = true;
            }
        }

        if (matched.Contains(false))
        {
            var (batch, row) = last ?? throw new DataException(
                "A right or outer join came to no rows at all, so the table's rows have nothing to follow. Make the table the pipeline's source instead.");
            decisions.Set(batch, row, IsLast);
        }

        var bits = new byte[(matched.Length + 7) / 8];
        for (var row = 0; row < matched.Length; row++)
        {
            bits[row >> 3] |= (byte)(matched[row] ? 0 : 1 << (row & 7));
        }

        return new Found(Convert.ToBase64String(bits), matched.Count(m => !m));
    }

    public override byte[] Fit(State? state, object? decided) => decided is null ? Fitted.None.Json : Fitted.Of((Found)decided);

    public override StepEffects? Effects(Schema input) => IsKeyed ? null : new()
    {
        Reads = StepEffects.Names(options.On),
        Writes = StepEffects.Names(Outputs(input).Select(f => f.Name)),
        KeepsRows = options.How == JoinKind.Left && Joined.Index.IsUnique,
        Silent = options.How == JoinKind.Left && Joined.Index.IsUnique,
        Cost = 8,
    };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var (rows, matches) = Match(batch, verdicts);
        var names = Outputs(batch.Schema).ToArray();
        var right = Joined.Take(matches.ToArray());
        var left = rows.Count == batch.Rows && verdicts.MadeRows == 0 && verdicts.Rejected == 0 ? batch : batch.Take(rows.ToArray());
        var schema = Plan(batch.Schema, new StepProblems());
        var result = new Batch(schema, left.Columns.Concat(right), left.Rows, left.Origin);
        return fitted.Decisions is [.., IsLast] && fitted.As<Found>() is { Rows: > 0 } found ? WithUnmatched(result, batch, found, verdicts) : result;
    }

    RowKey[] KeysOf(Batch batch) => RowHash.Rows([.. options.On.Select(name => batch[name])], batch.Rows);

    /// <summary>For each row that comes out, the row it is and the table's row beside it; -1: none.</summary>
    (List<int> Rows, List<int> Matches) Match(Batch batch, Verdicts verdicts)
    {
        var (rows, matches) = (new List<int>(batch.Rows), new List<int>(batch.Rows));
        var index = Joined.Index;
        var keys = KeysOf(batch);
        var present = KeyIndex.Present(batch, options.On);
        long made = 0;
        for (var row = 0; row < batch.Rows; row++)
        {
            var match = present(row) ? index.First(keys[row]) : -1;
            if (match < 0 && !KeepsUnmatched)
            {
                verdicts.Fail(verdicts.Rule("no_match", options.On[0], Severity.Low, rejects: true), row);
                continue;
            }

            var from = rows.Count;
            do
            {
                rows.Add(row);
                matches.Add(match);
                match = match < 0 ? -1 : index.Next(match);
            }
            while (match >= 0 && rows.Count - from <= options.MaxMatches);

            if (rows.Count - from > options.MaxMatches)
            {
                rows.RemoveRange(from, rows.Count - from);
                matches.RemoveRange(from, matches.Count - from);
                verdicts.Fail(verdicts.Rule("too_many_matches", options.On[0], Severity.High, rejects: true), row);
                continue;
            }

            made += rows.Count - from - 1;
        }

        verdicts.Make("matches", made);
        return (rows, matches);
    }

    /// <summary>The table's rows that nothing matched, after the last row: keys from the table, its columns, and nothing else.</summary>
    Batch WithUnmatched(Batch result, Batch batch, Found found, Verdicts verdicts)
    {
        var bits = Convert.FromBase64String(found.Unmatched);
        int[] rows = [.. Enumerable.Range(0, Table.Rows.Rows).Where(row => (bits[row >> 3] >> (row & 7) & 1) == 1)];
        var left = batch.Schema.Select(f => options.On.ToList().IndexOf(f.Name) is var key and >= 0 && Table.Rows[TableOn[key]].Type == f.Type
            ? Table.Rows[TableOn[key]].Take(rows)
            : ColumnReader.AllMissing(f.Type, rows.Length));
        var origin = new int[rows.Length];
        Array.Fill(origin, batch.OriginOf(batch.Rows - 1));
        verdicts.Make("unmatched", rows.Length);
        return Batch.Concat([result, new Batch(result.Schema, left.Concat(Joined.Take(rows)), rows.Length, origin)]);
    }
}

/// <summary>A table as a join uses it: an index of its keys and the columns to add, with one row more that has no values.</summary>
sealed class JoinTable(Batch table, IReadOnlyList<string> on, IReadOnlyList<string> taken)
{
    readonly Column[] columns = [.. taken.Select(name => table[name].Concat([table[name], ColumnReader.AllMissing(table[name].Type, 1)], table.Rows + 1))];

    public KeyIndex Index { get; } = new(table, on);

    /// <summary>The columns of these rows of the table; -1: no values.</summary>
    public IEnumerable<Column> Take(int[] rows)
    {
        int[] from = [.. rows.Select(row => row < 0 ? table.Rows : row)];
        return [.. columns.Select(c => c.Take(from))];
    }
}
