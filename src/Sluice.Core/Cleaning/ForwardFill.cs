using Sluice.Schemas;
using Sluice.Splits;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>
/// Fills a missing value with the last one before it in the order of a column, so that the order in which rows are read makes no difference. Of several values of one moment the
/// largest counts (of texts, the one with the largest hash); what comes before the first value stays missing.
/// </summary>
sealed class ForwardFill(HandleMissing.Options options) : Step
{
    const int MaxTexts = 65_536, MaxTextBytes = 4_096, MaxGaps = 1_000_000;

    // Sorts after every value of the same moment. The one value that has this key, the largest integer, is filled in as the one below it.
    const ulong Gap = ulong.MaxValue;

    readonly ColumnChoice choice = new(options.Columns, f => f.Name != options.OrderColumn, "any column but order_column");

    public override bool Cleans => true;

    public override bool IsKeyed => true;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        choice.Plan(input, problems);
        if (options.OrderColumn is null)
        {
            problems.Add("order_column", "missing_strategy is 'ffill', but order_column is not given. Name the date, timestamp or number that rows are in the order of.");
        }
        else if (problems.Column(input, "order_column", options.OrderColumn) && !Unify.IsOpen(input[options.OrderColumn]) && !Numbers.IsOrdered(input[options.OrderColumn].Type))
        {
            problems.Add("order_column", $"Column '{options.OrderColumn}' is {ColumnChoice.Words(input[options.OrderColumn].Type)}; expected a date, a timestamp or a number. Convert it first with fix_types.");
        }

        return input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted.Append(options.OrderColumn!).ToHashSet(StringComparer.Ordinal);

    public override IReadOnlySet<string>? Observes(Schema input) => choice.PossibleNames(input).Append(options.OrderColumn!).ToHashSet(StringComparer.Ordinal);

    /// <summary>The columns, and the texts that keys stand for.</summary>
    public override State NewState(Schema input) => new ColumnStates<TopValues>(() => new TopValues(MaxTexts, MaxTextBytes));

    public override void Observe(Batch batch, State state)
    {
        foreach (var field in Chosen(batch.Schema))
        {
            var texts = ((ColumnStates<TopValues>)state)[field.Name];
            for (var row = 0; batch[field.Name] is TextColumn text && row < text.Rows; row++)
            {
                if (!MissingCells.IsMissing(text, row))
                {
                    texts.Add(text[row]);
                }
            }
        }
    }

    /// <summary>The keys of each column, one column after another: moment and value.</summary>
    public override RowKey[] Keys(Batch batch)
    {
        var moments = TimeKeys.Of(options.OrderColumn!, batch[options.OrderColumn!]);
        return [.. Chosen(batch.Schema).SelectMany(field => Enumerable.Range(0, batch.Rows).Select(row => Key(moments[row], batch[field.Name], row)))];
    }

    static RowKey Key(RowKey moment, Column column, int row) =>
        moment == TimeKeys.Missing ? moment : new RowKey(moment.High, MissingCells.IsMissing(column, row) ? Gap : Math.Min(ValueOf(column, row), Gap - 1));

    /// <summary>In the order of its name, so that the walk and the fit agree which column is which.</summary>
    IEnumerable<Field> Chosen(Schema schema) => schema.Where(choice.Has).OrderBy(f => f.Name, StringComparer.Ordinal);

    static ulong ValueOf(Column column, int row) => column switch
    {
        ValueColumn<double> numbers => ValueHistogram.ToKey(numbers.Values[row]),
        ValueColumn<long> wholes => (ulong)wholes.Values[row] ^ (1UL << 63),
        ValueColumn<int> days => (ulong)((long)days.Values[row] - int.MinValue),
        ValueColumn<bool> flags => flags.Values[row] ? 1UL : 0,
        _ => RowHash.Bytes(((TextColumn)column)[row]),
    };

    public override object Decide(KeyedRows rows, Decisions decisions)
    {
        var (last, gaps) = (new Dictionary<int, ulong>(), new List<FilledGap>());
        var open = new Dictionary<int, int>();
        foreach (var row in rows)
        {
            var column = row.Row / decisions.RowsOf(row.Batch);
            if (row.Key == TimeKeys.Missing)
            {
                continue;
            }

            if (row.Key.Low != Gap)
            {
                last[column] = row.Key.Low;
                open.Remove(column);
            }
            else if (open.TryGetValue(column, out var at))
            {
                gaps[at] = gaps[at] with { To = row.Key.High };
            }
            else if (last.TryGetValue(column, out var value))
            {
                open[column] = gaps.Count;
                gaps.Add(new FilledGap(column, row.Key.High, row.Key.High, value));
                if (gaps.Count > MaxGaps)
                {
                    throw new DataException($"Missing values lie between more than {MaxGaps:N0} others; missing_strategy ffill fills at most so many gaps. Use median, mode or drop.");
                }
            }
        }

        return gaps;
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var texts = (ColumnStates<TopValues>)state!;
        var gaps = ((List<FilledGap>)decided!).ToLookup(gap => gap.Column);
        return Fitted.Of(texts.Names.Select((name, at) => new ColumnFill(name, [.. gaps[at]], TextsOf(name, texts[name]))).Where(fill => fill.Gaps.Count > 0).ToArray());
    }

    static string[] TextsOf(string column, TopValues values) => !values.IsOver
        ? [.. values.Top(int.MaxValue).Select(v => System.Text.Encoding.UTF8.GetString(v.Value)).Order(StringComparer.Ordinal)]
        : throw new DataException($"Column '{column}' has more than {MaxTexts:N0} different texts, or one of more than {MaxTextBytes:N0} bytes; missing_strategy ffill cannot tell them apart. Leave it out of columns.");

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var result = batch;
        foreach (var (name, gaps, texts) in fitted.As<ColumnFill[]>().Where(fill => batch.Schema.Has(fill.Column)))
        {
            var moments = TimeKeys.Of(options.OrderColumn!, batch[options.OrderColumn!]);
            var field = batch.Schema[name];
            var values = new Dictionary<int, ulong>();
            foreach (var row in MissingCells.Rows(batch[name]))
            {
                if (moments[row] != TimeKeys.Missing && Find(gaps, moments[row].High) is { } gap)
                {
                    values[row] = gap.Value;
                }
            }

            if (values.Count > 0)
            {
                result = result.With(field, Filled(batch[name], values, texts));
                verdicts.Change("handle_missing", name, values.Count);
            }
        }

        return result;
    }

    static FilledGap? Find(IReadOnlyList<FilledGap> gaps, ulong moment)
    {
        var (low, high) = (0, gaps.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (gaps[middle].To < moment)
            {
                low = middle + 1;
            }
            else if (gaps[middle].From > moment)
            {
                high = middle - 1;
            }
            else
            {
                return gaps[middle];
            }
        }

        return null;
    }

    static Column Filled(Column column, Dictionary<int, ulong> values, IReadOnlyList<string> texts) => column switch
    {
        ValueColumn<double> numbers => Put(numbers, values, ValueHistogram.FromKey),
        ValueColumn<long> wholes => Put(wholes, values, key => (long)(key ^ (1UL << 63))),
        ValueColumn<int> days => Put(days, values, key => (int)((long)key + int.MinValue)),
        ValueColumn<bool> flags => Put(flags, values, key => key == 1),
        TextColumn text => PutTexts(text, values, texts),
        _ => throw new InvalidOperationException($"A column of {column.Type} is not filled."),
    };

    static ValueColumn<T> Put<T>(ValueColumn<T> column, Dictionary<int, ulong> values, Func<ulong, T> value)
        where T : unmanaged
    {
        var builder = new ValueBuilder<T>(column.Type);
        for (var row = 0; row < column.Rows; row++)
        {
            if (values.TryGetValue(row, out var key))
            {
                builder.Append(value(key));
            }
            else if (column.IsNull(row))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(column.Values[row]);
            }
        }

        return builder.Build();
    }

    static TextColumn PutTexts(TextColumn column, Dictionary<int, ulong> values, IReadOnlyList<string> texts)
    {
        var known = texts.Select(System.Text.Encoding.UTF8.GetBytes).ToDictionary(text => Math.Min(RowHash.Bytes(text), Gap - 1));
        var builder = new TextBuilder();
        for (var row = 0; row < column.Rows; row++)
        {
            if (values.TryGetValue(row, out var key))
            {
                builder.Append(known[key]);
            }
            else if (column.IsNull(row))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(column[row]);
            }
        }

        return builder.Build();
    }

    /// <summary>Missing rows of one column that one value fills.</summary>
    /// <param name="Column">Its number.</param>
    /// <param name="From">First moment.</param>
    /// <param name="To">Last moment.</param>
    /// <param name="Value">Key of the value.</param>
    sealed record FilledGap(int Column, ulong From, ulong To, ulong Value);

    sealed record ColumnFill(string Column, IReadOnlyList<FilledGap> Gaps, IReadOnlyList<string> Texts);
}
