using System.ComponentModel.DataAnnotations;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Privacy;

/// <summary>Gives back what <c>pii_detection</c> encrypted, with the same key. What the key does not fit stays as it is, with evidence.</summary>
[Step("pii_decrypt")]
public sealed class PiiDecrypt(PiiDecrypt.Options options) : Step
{
    readonly ColumnChoice choice = new(options.Columns, ColumnChoice.IsText, "text");

    public sealed record Options
    {
        /// <summary>Columns to decrypt. Default: all text columns.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary>Where the key is: <c>env:NAME</c> or <c>file:PATH</c>. Never the key itself.</summary>
        [Required]
        public required string Key { get; init; }
    }

    public override Schema Plan(Schema input, StepProblems problems)
    {
        choice.Plan(input, problems);
        if (PiiKey.Problem(options.Key) is { } problem)
        {
            problems.Add("key", problem);
        }

        return input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        using var cipher = new PiiCipher(PiiKey.Read(options.Key));
        var result = batch;
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            if (choice.Has(batch.Schema[i]) && batch[i] is TextColumn text)
            {
                var name = batch.Schema[i].Name;
                var (column, opened, failed) = Decrypt(text, cipher);
                failed.ForEach(row => verdicts.Fail(verdicts.Rule("not_decrypted", name, Severity.High), row));
                verdicts.Change("pii_decrypt", name, opened);
                result = opened == 0 ? result : result.With(batch.Schema[i], column);
            }
        }

        return result;
    }

    static (TextColumn Column, long Opened, List<int> Failed) Decrypt(TextColumn text, PiiCipher cipher)
    {
        var builder = new TextBuilder(text.Rows, text.Bytes.Length);
        var written = new PooledText();
        var failed = new List<int>();
        long opened = 0;
        for (var row = 0; row < text.Rows; row++)
        {
            if (text.IsNull(row))
            {
                builder.AppendNull();
                continue;
            }

            var cell = text[row];
            var (any, wrong) = (false, false);
            written.Clear();
            while (cell.IndexOf(PiiCipher.Mark) is var at && at >= 0)
            {
                written.Append(cell[..at]);
                var good = cipher.TryDecrypt(cell[at..], out var value, out var length);
                written.Append(good ? value : PiiCipher.Mark);
                cell = cell[(at + (good ? length : PiiCipher.Mark.Length))..];
                any |= good;
                wrong |= !good;
            }

            written.Append(cell);
            builder.Append(written.Written);
            opened += any ? 1 : 0;
            if (wrong)
            {
                failed.Add(row);
            }
        }

        return (builder.Build(), opened, failed);
    }
}
