using System.Globalization;
using Sluice.Connectors;
using Sluice.Steps;

namespace Sluice.Features;

/// <summary>The columns that a category becomes, for all methods but target.</summary>
static class CategoryColumns
{
    const int Missing = -1, Unknown = -2;

    /// <summary>Names and types; those of one_hot are not known before its categories are.</summary>
    public static Field[] Fields(string column, Categories? known, EncodeCategoricals.Options options) => options.Method switch
    {
        EncodingMethod.OneHot => known is null ? [] : [.. OneHot(known.Learned.Values, options).Select(suffix => Whole($"{column}_{suffix}"))],
        EncodingMethod.Hashing => [.. Enumerable.Range(0, options.Buckets).Select(i => Whole(string.Create(CultureInfo.InvariantCulture, $"{column}_hash_{i}")))],
        EncodingMethod.Ordinal => [new(options.KeepColumns ? $"{column}_ordinal" : column, ColumnType.Int64)],
        EncodingMethod.Count => [new(options.KeepColumns ? $"{column}_count" : column, ColumnType.Int64)],
        EncodingMethod.Frequency => [new(options.KeepColumns ? $"{column}_frequency" : column, ColumnType.Float64)],
        _ => [new(options.KeepColumns ? $"{column}_target" : column, ColumnType.Float64)],
    };

    public static Batch Hashed(Batch batch, string name, EncodeCategoricals.Options options)
    {
        var column = batch[name];
        var scratch = new byte[CellText.MaxLength];
        var values = NewColumns(options.Buckets, batch.Rows);
        for (var row = 0; row < batch.Rows; row++)
        {
            if (FeatureColumns.TryCategory(column, row, scratch, out var value))
            {
                values[RowHash.Bytes(value) % (ulong)options.Buckets][row] = 1;
            }
        }

        return Replace(batch, name, values, null, options);
    }

    /// <summary>Encodes a column with known categories; unknown ones are evidence, or reject their row.</summary>
    public static Batch Encoded(Batch batch, string name, Categories known, EncodeCategoricals.Options options, Verdicts verdicts)
    {
        var codes = Codes(batch, name, known, options.Unknown, verdicts);
        var learned = known.Learned;
        switch (options.Method)
        {
            case EncodingMethod.OneHot:
                return OneHot(batch, name, codes, known, options);
            case EncodingMethod.Frequency:
                var shares = Array.ConvertAll(codes, code => code == Missing ? double.NaN : code == Unknown ? 0 : (double)learned.Counts[code] / learned.Rows);
                return FeatureColumns.Apply(batch, name, [(Fields(name, known, options)[0], FeatureColumns.Float64(shares))], options.KeepColumns);
            case EncodingMethod.Count:
                return Whole(code => code == Missing ? null : code == Unknown ? 0 : learned.Counts[code]);
            default:
                var infrequent = options.Unknown == UnknownCategory.Infrequent ? known.Count : (long?)null;
                return Whole(code => code == Missing ? null : code == Unknown ? infrequent : code);
        }

        Batch Whole(Func<int, long?> of)
        {
            var builder = new ValueBuilder<long>(ColumnType.Int64, batch.Rows);
            foreach (var code in codes)
            {
                if (of(code) is { } value)
                {
                    builder.Append(value);
                }
                else
                {
                    builder.AppendNull();
                }
            }

            return FeatureColumns.Apply(batch, name, [(Fields(name, known, options)[0], builder.Build())], options.KeepColumns);
        }
    }

    /// <summary>Marks a cell whose category was not learned.</summary>
    public static int UnknownRule(Verdicts verdicts, string column, UnknownCategory unknown) =>
        verdicts.Rule("unknown_category", column, unknown == UnknownCategory.Reject ? Severity.Medium : Severity.Low, rejects: unknown == UnknownCategory.Reject);

    static Batch OneHot(Batch batch, string name, int[] codes, Categories known, EncodeCategoricals.Options options)
    {
        var infrequent = options.Unknown == UnknownCategory.Infrequent;
        var values = NewColumns(known.Count + (infrequent ? 1 : 0), batch.Rows);
        for (var row = 0; row < codes.Length; row++)
        {
            var code = codes[row] == Unknown && infrequent ? known.Count : codes[row];
            if (code >= 0)
            {
                values[code][row] = 1;
            }
        }

        return Replace(batch, name, options.DropFirst ? values[Math.Min(1, known.Count)..] : values, known, options);
    }

    static IEnumerable<string> OneHot(string[] categories, EncodeCategoricals.Options options) =>
        (options.DropFirst ? categories.Skip(1) : categories).Concat(options.Unknown == UnknownCategory.Infrequent ? [Infrequent(categories)] : []);

    // A category may be called so.
    static string Infrequent(string[] categories)
    {
        var name = "infrequent";
        while (categories.Contains(name))
        {
            name += "_";
        }

        return name;
    }

    static int[] Codes(Batch batch, string name, Categories known, UnknownCategory unknown, Verdicts verdicts)
    {
        var column = batch[name];
        var scratch = new byte[CellText.MaxLength];
        var codes = new int[batch.Rows];
        int? rule = null;
        for (var row = 0; row < codes.Length; row++)
        {
            if (!FeatureColumns.TryCategory(column, row, scratch, out var value))
            {
                codes[row] = Missing;
                continue;
            }

            codes[row] = known.Find(value) is var found and >= 0 ? found : Unknown;
            if (codes[row] == Unknown)
            {
                verdicts.Fail(rule ??= UnknownRule(verdicts, name, unknown), row);
            }
        }

        return codes;
    }

    static Batch Replace(Batch batch, string name, long[][] values, Categories? known, EncodeCategoricals.Options options)
    {
        var outputs = Fields(name, known, options).Zip(values, (field, column) => (field, (Column)new ValueColumn<long>(ColumnType.Int64, column))).ToArray();
        return FeatureColumns.Apply(batch, name, outputs, options.KeepColumns);
    }

    static long[][] NewColumns(int count, int rows) => [.. Enumerable.Range(0, count).Select(_ => new long[rows])];

    static Field Whole(string name) => new(name, ColumnType.Int64, Nullable: false);
}
