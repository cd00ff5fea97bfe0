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
        var columns = new List<string>();
        for (var i = 0; i < seen.Schema.Count; i++)
        {
            exposed += counts[i];
            columns.AddRange(counts[i] > 0 ? [seen.Schema[i].Name] : []);
            texts += seen.Schema[i].Type == ColumnType.Text ? seen.Columns[i].Present : 0;
        }

        return new CheckFit([new CheckResult(Exposed, null, Severity.Critical, exposed, texts, "cells")], columns.Count == 0 ? null : columns);
    }

    public override void Apply(Judged judged)
    {
        // Columns without any are not read again.
        foreach (var name in (judged.Learned<string[]>() ?? []).Where(judged.Batch.Schema.Has))
        {
            judged.Fail(Exposed, name, Severity.Critical, Rows(judged.Batch[name], name));
        }
    }

    static List<int> Rows(Column column, string name)
    {
        var rows = new List<int>();
        if (column is TextColumn text)
        {
            var judge = new Judge(name);
            for (var row = 0; row < text.Rows; row++)
            {
                if (!text.IsNull(row) && judge.Exposes(text[row]))
                {
                    rows.Add(row);
                }
            }
        }

        return rows;
    }

    /// <summary>Judges the cells of one column. Categories and the like come again and again: what was said of them is remembered.</summary>
    sealed class Judge(string column)
    {
        const int MaxBytes = 32, MaxKnown = 1_024;

        readonly PiiScanner scanner = new(scope);
        readonly ColumnContext context = new(column);
        readonly List<PiiSpan> spans = [];
        readonly Dictionary<ulong, bool> known = [];
        int repeats;

        public bool Exposes(ReadOnlySpan<byte> value)
        {
            // A column of ever new values has nothing to remember.
            if (value.Length > MaxBytes || (known.Count == MaxKnown && repeats < MaxKnown))
            {
                return Scan(value);
            }

            var hash = RowHash.Bytes(value);
            if (known.TryGetValue(hash, out var exposes))
            {
                repeats++;
                return exposes;
            }

            exposes = Scan(value);
            if (known.Count < MaxKnown)
            {
                known[hash] = exposes;
            }

            return exposes;
        }

        bool Scan(ReadOnlySpan<byte> value) => scanner.FindsAny(value, context, spans);
    }
}
