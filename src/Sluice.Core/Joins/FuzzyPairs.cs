using System.Buffers.Binary;
using Sluice.Llm.RowSets;
using Sluice.Matching;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Joins;

/// <summary>
/// The first part of a fuzzy join: makes a row of every pair that may match. A row's first pair, or none, takes its own place; its other pairs are rows made of it, beside
/// it.
/// </summary>
sealed class FuzzyPairs(FuzzyJoin.Options options)
    : StepOverTable(TableReference.Of(options))
{
    /// <summary>Number of the pair among those of its row. It stands between the columns of the rows and those of the table.</summary>
    public static readonly Field Place = new("_place", ColumnType.Int64);

    /// <summary>Row of the table; none for a row without a pair.</summary>
    public static readonly Field TableRow = new("_table_row", ColumnType.Int64);

    /// <summary>For a pair of the sample, whether the search for candidates found it.</summary>
    public static readonly Field Sampled = new("_sampled", ColumnType.Boolean);

    /// <summary>Columns that are there until the last part, besides <see cref="Place"/>.</summary>
    public static readonly IReadOnlyList<Field> Hidden = [RowSet.Field, SamePairs.Score, TableRow, Sampled];

    // A pair in a decision: number of the text and one, similarity, and whether it is sampled and found.
    const int PairBytes = 9;
    const byte IsSampled = 1, IsFound = 2;

    FuzzyTable? table;

    /// <summary>What was compared, for the version.</summary>
    public sealed record Found(long Rows, long DifferentRows, long TableRows, long Pairs);

    FuzzyTable Other => table ??= new FuzzyTable(Table.Rows, TableOn, options.On);

    IReadOnlyList<string> TableOn => options.TableOn.Count > 0 ? options.TableOn : options.On;

    // Names of columns that only one side has are of that side.
    IReadOnlyList<string> MayBeSent => options.Sent([]);

    protected override void Opened() => table = null;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.On.Count; i++)
        {
            problems.Column(input, $"on[{i}]", options.On[i]);
            problems.Column(Table.Rows.Schema, options.TableOn.Count > 0 ? $"table_on[{i}]" : $"on[{i}]", TableOn[i]);
        }

        for (var i = 0; i < options.TableColumns.Count; i++)
        {
            problems.Column(Table.Rows.Schema, $"table_columns[{i}]", options.TableColumns[i]);
        }

        foreach (var name in MayBeSent.Where(name => !Table.Rows.Schema.Has(name)))
        {
            problems.Column(input, options.Columns.Contains(name) ? "columns" : "prompt", name);
        }

        if (problems.Items.Count > 0)
        {
            return input;
        }

        var fields = input.Concat(Outputs(input)).Append(new Field(options.ScoreColumn, ColumnType.Float64)).ToList();
        if (fields.GroupBy(f => f.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            problems.Add(
                twice.Key == options.ScoreColumn ? "score_column" : "suffix", $"Two columns would be called '{twice.Key}'. Choose another name or suffix, or name the columns to add in table_columns.");
            return input;
        }

        return RowSet.With(new Schema(RowSet.With(input, [Place], problems).Concat(Outputs(input))), Hidden, problems);
    }

    IReadOnlyList<string> Taken => options.TableColumns.Count > 0 ? options.TableColumns : [.. Table.Rows.Schema.Select(f => f.Name)];

    IEnumerable<Field> Outputs(Schema input) =>
        Taken.Select(name => Table.Rows.Schema[name] with { Name = input.Has(name) ? name + options.Suffix : name, Nullable = true });

    public override bool IsKeyed => true;

    public override bool DecidesWithState => true;

    public override int DecisionBytes => PairBytes * options.MaxCandidates;

    public override IReadOnlySet<string>? Observes(Schema input) => StepEffects.Names(options.On);

    public override State? NewState(Schema input) => new RowTexts(input.Select(StepEffects.Names(options.On)), options.MaxRows);

    public override void Observe(Batch batch, State state) => ((RowTexts)state).Add(Compared(batch), options.On);

    public override RowKey[] Keys(Batch batch) => RowTexts.Keys(Compared(batch), options.On);

    Batch Compared(Batch batch) => batch.Select(StepEffects.Names(options.On));

    public override object? Decide(KeyedRows rows, Decisions decisions)
    {
        var texts = (RowTexts)rows.State!;
        if (texts.IsFull)
        {
            throw new DataException($"fuzzy_join: the rows have more than {options.MaxRows:N0} different values in {string.Join(", ", options.On)}, and they are compared in memory. Raise max_rows.");
        }

        var keys = new List<RowKey>();
        foreach (var row in rows)
        {
            if (row.Key != RowTexts.NoKey && (keys.Count == 0 || keys[^1] != row.Key))
            {
                keys.Add(row.Key);
            }
        }

        var pairs = CandidatePairs.Link(texts.Rows(keys), Other.Texts, options.On, options);
        var of = pairs.GroupBy(p => p.Left).ToDictionary(g => g.Key, g => Wanted([.. g.OrderByDescending(p => p.Score).ThenBy(p => p.Right).Take(options.MaxCandidates)]));
        var at = -1;
        foreach (var row in rows)
        {
            if (row.Key == RowTexts.NoKey)
            {
                continue;
            }

            var isFirst = at < 0 || keys[at] != row.Key;
            at += isFirst ? 1 : 0;
            if (of.TryGetValue(at, out var own))
            {
                Write(own, isFirst, decisions.Row(row.Batch, row.Row));
            }
        }

        return new Found(rows.Count, keys.Count, Other.Rows.Rows, pairs.Count);
    }

    // Where the best pair is sure, and only the best is wanted, nobody needs to be asked about the others.
    CandidatePair[] Wanted(CandidatePair[] pairs) => options.Matches == FuzzyMatches.Best && (float)pairs[0].Score >= options.SureFrom ? pairs[..1] : pairs;

    // Of rows with equal text only the first is of the sample, or a pair would count more than once.
    static void Write(CandidatePair[] pairs, bool isFirst, Span<byte> into)
    {
        for (var i = 0; i < pairs.Length; i++)
        {
            var pair = into.Slice(i * PairBytes, PairBytes);
            BinaryPrimitives.WriteInt32LittleEndian(pair, pairs[i].Right + 1);
            BinaryPrimitives.WriteSingleLittleEndian(pair[4..], (float)pairs[i].Score);
            pair[8] = (byte)(isFirst && pairs[i].Sampled is { } found ? IsSampled | (found ? IsFound : 0) : 0);
        }
    }

    public override byte[] Fit(State? state, object? decided) => Fitted.Of((Found)decided!);

    // The counts say nothing of a row.
    public override string ApplyKey(Fitted fitted) => "";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var made = new PairRows(batch.Rows);
        for (var row = 0; row < batch.Rows; row++)
        {
            var found = Pairs(fitted.Decisions.Slice(row * DecisionBytes, DecisionBytes));
            if (found.Count > options.MaxMatches)
            {
                verdicts.Fail(verdicts.Rule("too_many_matches", options.On[0], Severity.High, rejects: true), row);
                continue;
            }

            made.Add(row, found);
        }

        verdicts.Make(PairVerdicts.Made, made.Rows.Count - (batch.Rows - verdicts.Rejected));
        int[] from = [.. made.TableRows.Select(row => row < 0 ? Table.Rows.Rows : row)];
        var rows = Outputs(batch.Schema).Zip(Taken, (field, name) => (Field: field, Column: OrNone(Table.Rows[name]).Take(from)))
            .Aggregate(made.Take(batch), (result, there) => result.With(there.Field, there.Column));
        return made.AddTo(rows, (row, other) => RowSet.Of((batch, row, SentOf(batch.Schema, options.On)), (Table.Rows, other, SentOf(Table.Rows.Schema, TableOn))));
    }

    // With one row more, which has no values.
    static Column OrNone(Column column) => column.Concat([column, ColumnReader.AllMissing(column.Type, 1)], column.Rows + 1);

    IReadOnlyList<string> SentOf(Schema schema, IReadOnlyList<string> compared) => [.. compared.Concat(MayBeSent.Where(schema.Has)).Distinct(StringComparer.Ordinal)];

    List<(int TableRow, float Score, bool? Sampled)> Pairs(ReadOnlySpan<byte> decision)
    {
        var found = new List<(int, float, bool?)>();
        for (; decision.Length > 0 && BinaryPrimitives.ReadInt32LittleEndian(decision) is var text and > 0; decision = decision[PairBytes..])
        {
            var score = BinaryPrimitives.ReadSingleLittleEndian(decision[4..]);
            bool? sampled = (decision[8] & IsSampled) == 0 ? null : (decision[8] & IsFound) != 0;
            foreach (var row in Other.RowsOf(text - 1).Take(options.Matches == FuzzyMatches.Best ? 1 : options.MaxMatches + 1))
            {
                found.Add((row, score, sampled));
                sampled = null;
            }
        }

        return found;
    }

    /// <summary>Rows as they come out, and their hidden columns.</summary>
    sealed class PairRows(int capacity)
    {
        readonly ValueBuilder<double> scores = new(ColumnType.Float64, capacity);
        readonly ValueBuilder<long> places = new(ColumnType.Int64, capacity), tableRows = new(ColumnType.Int64, capacity);
        readonly ValueBuilder<bool> sampled = new(ColumnType.Boolean, capacity);

        public List<int> Rows { get; } = [];

        public List<int> TableRows { get; } = [];

        public void Add(int row, List<(int TableRow, float Score, bool? Sampled)> found)
        {
            for (var i = 0; i < Math.Max(1, found.Count); i++)
            {
                Rows.Add(row);
                places.Append(i);
                TableRows.Add(found.Count == 0 ? -1 : found[i].TableRow);
                if (found.Count == 0)
                {
                    scores.AppendNull();
                    tableRows.AppendNull();
                    sampled.AppendNull();
                    continue;
                }

                scores.Append(found[i].Score);
                tableRows.Append(found[i].TableRow);
                if (found[i].Sampled is { } isFound)
                {
                    sampled.Append(isFound);
                }
                else
                {
                    sampled.AppendNull();
                }
            }
        }

        public Batch Take(Batch batch) => batch.Take(Rows.ToArray()).With(Place, places.Build());

        public Batch AddTo(Batch rows, Func<int, int, byte[]> set)
        {
            var sets = new TextBuilder(Rows.Count);
            for (var i = 0; i < Rows.Count; i++)
            {
                if (TableRows[i] < 0)
                {
                    sets.AppendNull();
                }
                else
                {
                    sets.Append(set(Rows[i], TableRows[i]));
                }
            }

            return rows.With(RowSet.Field, sets.Build()).With(SamePairs.Score, scores.Build()).With(TableRow, tableRows.Build()).With(Sampled, sampled.Build());
        }
    }
}
