using System.Text;
using System.Text.Json.Nodes;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>
/// Text written otherwise than the rest of its column. Counted in cells, of the text cells present; severity medium. A cell fails when
/// <list type="bullet">
/// <item>its <see cref="Shape"/> is not that of its column. A column has a shape when 80 % of its values share it and it is one of codes, telephone numbers,
/// e-mail addresses, dates; for a column of dates half is enough, because dates in two formats are wrong whichever of them is meant;</item>
/// <item>it differs from a more frequent value of the column only in case, white space, or how a street address is written (12 Main St., 12 Main Street). Judged where a column has at most 200 different values.</item>
/// </list>
/// </summary>
[Check("inconsistent_formats", 5)]
sealed class InconsistentFormats : Check
{
    const string Reason = "inconsistent_format";
    const int MostShapes = 200;
    const double Shared = 0.8, SharedByDates = 0.5;

    readonly CellKinds kinds = new(CellKinds.DefaultTokens);

    public override IReadOnlyList<string> Reasons => [Reason];

    public override State NewState(Schema schema) => new Shapes(schema);

    public override void Observe(Batch batch, State state)
    {
        Span<byte> buffer = stackalloc byte[Shape.MaxBytes];
        foreach (var (field, shapes) in ((Shapes)state).Columns)
        {
            var text = (TextColumn)batch[field];
            for (var row = 0; row < text.Rows && !shapes.IsOver; row++)
            {
                if (!text.IsNull(row) && Shape.Of(text[row], kinds, buffer) is { IsEmpty: false } shape)
                {
                    shapes.Add(shape);
                }
            }
        }
    }

    public override CheckFit Fit(Seen seen)
    {
        var formats = new List<Format>();
        long issues = 0, present = 0;
        foreach (var (name, shapes) in ((Shapes)seen.State!).Columns)
        {
            var column = seen.Columns[seen.Schema.IndexOf(name)];
            present += column.Present;
            List<string> texts = [.. column.Values.Top(int.MaxValue).Select(v => Encoding.UTF8.GetString(v.Value))];
            var country = PostalAddress.CountryOf(texts);
            var format = new Format(name, ShapeOf(shapes, seen.IsTime(name)), Variants(texts, country), country);
            if (format.Shape is null && format.Variants.Count == 0)
            {
                continue;
            }

            var judge = new Judge(format, kinds);
            issues += column.Values.IsOver
                ? shapes.Top(MostShapes).Where(s => Encoding.UTF8.GetString(s.Value) != format.Shape).Sum(s => s.Count)
                : column.Values.Top(int.MaxValue).Where(v => judge.Fails(v.Value)).Sum(v => v.Count);
            formats.Add(format);
        }

        return new CheckFit([new CheckResult(Reason, null, Severity.Medium, issues, present, "cells")], formats.Count == 0 ? null : formats);
    }

    public override void Apply(Judged judged)
    {
        foreach (var format in judged.Learned<Format[]>() ?? [])
        {
            if (judged.Batch.Schema.Has(format.Column) && judged.Batch[format.Column] is TextColumn text)
            {
                var judge = new Judge(format, kinds);
                var rows = new List<int>();
                for (var row = 0; row < text.Rows; row++)
                {
                    if (!text.IsNull(row) && judge.Fails(text[row]))
                    {
                        rows.Add(row);
                    }
                }

                judged.Fail(Reason, format.Column, Severity.Medium, rows);
            }
        }
    }

    public override IEnumerable<Suggestion> Suggest(QualityReport report)
    {
        foreach (var format in report.LearnedBy<Format[]>("inconsistent_formats") ?? [])
        {
            if (format.Shape is { } shape)
            {
                yield return new Suggestion(Reason, format.Column, $"write all values alike; most look like {shape}", null);
            }

            if (format.Variants.Count > 0)
            {
                var how = format.Variants.Count == 1 ? "value differs" : "values differ";
                var text = $"{format.Variants.Count:N0} {how} from a more frequent one only in case, white space or abbreviations of an address, for example '{format.Variants[0]}'";
                yield return new Suggestion(Reason, format.Column, text, format.Country is { } country
                    ? Step("standardize_formats", new JsonObject { ["addresses"] = new JsonObject { [format.Column] = country } })
                    : Step("data_cleaning", new JsonObject { ["operations"] = new JsonArray("strip_whitespace", "standardize_case"), ["columns"] = new JsonArray(format.Column) }));
            }
        }
    }

    static JsonObject Step(string type, JsonObject config) => new() { ["type"] = type, ["config"] = config };

    /// <summary>The shape that a column's values should have; null when they may have any.</summary>
    static string? ShapeOf(TopValues shapes, bool dates)
    {
        if (shapes.Top(2) is not [var (shape, count), _])
        {
            return null;
        }

        var all = shapes.Top(int.MaxValue).Sum(s => s.Count);
        return Shape.IsCoded(shape) && (dates || !Shape.HasWords(shape)) && count >= all * (dates ? SharedByDates : Shared) ? Encoding.UTF8.GetString(shape) : null;
    }

    /// <summary>Values that a more frequent one equals but for case, white space and the way of writing an address; of equally frequent ones the first in byte order stands.</summary>
    static List<string> Variants(List<string> texts, string? country)
    {
        var standing = new HashSet<string>(StringComparer.Ordinal);
        return [.. texts.Where(text => !standing.Add(Folded(text, country)))];
    }

    static string Folded(string text, string? country) =>
        ((country is null ? null : PostalAddress.Standard(text, country)) ?? string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).ToUpperInvariant();

    /// <summary>How a column is written.</summary>
    /// <param name="Column">The column.</param>
    /// <param name="Shape">Shape of its values, or null.</param>
    /// <param name="Variants">Values that are another one in other case or white space.</param>
    /// <param name="Country">Whose street addresses its values are, where they are.</param>
    internal sealed record Format(string Column, string? Shape, IReadOnlyList<string> Variants, string? Country);

    sealed class Judge(Format format, CellKinds kinds)
    {
        readonly byte[]? shape = format.Shape is null ? null : Encoding.UTF8.GetBytes(format.Shape);
        readonly Dictionary<ulong, byte[]> variants = format.Variants.Select(Encoding.UTF8.GetBytes).DistinctBy(v => RowHash.Bytes(v)).ToDictionary(v => RowHash.Bytes(v));
        readonly byte[] buffer = new byte[Quality.Shape.MaxBytes];

        public bool Fails(ReadOnlySpan<byte> value) =>
            (variants.Count > 0 && variants.TryGetValue(RowHash.Bytes(value), out var variant) && value.SequenceEqual(variant))
            || (shape is not null && Quality.Shape.Of(value, kinds, buffer) is { IsEmpty: false } found && !found.SequenceEqual(shape));
    }

    /// <summary>Shapes of every text column.</summary>
    sealed class Shapes(Schema schema) : State
    {
        public IReadOnlyList<(string Column, TopValues Shapes)> Columns { get; } =
            [.. schema.Where(f => f.Type == ColumnType.Text && f.Format != "json").Select(f => (f.Name, new TopValues(MostShapes, Shape.MaxBytes)))];

        public override void Merge(State other)
        {
            foreach (var (mine, theirs) in Columns.Zip(((Shapes)other).Columns))
            {
                mine.Shapes.Merge(theirs.Shapes);
            }
        }

        public override void Write(BinaryWriter writer)
        {
            foreach (var column in Columns)
            {
                column.Shapes.Write(writer);
            }
        }

        public override void Read(BinaryReader reader)
        {
            foreach (var column in Columns)
            {
                column.Shapes.Read(reader);
            }
        }
    }
}
