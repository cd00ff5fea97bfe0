using Sluice.Privacy;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>
/// Personal data in the open. <c>pii_exposed</c>: cells with an e-mail address, phone number, card, account, address of a machine, secret or identity number of
/// some country, with its check digits where it has any; of the text cells present; severity critical. Names, places, organisations and plain dates alone are
/// not counted: the step <c>pii_detection</c> looks for those too. Evidence names row and column, never the value.
/// </summary>
[Check("pii", 7)]
sealed class PersonalData : Check
{
    const string Exposed = PiiDetection.Reason + "exposed";

    static readonly PiiScope scope = new()
    {
        Entities = PiiScanner.Entities.Except(["person", "location", "organization", "address", "date", "url", "domain"]).ToHashSet(StringComparer.Ordinal),
    };

    public override IReadOnlyList<string> Reasons => [Exposed];

    public override State NewState(Schema schema) => new Counters(schema.Count);

    public override void Observe(Batch batch, State state)
    {
        var counts = (Counters)state;
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            counts[i] += Rows(batch[i], batch.Schema[i].Name).Count;
        }
    }

    public override CheckFit Fit(Seen seen)
    {
        var counts = (Counters)seen.State!;
        long exposed = 0, texts = 0;
        for (var i = 0; i < seen.Schema.Count; i++)
        {
            exposed += counts[i];
            texts += seen.Schema[i].Type == ColumnType.Text ? seen.Columns[i].Present : 0;
        }

        return new CheckFit([new CheckResult(Exposed, null, Severity.Critical, exposed, texts, "cells")]);
    }

    public override void Apply(Judged judged)
    {
        for (var i = 0; i < judged.Batch.Schema.Count; i++)
        {
            var name = judged.Batch.Schema[i].Name;
            judged.Fail(Exposed, name, Severity.Critical, Rows(judged.Batch[i], name));
        }
    }

    static List<int> Rows(Column column, string name)
    {
        var rows = new List<int>();
        if (column is TextColumn text)
        {
            var scanner = new PiiScanner(scope);
            var context = new ColumnContext(name);
            var spans = new List<PiiSpan>();
            for (var row = 0; row < text.Rows; row++)
            {
                if (!text.IsNull(row))
                {
                    scanner.Scan(text[row], context, spans);
                    if (spans.Count > 0)
                    {
                        rows.Add(row);
                    }
                }
            }
        }

        return rows;
    }
}
