using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Cleaning;

/// <summary>
/// Writes values of text columns in one way: dates as ISO 8601 (yyyy-MM-dd; day or month first is learned from all rows), telephone numbers as
/// E.164, amounts in one unit, street addresses as the post of their country does. A value that cannot be read stays as it is, and its row is flagged with the reason <c>unstandardized</c>.
/// </summary>
[Step("standardize_formats")]
public sealed class StandardizeFormats(StandardizeFormats.Options options) : Step
{
    // An address; a telephone number and an amount are shorter.
    const int MaxLength = 256;

    public sealed record Options
    {
        /// <summary>Text columns of dates. Default: none.</summary>
        public IReadOnlyList<string> Dates { get; init; } = [];

        /// <summary>Text columns of telephone numbers. Default: none.</summary>
        public IReadOnlyList<string> Phones { get; init; } = [];

        /// <summary>Country, two letters, of telephone numbers that do not say theirs: US, GB, DE and so on. Default: none, such numbers stay.</summary>
        public string? Country { get; init; }

        /// <summary>Text columns of amounts, and the unit each is to have: mg g kg t oz lb, mm cm m km in ft yd mi, ml cl l, ms s min h d, °C °F K. Default: none.</summary>
        public IReadOnlyDictionary<string, string> Units { get; init; } = new Dictionary<string, string>();

        /// <summary>Text columns of street addresses, and the country of each: DE, ES, FR, GB, IT, NL or US. Default: none.</summary>
        [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyDictionary<string, string>? Addresses { get; init; }
    }

    IEnumerable<KeyValuePair<string, string>> Addresses => (options.Addresses ?? new Dictionary<string, string>()).OrderBy(a => a.Key, StringComparer.Ordinal);

    static CellKinds Kinds { get; } = new([]);

    IEnumerable<(string Path, string Column)> Named => options.Dates.Select((c, i) => ($"dates[{i}]", c))
        .Concat(options.Phones.Select((c, i) => ($"phones[{i}]", c))).Concat(options.Units.Keys.Select(c => ($"units.{c}", c)))
        .Concat(Addresses.Select(a => ($"addresses.{a.Key}", a.Key)));

    public override bool Cleans => true;

    public override Schema Plan(Schema input, StepProblems problems)
    {
        foreach (var (path, column) in Named)
        {
            if (problems.Column(input, path, column) && input[column] is var field && field.Type != ColumnType.Text && !Unify.IsOpen(field))
            {
                problems.Add(path, $"Column '{column}' is {ColumnChoice.Words(field.Type)}; this works on text. Leave it out.");
            }
        }

        if (options.Country is { } country && !PhoneNumber.Plans.ContainsKey(country))
        {
            problems.Add("country", $"'{country}' is not a country known here. There are: {string.Join(", ", PhoneNumber.Plans.Keys)}.");
        }

        foreach (var (column, unit) in options.Units.Where(u => !UnitOfMeasure.IsKnown(u.Value)))
        {
            problems.Add($"units.{column}", $"'{unit}' is not a unit known here. There are: {string.Join(", ", UnitOfMeasure.Names)}.");
        }

        foreach (var (column, nation) in Addresses.Where(a => !PostalAddress.Countries.Contains(a.Value)))
        {
            problems.Add($"addresses.{column}", $"'{nation}' is not a country whose addresses are known here. There are: {string.Join(", ", PostalAddress.Countries)}.");
        }

        if (!Named.Any())
        {
            problems.Add("dates", "No column is named. Name some in dates, phones, units or addresses.");
        }

        return input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    public override State? NewState(Schema input) => options.Dates.Count == 0 ? null : new ColumnStates<TypeVotes>(() => new TypeVotes(Kinds));

    public override IReadOnlySet<string>? Observes(Schema input) => options.Dates.ToHashSet(StringComparer.Ordinal);

    public override void Observe(Batch batch, State state)
    {
        foreach (var column in options.Dates)
        {
            if (batch[column] is TextColumn text)
            {
                ((ColumnStates<TypeVotes>)state)[column].Observe(text);
            }
        }
    }

    /// <summary>The columns whose dates have the day first.</summary>
    public override byte[] Fit(State? state, object? decided) => state is not ColumnStates<TypeVotes> columns
        ? Fitted.Of(Array.Empty<string>())
        : Fitted.Of(columns.Names.Where(name => columns[name].Fit(name, 0).DayFirst).ToArray());

    public override StepEffects? Effects(Schema input) => new() { Reads = StepEffects.Names(Named.Select(n => n.Column)), Writes = StepEffects.Names(Named.Select(n => n.Column)), KeepsRows = true, Cost = 90 * Named.Count() };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var dayFirst = options.Dates.Count == 0 ? [] : fitted.As<string[]>();
        var home = options.Country is { } country ? PhoneNumber.Plans[country] : null;
        var result = batch;
        foreach (var column in options.Dates)
        {
            var order = dayFirst.Contains(column) ? DateOrder.DayFirst : DateOrder.MonthFirst;
            result = Standardize(result, column, verdicts, (value, text) => IsoDate(value, order, text));
        }

        foreach (var column in options.Phones)
        {
            result = Standardize(result, column, verdicts, (value, text) => PhoneNumber.Standardize(value, home, text));
        }

        foreach (var (column, unit) in options.Units.OrderBy(u => u.Key, StringComparer.Ordinal))
        {
            result = Standardize(result, column, verdicts, (value, text) => UnitOfMeasure.Standardize(value, unit, text));
        }

        foreach (var (column, nation) in Addresses)
        {
            result = Standardize(result, column, verdicts, (value, text) => PostalAddress.Standardize(value, nation, text));
        }

        return result;
    }

    delegate int Writer(ReadOnlySpan<byte> value, Span<byte> result);

    static int IsoDate(ReadOnlySpan<byte> value, DateOrder order, Span<byte> result)
    {
        if (!ValueParser.TryDateLenient(Utf8Text.Trim(value), order, out var days))
        {
            return 0;
        }

        DateOnly.FromDayNumber(days + new DateOnly(1970, 1, 1).DayNumber).TryFormat(result, out var written, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        return written;
    }

    static Batch Standardize(Batch batch, string name, Verdicts verdicts, Writer write)
    {
        if (!batch.Schema.Has(name) || batch[name] is not TextColumn column)
        {
            return batch;
        }

        var builder = new TextBuilder(column.Rows, column.Bytes.Length);
        Span<byte> text = stackalloc byte[MaxLength];
        var changed = 0;
        for (var row = 0; row < column.Rows; row++)
        {
            if (column.IsNull(row))
            {
                builder.AppendNull();
                continue;
            }

            var value = column[row];
            var length = write(value, text);
            if (length == 0 && !Utf8Text.Trim(value).IsEmpty)
            {
                verdicts.Fail(verdicts.Rule("unstandardized", name), row);
            }

            changed += length > 0 && !value.SequenceEqual(text[..length]) ? 1 : 0;
            builder.Append(length > 0 ? text[..length] : value);
        }

        verdicts.Change("standardize_formats", name, changed);
        return changed == 0 ? batch : batch.With(batch.Schema[name], builder.Build());
    }
}
