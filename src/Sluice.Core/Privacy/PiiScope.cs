using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Sluice.Privacy;

/// <summary>What is looked for.</summary>
public sealed class PiiScope
{
    bool? names;

    /// <summary>Everything, from the default confidence on.</summary>
    public static PiiScope Default { get; } = new();

    /// <summary>Least confidence of a finding, 0 to 1.</summary>
    public double MinConfidence { get; init; } = 0.5;

    /// <summary>Kinds to find; empty: all.</summary>
    public IReadOnlySet<string> Entities { get; init; } = new HashSet<string>();

    /// <summary>Countries whose identifiers are looked for, as ISO 3166 codes; empty: all.</summary>
    public IReadOnlySet<string> Countries { get; init; } = new HashSet<string>();

    /// <summary>Values that are not personal here, compared without case.</summary>
    public IReadOnlySet<string> Allow { get; init; } = new HashSet<string>();

    /// <summary>Whether the recognisers that come with Sluice look; otherwise only <see cref="Patterns"/> do.</summary>
    public bool BuiltIn { get; init; } = true;

    /// <summary>Whether every image counts, also where nothing says that it shows a person: a report counts them, an action must not destroy them.</summary>
    public bool CountsImages { get; init; }

    /// <summary>Own recognisers: kind, expression, confidence.</summary>
    public IReadOnlyList<(string Entity, Regex Pattern, double Confidence)> Patterns { get; init; } = [];

    // Asked for at every cell.
    internal bool Names => names ??= BuiltIn && (Entities.Count == 0 || Entities.Overlaps(["person", "location", "organization", "address"]));

    internal bool HasAllowList => Allow.Count > 0;

    internal bool Wants(string entity) => Entities.Count == 0 || Entities.Contains(entity);

    internal bool Wants(Recogniser recogniser) =>
        (Countries.Count == 0 || recogniser.Country is null || Countries.Contains(recogniser.Country))
        && (Wants(recogniser.Entity) || (recogniser.Entity == "date" && Wants("date_of_birth")));

    internal bool Allows(ReadOnlySpan<byte> value) => Allow.Contains(Encoding.UTF8.GetString(value).Trim().ToLowerInvariant());

    internal void Custom(ReadOnlySpan<byte> text, List<PiiSpan> spans)
    {
        if (Patterns.Count == 0)
        {
            return;
        }

        // What is not UTF-8 is read byte by byte, so that positions stay right.
        var encoding = Utf8.IsValid(text) ? Encoding.UTF8 : Encoding.Latin1;
        var chars = ArrayPool<char>.Shared.Rent(text.Length);
        ReadOnlySpan<char> decoded = chars.AsSpan(0, encoding.GetChars(text, chars));
        foreach (var (entity, pattern, confidence) in Patterns)
        {
            var (at, start) = (0, 0);
            foreach (var match in pattern.EnumerateMatches(decoded))
            {
                start += encoding.GetByteCount(decoded[at..match.Index]);
                at = match.Index;
                if (match.Length > 0)
                {
                    spans.Add(new PiiSpan(start, start + encoding.GetByteCount(decoded.Slice(at, match.Length)), entity, confidence));
                }
            }
        }

        ArrayPool<char>.Shared.Return(chars, clearArray: true);
    }
}
