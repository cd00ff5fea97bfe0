using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Privacy;

public sealed partial class PiiDetection
{
    /// <summary>What evidence of personal data starts with; the value of such a row is never shown beside it.</summary>
    public const string Reason = "pii_";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var report = fitted.As<PiiReport>();
        var key = NeedsKey ? PiiKey.Read(options.Key!) : null;
        if (key?.Check != report.KeyCheck)
        {
            throw new DataException($"The key in '{options.Key}' is not the one this run began with. Put it back, or start the run again.");
        }

        using var actions = new PiiActions(key);
        var scanner = new PiiScanner(Scope(options.MinConfidence));
        var result = batch;
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            var field = batch.Schema[i];
            if (!choice.Has(field))
            {
                continue;
            }

            var expected = report.Columns.FirstOrDefault(c => c.Column == field.Name)?.Entity;
            var context = new ColumnContext(field.Name) { Expected = expected };
            var column = batch[i] is TextColumn text
                ? Change(text, field.Name, context, scanner, actions, verdicts)
                : Clear(batch[i], field.Name, context, scanner, verdicts);
            result = ReferenceEquals(column, batch[i]) ? result : result.With(field, column);
        }

        return result;
    }

    static void Observe(Column column, string name, PiiScanner scanner, double minConfidence, PiiColumnState state)
    {
        var context = new ColumnContext(name);
        var spans = new List<PiiSpan>();
        var (sure, maybe) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var row = 0; row < column.Rows; row++)
        {
            if (column.IsNull(row))
            {
                continue;
            }

            sure.Clear();
            maybe.Clear();
            scanner.Scan(Text(column, row), context, spans);
            foreach (var span in spans)
            {
                maybe.Add(span.Entity);
                if (span.Confidence >= minConfidence)
                {
                    sure.Add(span.Entity);
                }
            }

            state.Add(sure, maybe);
        }
    }

    static ReadOnlySpan<byte> Text(Column column, int row) => column is TextColumn text ? text[row] : System.Text.Encoding.UTF8.GetBytes(column.Display(row));

    PiiAction ActionOf(string entity) => options.Actions.TryGetValue(entity, out var own) ? own : options.Action;

    TextColumn Change(TextColumn column, string name, ColumnContext context, PiiScanner scanner, PiiActions actions, Verdicts verdicts)
    {
        var spans = new List<PiiSpan>();
        var written = new PooledText();
        var changes = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var builder = new TextBuilder(column.Rows, column.Bytes.Length);
        for (var row = 0; row < column.Rows; row++)
        {
            if (column.IsNull(row))
            {
                builder.AppendNull();
                continue;
            }

            var cell = column[row];
            scanner.Scan(cell, context, spans);
            if (spans.Count == 0)
            {
                builder.Append(cell);
                continue;
            }

            Report(spans, name, row, verdicts);
            Write(cell, spans, actions, written, changes);
            if (written.Length == 0)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(written.Written);
            }
        }

        foreach (var (action, cells) in changes)
        {
            verdicts.Change(action, name, cells);
        }

        return changes.Count == 0 ? column : builder.Build();
    }

    void Write(ReadOnlySpan<byte> cell, List<PiiSpan> spans, PiiActions actions, PooledText written, SortedDictionary<string, long> changes)
    {
        written.Clear();
        var at = 0;
        PiiAction? last = null;
        foreach (var span in spans)
        {
            var action = ActionOf(span.Entity);
            written.Append(cell[at..span.Start]);
            actions.Write(action, span.Entity, cell[span.Start..span.End], written);
            at = span.End;
            if (action != PiiAction.Flag && action != last)
            {
                var name = "pii_" + action.ToString().ToLowerInvariant();
                changes[name] = changes.GetValueOrDefault(name) + 1;
                last = action;
            }
        }

        written.Append(cell[at..]);
    }

    static void Report(List<PiiSpan> spans, string column, int row, Verdicts verdicts)
    {
        for (var i = 0; i < spans.Count; i++)
        {
            // A kind that occurs twice in a cell is one failure of one rule.
            if (spans.FindIndex(span => span.Entity == spans[i].Entity) == i)
            {
                verdicts.Fail(verdicts.Rule(Reason + spans[i].Entity, column, Severity.Critical), row);
            }
        }
    }

    // A number or a date has no masked form. So it becomes missing, and only where the whole column holds that kind: any number fits some check digit.
    Column Clear(Column column, string name, ColumnContext context, PiiScanner scanner, Verdicts verdicts)
    {
        if (context.Expected is not { } entity)
        {
            return column;
        }

        var rows = new List<int>();
        var spans = new List<PiiSpan>();
        for (var row = 0; row < column.Rows; row++)
        {
            if (!column.IsNull(row))
            {
                scanner.Scan(Text(column, row), context, spans);
                if (spans.Exists(span => span.Entity == entity))
                {
                    verdicts.Fail(verdicts.Rule(Reason + entity, name, Severity.Critical), row);
                    rows.Add(row);
                }
            }
        }

        if (ActionOf(entity) == PiiAction.Flag || rows.Count == 0)
        {
            return column;
        }

        verdicts.Change("pii_remove", name, rows.Count);
        return column is ValueColumn<long> numbers ? ValueColumns.WithNulls(numbers, rows) : ValueColumns.WithNulls((ValueColumn<int>)column, rows);
    }
}
