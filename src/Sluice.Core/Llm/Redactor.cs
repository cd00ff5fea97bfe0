using System.Text;
using Sluice.Privacy;

namespace Sluice.Llm;

/// <summary>Writes a text with what is personal replaced by its kind, and counts what it found: how much, never what.</summary>
sealed class Redactor(PiiScanner scanner)
{
    readonly Dictionary<(string Entity, string Value), int> numbers = [];
    readonly List<PiiSpan> spans = [];
    readonly PooledText redacted = new();

    /// <summary>Pieces of personal data found so far, by kind.</summary>
    public SortedDictionary<string, long> Found { get; } = new(StringComparer.Ordinal);

    /// <summary>The last text, redacted.</summary>
    public ReadOnlySpan<byte> Written => redacted.Written;

    /// <summary>Numbers begin again, as they do for each question.</summary>
    public void StartNumbers() => numbers.Clear();

    /// <param name="text">UTF-8.</param>
    /// <param name="context">What its column's name says.</param>
    /// <param name="numbered">Whether values are told apart: <c>&lt;EMAIL_1&gt;</c>, equal ones with equal numbers; else <c>&lt;EMAIL&gt;</c>.</param>
    /// <returns>Whether there was personal data.</returns>
    public bool Redact(ReadOnlySpan<byte> text, ColumnContext context, bool numbered)
    {
        scanner.Scan(text, context, spans);
        redacted.Clear();
        var at = 0;
        foreach (var span in spans)
        {
            var kind = span.Entity.ToUpperInvariant();
            redacted.Append(text[at..span.Start]);
            redacted.Append(numbered ? $"<{kind}_{Number(span.Entity, text[span.Start..span.End])}>" : $"<{kind}>");
            at = span.End;
            Found[span.Entity] = Found.GetValueOrDefault(span.Entity) + 1;
        }

        redacted.Append(text[at..]);
        return spans.Count > 0;
    }

    // Case and blanks around make no other person.
    int Number(string entity, ReadOnlySpan<byte> value)
    {
        var key = (entity, Encoding.UTF8.GetString(value).Trim().ToUpperInvariant());
        return numbers.TryGetValue(key, out var known) ? known : numbers[key] = numbers.Keys.Count(k => k.Entity == entity) + 1;
    }
}
