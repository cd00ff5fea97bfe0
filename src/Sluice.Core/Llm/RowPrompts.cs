using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Llm.RowSets;
using Sluice.Privacy;

namespace Sluice.Llm;

/// <summary>Rows of a batch as they are sent: JSON objects of the chosen columns, with personal data treated as the policy says.</summary>
sealed class RowPrompts
{
    /// <summary>Stands for a row with nothing to send.</summary>
    public static readonly RowKey Empty = new(0, 1);

    /// <summary>Stands for a row that the policy does not let out.</summary>
    public static readonly RowKey Denied = new(0, 2);

    /// <summary>Stands for a row that there is nothing to ask for.</summary>
    public static readonly RowKey NotAsked = new(0, 3);

    static readonly IReadOnlySet<string> usualKinds = PiiScanner.Entities.Except(["organization", "location"]).ToHashSet(StringComparer.Ordinal);

    readonly Batch batch;
    readonly IReadOnlyList<string> columns;
    readonly ColumnContext[] contexts;
    readonly PiiPolicy policy;
    readonly bool[]? asked;
    readonly Redactor redactor;
    readonly RedactedSet set;
    readonly TextLimit? limit;
    readonly PooledText shortened = new();
    readonly List<string> cut = [];

    public RowPrompts(Batch batch, IReadOnlyList<string> columns, AskOptions options, bool[]? asked, TextLimit? limit = null)
    {
        this.limit = limit;
        (this.batch, this.columns, policy, this.asked) = (batch, columns, options.Pii, asked);
        contexts = [.. columns.Select(c => new ColumnContext(c))];
        var kinds = options.PiiEntities.Count > 0 ? options.PiiEntities.ToHashSet(StringComparer.Ordinal) : usualKinds;
        redactor = new Redactor(new PiiScanner(new PiiScope { Entities = kinds }));
        set = new RedactedSet(redactor, policy);
    }

    /// <summary>Personal data that was found in rows so far, by kind: how much, never what.</summary>
    public SortedDictionary<string, long> Found => redactor.Found;

    /// <summary>Whether a row's key stands for no question.</summary>
    public static bool IsNoQuestion(RowKey key) => key.High == 0 && key.Low <= NotAsked.Low;

    /// <summary>The key of each row's answer.</summary>
    public RowKey[] Keys(Question question)
    {
        var keys = new RowKey[batch.Rows];
        var buffer = new ArrayBufferWriter<byte>();
        for (var row = 0; row < keys.Length; row++)
        {
            buffer.ResetWrittenCount();
            keys[row] = KeyOf(row, question, buffer);
        }

        return keys;
    }

    /// <summary>Rows to ask for, written.</summary>
    public IEnumerable<AskedRow> Of(Question question, IEnumerable<int> rows)
    {
        foreach (var row in rows)
        {
            var buffer = new ArrayBufferWriter<byte>();
            yield return new AskedRow(row, KeyOf(row, question, buffer), buffer.WrittenMemory);
        }
    }

    /// <summary>Columns of a row whose texts are too long, and so not sent whole.</summary>
    public IReadOnlyList<string> CutIn(int row)
    {
        Write(row, new ArrayBufferWriter<byte>());
        return cut;
    }

    RowKey KeyOf(int row, Question question, ArrayBufferWriter<byte> into)
    {
        if (asked?[row] == false)
        {
            return NotAsked;
        }

        if (columns.All(c => batch[c].IsNull(row) || (c == RowSet.Column && RowSet.IsEmpty(((TextColumn)batch[c])[row]))))
        {
            return Empty;
        }

        var personal = Write(row, into);
        return personal && policy == PiiPolicy.Deny ? Denied : question.KeyOf(into.WrittenSpan);
    }

    bool Write(int row, ArrayBufferWriter<byte> into)
    {
        var personal = false;
        cut.Clear();
        using var writer = new Utf8JsonWriter(into, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        for (var i = 0; i < columns.Count; i++)
        {
            var column = batch[columns[i]];
            writer.WritePropertyName(columns[i]);
            if (column.IsNull(row))
            {
                writer.WriteNullValue();
                continue;
            }

            if (columns[i] == RowSet.Column)
            {
                personal |= set.Write(writer, ((TextColumn)column)[row]);
                continue;
            }

            var text = column is TextColumn texts ? texts[row] : Encoding.UTF8.GetBytes(column.Display(row));

            // What is allowed is counted too: the audit says what left the house.
            var found = column.Type is not (ColumnType.Float64 or ColumnType.Boolean) && redactor.Redact(text, contexts[i], numbered: false);
            personal |= found;
            var isMasked = found && policy != PiiPolicy.Allow;
            if (column is TextColumn && limit?.Shorten(isMasked ? redactor.Written : text, shortened) == true)
            {
                cut.Add(columns[i]);
                writer.WriteStringValue(shortened.Written);
            }
            else if (isMasked)
            {
                writer.WriteStringValue(redactor.Written);
            }
            else
            {
                RowSet.WriteCell(writer, column, row);
            }
        }

        writer.WriteEndObject();
        return personal;
    }
}
