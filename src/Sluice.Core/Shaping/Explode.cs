using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using Sluice.Schemas;
using Sluice.Steps;

namespace Sluice.Shaping;

/// <summary>
/// Makes a row of every item of a list: a JSON array, or text with a separator. The first item takes the row's own place, the others are rows made of it
/// (<c>items</c>), beside it and in the order of the list. A row whose text is no list is rejected as <c>not_a_list</c>.
/// </summary>
[Step("explode", Aliases = ["unnest"])]
public sealed class Explode(Explode.Options options) : Step
{
    public sealed record Options
    {
        /// <summary>Text column that holds the lists; it gets the items.</summary>
        [Required]
        public required string Column { get; init; }

        /// <summary>Text between items, whose blanks at both ends are removed. Default: none; then lists are JSON arrays, and items that are not text stay JSON.</summary>
        [MinLength(1)]
        public string? Separator { get; init; }

        /// <summary>Column that gets the number of the item in its list, from 1. Default: none.</summary>
        public string? IndexColumn { get; init; }

        /// <summary>Whether a row without a list, or with an empty one, stays as one row without an item; otherwise it is rejected as <c>no_items</c>. Default: true.</summary>
        public bool KeepEmpty { get; init; } = true;

        /// <summary>Items that a list may have; a row with more is rejected as <c>too_many_items</c>. Default: 10000.</summary>
        [Range(1, 1_000_000)]
        public int MaxItems { get; init; } = 10_000;
    }

    public override Schema Plan(Schema input, StepProblems problems)
    {
        if (!problems.Column(input, "column", options.Column))
        {
            return input;
        }

        var field = input[options.Column];
        if (field.Type != ColumnType.Text && !Unify.IsOpen(field))
        {
            problems.Add("column", $"Column '{field.Name}' is {field.Type.ToString().ToLowerInvariant()}; expected text that holds lists.");
        }

        var output = input.With(new Field(options.Column, ColumnType.Text));
        if (options.IndexColumn is not { } index)
        {
            return output;
        }

        if (input.Has(index))
        {
            problems.Add("index_column", $"Column '{index}' is there already. Choose another name.");
        }

        return output.With(new Field(index, ColumnType.Int64));
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => StepEffects.Names(wanted.Where(input.Has).Append(options.Column));

    public override StepEffects? Effects(Schema input) => new()
    {
        Reads = StepEffects.Names([options.Column]),
        Writes = StepEffects.Names(options.IndexColumn is { } index ? [options.Column, index] : [options.Column]),
        Cost = 20,
    };

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var (rows, items, numbers) = (new List<int>(batch.Rows), new TextBuilder(batch.Rows), new ValueBuilder<long>(ColumnType.Int64, batch.Rows));
        var texts = batch[options.Column] as TextColumn;
        for (var row = 0; row < batch.Rows; row++)
        {
            if (texts is not null && !texts.IsNull(row))
            {
                Add(texts[row], row);
            }
            else
            {
                AddNone(row);
            }
        }

        var result = batch.Take(rows.ToArray()).With(new Field(options.Column, ColumnType.Text), items.Build());
        return options.IndexColumn is { } index ? result.With(new Field(index, ColumnType.Int64), numbers.Build()) : result;

        void Add(ReadOnlySpan<byte> text, int row)
        {
            var found = options.Separator is null ? OfJson(text) : OfText(text);
            if (found is null)
            {
                verdicts.Fail(verdicts.Rule("not_a_list", options.Column, Severity.Medium, rejects: true), row);
            }
            else if (found.Count > options.MaxItems)
            {
                verdicts.Fail(verdicts.Rule("too_many_items", options.Column, Severity.Medium, rejects: true), row);
            }
            else if (found.Count == 0)
            {
                AddNone(row);
            }
            else
            {
                for (var i = 0; i < found.Count; i++)
                {
                    rows.Add(row);
                    numbers.Append(i + 1);
                    Append(found[i]);
                }

                verdicts.Make("items", found.Count - 1);
            }
        }

        void AddNone(int row)
        {
            if (!options.KeepEmpty)
            {
                verdicts.Fail(verdicts.Rule("no_items", options.Column, Severity.Low, rejects: true), row);
                return;
            }

            rows.Add(row);
            items.AppendNull();
            numbers.AppendNull();
        }

        void Append(byte[]? item)
        {
            if (item is null)
            {
                items.AppendNull();
            }
            else
            {
                items.Append(item);
            }
        }
    }

    List<byte[]?> OfText(ReadOnlySpan<byte> text)
    {
        var items = new List<byte[]?>();
        var separator = Encoding.UTF8.GetBytes(options.Separator!);
        while (items.Count <= options.MaxItems)
        {
            var at = text.IndexOf(separator);
            items.Add(Cleaning.Utf8Text.Trim(at < 0 ? text : text[..at]).ToArray());
            if (at < 0)
            {
                break;
            }

            text = text[(at + separator.Length)..];
        }

        return items is [{ Length: 0 }] ? [] : items;
    }

    static List<byte[]?>? OfJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Array && !reader.Read() ? [.. document.RootElement.EnumerateArray().Select(Bytes)] : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static byte[]? Bytes(JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => Encoding.UTF8.GetBytes(item.GetString()!),
        _ => Encoding.UTF8.GetBytes(item.GetRawText()),
    };
}
