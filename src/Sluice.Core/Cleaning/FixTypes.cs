using System.ComponentModel.DataAnnotations;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>What happens to a value that is not of its column's type.</summary>
public enum UnconvertibleAction
{
    /// <summary>It becomes missing, and the row is flagged with the reason <c>unconvertible</c>.</summary>
    Missing,

    /// <summary>The row is rejected with the reason <c>unconvertible</c>.</summary>
    Reject,
}

/// <summary>
/// Gives text columns the type that most of their values have (int64, float64, boolean, date, timestamp), learned from all rows. Values
/// are read as people write them: <c>1,234</c>, <c>yes</c>, <c>Jun 12 1998</c>, <c>12/06/1998</c>. A column stays text where conversion
/// would lose something: codes with leading zeros, and decimals among integers beyond 2^53.
/// </summary>
[Step("fix_types")]
public sealed class FixTypes : Step
{
    readonly Options options;
    readonly ColumnChoice choice;
    readonly CellKinds kinds;

    public FixTypes(Options options)
        : this(options, strict: true)
    {
    }

    internal FixTypes(Options options, bool strict)
    {
        this.options = options;
        choice = new ColumnChoice(options.Columns, f => f.Type == ColumnType.Text && f.Format != "json", "text that is not JSON", strict);
        kinds = new CellKinds(options.MissingTokens);
    }

    public sealed record Options
    {
        /// <summary>Text columns to work on. Default: all text columns.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>Least share of a column's values that must be of one type for the column to get it, 0 to 1. Default: 0.5.</summary>
        [Range(0.0, 1.0)]
        public double MinShare { get; init; } = 0.5;

        /// <summary>Words that mean missing in a column that gets a type; case does not matter. Default: na, n/a, nan, null, none, -, ?.</summary>
        public IReadOnlyList<string> MissingTokens { get; init; } = CellKinds.DefaultTokens;

        /// <summary>
        /// What happens to a value that is not of its column's type: <c>missing</c> (it becomes missing, and the row is flagged) or
        /// <c>reject</c> (takes the row out). Default: missing.
        /// </summary>
        public UnconvertibleAction Unconvertible { get; init; } = UnconvertibleAction.Missing;
    }

    public override bool Cleans => true;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        choice.Plan(input, problems);
        return new Schema(input.Select(f => choice.Has(f) ? f with { Format = Unify.Fitted } : f));
    }

    public override Schema PlanFitted(Schema input, Fitted fitted)
    {
        var types = fitted.As<ColumnKind[]>().ToDictionary(k => k.Column);
        return new Schema(input.Select(f => !choice.Has(f) ? f : types.TryGetValue(f.Name, out var kind) ? Typed(f, kind) : Untyped(f)));
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) =>
        options.Unconvertible == UnconvertibleAction.Reject ? wanted.Union(choice.Names(input)).ToHashSet(StringComparer.Ordinal) : wanted;

    public override State? NewState(Schema input) => new ColumnStates<TypeVotes>(() => new TypeVotes(kinds));

    public override IReadOnlySet<string>? Observes(Schema input) => choice.Names(input);

    public override void Observe(Batch batch, State state)
    {
        var columns = (ColumnStates<TypeVotes>)state;
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            if (choice.Has(batch.Schema[i]) && batch[i] is TextColumn text)
            {
                columns[batch.Schema[i].Name].Observe(text);
            }
        }
    }

    /// <summary>The columns that get a type.</summary>
    public override byte[] Fit(State? state, object? decided)
    {
        var columns = (ColumnStates<TypeVotes>)state!;
        return Fitted.Of(columns.Names.Select(name => columns[name].Fit(name, options.MinShare)).Where(kind => kind.Type != ColumnType.Text).ToArray());
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var types = fitted.As<ColumnKind[]>().ToDictionary(k => k.Column);
        var fields = batch.Schema.ToArray();
        var columns = batch.Columns.ToArray();
        for (var i = 0; i < fields.Length; i++)
        {
            if (choice.Has(fields[i]) && columns[i] is TextColumn text)
            {
                var known = types.TryGetValue(fields[i].Name, out var kind);
                columns[i] = known ? Convert(text, kind!, verdicts) : text;
                fields[i] = known ? Typed(fields[i], kind!) : Untyped(fields[i]);
            }
        }

        return verdicts.Keep(new Batch(new Schema(fields), columns, batch.Rows, batch.Origin));
    }

    static Field Typed(Field field, ColumnKind kind) => new(field.Name, kind.Type, field.Nullable || kind.Misfits > 0);

    static Field Untyped(Field field) => Unify.IsOpen(field) ? field with { Format = null } : field;

    Column Convert(TextColumn text, ColumnKind kind, Verdicts verdicts)
    {
        var unconvertible = new List<int>();
        Column converted = kind.Type switch
        {
            ColumnType.Int64 => Convert(text, kind, unconvertible, Whole),
            ColumnType.Float64 => Convert(text, kind, unconvertible, Number),
            ColumnType.Boolean => Convert(text, kind, unconvertible, Flag),
            ColumnType.Date => Convert(text, kind, unconvertible, Days),
            _ => Convert(text, kind, unconvertible, Micros),
        };
        if (unconvertible.Count > 0)
        {
            var rule = verdicts.Rule("unconvertible", kind.Column, Severity.Medium, options.Unconvertible == UnconvertibleAction.Reject);
            unconvertible.ForEach(row => verdicts.Fail(rule, row));
        }

        verdicts.Change("fix_types", kind.Column, text.Rows - text.CountNulls());
        return converted;
    }

    delegate T Parser<T>(ReadOnlySpan<byte> value, DateOrder order);

    // Called only with values of a kind that the type holds.
    static long Whole(ReadOnlySpan<byte> value, DateOrder order) => ValueParser.TryInt64Lenient(value, (byte)',', out var whole) ? whole : 0;

    static double Number(ReadOnlySpan<byte> value, DateOrder order) => ValueParser.TryFloat64Lenient(value, (byte)',', out var number) ? number : 0;

    static bool Flag(ReadOnlySpan<byte> value, DateOrder order) => ValueParser.TryBooleanLenient(value, out var flag) && flag;

    static int Days(ReadOnlySpan<byte> value, DateOrder order) => ValueParser.TryDateLenient(value, order, out var days) ? days : 0;

    static long Micros(ReadOnlySpan<byte> value, DateOrder order) => ValueParser.TryTimestampLenient(value, order, out var micros) ? micros : 0;

    ValueColumn<T> Convert<T>(TextColumn text, ColumnKind kind, List<int> unconvertible, Parser<T> parse)
        where T : unmanaged
    {
        var builder = new ValueBuilder<T>(kind.Type, text.Rows);
        for (var row = 0; row < text.Rows; row++)
        {
            if (text.IsNull(row))
            {
                builder.AppendNull();
                continue;
            }

            var found = kinds.Of(text[row]);
            if (kind.Holds(found))
            {
                builder.Append(parse(Utf8Text.Trim(text[row]), kind.Order));
                continue;
            }

            builder.AppendNull();
            if (found is not (CellKind.Blank or CellKind.Token))
            {
                unconvertible.Add(row);
            }
        }

        return builder.Build();
    }
}
