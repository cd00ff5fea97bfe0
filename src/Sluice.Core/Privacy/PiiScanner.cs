using Sluice.Privacy.Names;

namespace Sluice.Privacy;

/// <summary>
/// Finds personal data in one cell of UTF-8 text: by shape and check digits in one walk over its bytes, then names, places and organisations by
/// what stands around them. Holds buffers, so each thread has its own; results depend on the cell, the column's name and the options alone.
/// </summary>
public sealed class PiiScanner
{
    const int WindowBytes = 80, WordsBefore = 6, WordsAfter = 3;
    const double ContextBonus = 0.35, LeastWithContext = 0.6;

    // A number without separators that some check digit happens to fit: one in ten or eleven does. Something else must speak for it.
    const double BareDigits = 0.45;
    const double Certain = 0.9;

    /// <summary>Confidence from which a finding counts when a column as a whole is judged.</summary>
    public const double Possible = 0.4;

    static readonly PatternMachine machine = new(Recogniser.All.Select((r, id) => (r.Pattern, id)));
    static readonly bool[] starts = Starts(machine);

    // Most identifiers have a digit, most words have none.
    static readonly PatternMachine wordMachine = new(Recogniser.All.Select((r, id) => (r.Pattern, id)).Where(p => machine.CanLackDigits(p.id)));
    static readonly bool[] wordStarts = Starts(wordMachine);

    readonly PiiScope scope;
    readonly List<(int Pattern, int End)> hits = [];
    readonly NameFinder names = new();

    public PiiScanner(PiiScope scope) => this.scope = scope;

    /// <summary>Every kind that can be found.</summary>
    public static IReadOnlyList<string> Entities { get; } =
        [.. Recogniser.All.Select(r => r.Entity).Concat(["email", "url", "phone", "ip_address", "date_of_birth", "person", "location", "organization", "address", Biometrics.Photo, Biometrics.Template, Biometrics.Image]).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Finds what is personal in a cell; spans are in order and do not overlap.</summary>
    /// <param name="text">The cell.</param>
    /// <param name="column">Its column.</param>
    /// <param name="spans">Cleared first.</param>
    public void Scan(ReadOnlySpan<byte> text, ColumnContext column, List<PiiSpan> spans)
    {
        spans.Clear();
        if (text.Length < 2)
        {
            return;
        }

        if (scope.BuiltIn && FindsImage(text, column, spans))
        {
            return;
        }

        if (scope.BuiltIn)
        {
            Addresses.Find(text, spans);
            Shapes(text, column, spans, stopsAtFirst: false);
        }

        if (scope.Names)
        {
            names.Find(text, column, spans);
        }

        scope.Custom(text, spans);
        Expect(column, spans);
        RemoveUnwanted(spans);
        if (spans.Count > 0 && scope.HasAllowList)
        {
            RemoveAllowed(text, spans);
        }

        Overlaps.Resolve(spans);
    }

    /// <summary>Whether <see cref="Scan"/> would find anything.</summary>
    /// <param name="text">The cell.</param>
    /// <param name="column">Its column.</param>
    /// <param name="spans">Room to work in.</param>
    public bool FindsAny(ReadOnlySpan<byte> text, ColumnContext column, List<PiiSpan> spans)
    {
        // What is found last can take nothing back, unless some values are allowed.
        if (!scope.BuiltIn || scope.Names || scope.HasAllowList || text.Length < 2)
        {
            Scan(text, column, spans);
            return spans.Count > 0;
        }

        spans.Clear();
        if (FindsImage(text, column, spans))
        {
            return true;
        }

        Addresses.Find(text, spans);
        if (AnyWanted(column, spans))
        {
            return true;
        }

        Shapes(text, column, spans, stopsAtFirst: true);
        scope.Custom(text, spans);
        return AnyWanted(column, spans);
    }

    // Such a cell is nothing else: what its code happens to look like means nothing.
    bool FindsImage(ReadOnlySpan<byte> text, ColumnContext column, List<PiiSpan> spans)
    {
        if (Biometrics.Find(text, column) is not var (entity, confidence) || !scope.Wants(entity))
        {
            return false;
        }

        confidence = entity == Biometrics.Image && scope.CountsImages ? LeastWithContext : confidence;
        if (confidence < scope.MinConfidence)
        {
            return false;
        }

        spans.Add(new PiiSpan(0, text.Length, entity, confidence));
        return true;
    }

    bool AnyWanted(ColumnContext column, List<PiiSpan> spans)
    {
        Expect(column, spans);
        RemoveUnwanted(spans);
        return spans.Count > 0;
    }

    // In a column that is known to hold a kind, what could be of it is.
    static void Expect(ColumnContext column, List<PiiSpan> spans)
    {
        for (var i = 0; i < spans.Count && column.Expected is not null; i++)
        {
            if (spans[i].Entity == column.Expected && spans[i].Confidence >= Possible)
            {
                spans[i] = spans[i] with { Confidence = Raised(spans[i].Confidence) };
            }
        }
    }

    void RemoveUnwanted(List<PiiSpan> spans)
    {
        for (var i = spans.Count - 1; i >= 0; i--)
        {
            if (spans[i].Confidence < scope.MinConfidence || !scope.Wants(spans[i].Entity))
            {
                spans.RemoveAt(i);
            }
        }
    }

    void RemoveAllowed(ReadOnlySpan<byte> text, List<PiiSpan> spans)
    {
        for (var i = spans.Count - 1; i >= 0; i--)
        {
            if (scope.Allows(text[spans[i].Start..spans[i].End]))
            {
                spans.RemoveAt(i);
            }
        }
    }

    void Shapes(ReadOnlySpan<byte> text, ColumnContext column, List<PiiSpan> spans, bool stopsAtFirst)
    {
        var hasDigits = text.IndexOfAnyInRange((byte)'0', (byte)'9') >= 0;
        var (patterns, first) = hasDigits ? (machine, starts) : (wordMachine, wordStarts);
        for (var i = 0; i < text.Length; i++)
        {
            if (stopsAtFirst && spans.Count > 0 && AnyWanted(column, spans))
            {
                return;
            }

            var value = text[i];
            if (value is (byte)'+' or (byte)'(' && i + 1 < text.Length && !Bytes.WordBefore(text, i) && Phones.TryRead(text, i, out var phone))
            {
                Add(text, phone, column, spans);
            }

            if (!first[value] || Bytes.WordBefore(text, i))
            {
                continue;
            }

            if (Bytes.IsDigit(value) && !(i > 0 && text[i - 1] is (byte)'+' or (byte)'(') && Phones.TryRead(text, i, out phone) && !FollowsDigit(text, i))
            {
                Add(text, phone, column, spans);
            }

            patterns.Match(text, i, hits);
            foreach (var (pattern, end) in hits)
            {
                Judge(text, i, end, Recogniser.All[pattern], column, spans);
            }
        }
    }

    static bool[] Starts(PatternMachine machine) => [.. Enumerable.Range(0, 256).Select(b => machine.Starts((byte)b))];

    static void Add(ReadOnlySpan<byte> text, PiiSpan phone, ColumnContext column, List<PiiSpan> spans)
    {
        var near = phone.Confidence < Certain && (column.Names("phone") || Near(text, phone.Start, phone.End, Phones.Context));
        spans.Add(near ? phone with { Confidence = Raised(phone.Confidence) } : phone);
    }

    void Judge(ReadOnlySpan<byte> text, int start, int end, Recogniser recogniser, ColumnContext column, List<PiiSpan> spans)
    {
        if (!scope.Wants(recogniser))
        {
            return;
        }

        var found = text[start..end];
        Span<byte> buffer = stackalloc byte[64];
        if ((!recogniser.InLongerNumber && InLongerNumber(text, start, end))
            || (recogniser.Whole is { } whole && !whole(found))
            || (recogniser.Check is { } check && !check(Bytes.Compact(found, buffer))))
        {
            return;
        }

        var bare = recogniser.Score < Certain && found.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
        var score = bare ? Math.Min(recogniser.Score, BareDigits) : recogniser.Score;
        var entity = recogniser.Entity;
        if (score < Certain && (column.Speaks(recogniser) || Near(text, start, end, recogniser)))
        {
            score = Raised(score);
        }

        if (entity == "date" && (column.Names("date_of_birth") || Near(text, start, end, DateOfBirth)))
        {
            (entity, score) = ("date_of_birth", 0.85);
        }

        spans.Add(new PiiSpan(start, end, entity, score));
    }

    static double Raised(double score) => Math.Min(1, Math.Max(score + ContextBonus, LeastWithContext));

    static readonly string[] DateOfBirth = ["born", "birth", "birthday", "birthdate", "dob", "geboren", "geburtsdatum", "nacimiento", "naissance"];

    // 2.123-45-6789 and 123-45-6789-1 are something else.
    static bool InLongerNumber(ReadOnlySpan<byte> text, int start, int end) =>
        (Bytes.IsDigit(text[start]) && FollowsDigit(text, start))
        || (end + 1 < text.Length && Bytes.IsDigit(text[end - 1]) && text[end] is (byte)'-' or (byte)'.' or (byte)'/' && Bytes.IsDigit(text[end + 1]));

    static bool FollowsDigit(ReadOnlySpan<byte> text, int start) =>
        start > 1 && text[start - 1] is (byte)'-' or (byte)'.' or (byte)'/' && Bytes.IsDigit(text[start - 2]);

    static bool Near(ReadOnlySpan<byte> text, int start, int end, Recogniser recogniser) => Near(text, start, end, recogniser, null);

    static bool Near(ReadOnlySpan<byte> text, int start, int end, IReadOnlyList<string> words) => Near(text, start, end, null, words);

    // A few words before and after, as many as a reader would look at.
    static bool Near(ReadOnlySpan<byte> text, int start, int end, Recogniser? recogniser, IReadOnlyList<string>? words)
    {
        var from = Math.Max(0, start - WindowBytes);
        var seen = 0;
        for (var i = start; i > from && seen < WordsBefore;)
        {
            var stop = Back(text, i, from, inWord: false);
            i = Back(text, stop, from, inWord: true);
            seen++;
            if (i < stop && Is(text[i..stop], recogniser, words))
            {
                return true;
            }
        }

        var to = Math.Min(text.Length, end + (WindowBytes / 2));
        seen = 0;
        for (var i = end; i < to && seen < WordsAfter; seen++)
        {
            while (i < to && !Bytes.InWord(text[i]))
            {
                i++;
            }

            var first = i;
            while (i < to && Bytes.InWord(text[i]))
            {
                i++;
            }

            if (i > first && Is(text[first..i], recogniser, words))
            {
                return true;
            }
        }

        return false;
    }

    static int Back(ReadOnlySpan<byte> text, int at, int from, bool inWord)
    {
        while (at > from && Bytes.InWord(text[at - 1]) == inWord)
        {
            at--;
        }

        return at;
    }

    static bool Is(ReadOnlySpan<byte> word, Recogniser? recogniser, IReadOnlyList<string>? words)
    {
        Span<char> buffer = stackalloc char[64];
        var lower = Bytes.Lower(word, buffer);
        if (recogniser is not null)
        {
            return recogniser.HasContext(lower);
        }

        for (var i = 0; i < words!.Count; i++)
        {
            if (lower.SequenceEqual(words[i]))
            {
                return true;
            }
        }

        return false;
    }
}
