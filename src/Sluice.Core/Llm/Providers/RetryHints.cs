using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Llm.Providers;

/// <summary>When a provider wants to be asked again, as its headers say.</summary>
public static partial class RetryHints
{
    /// <summary>Time to wait; null: the service does not say.</summary>
    /// <param name="header">A header's value by its name, or null.</param>
    /// <param name="now">The time.</param>
    public static TimeSpan? After(Func<string, string?> header, DateTimeOffset now)
    {
        if (double.TryParse(header("retry-after-ms"), NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is >= 0 and < 1e9)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        if (header("retry-after") is { } after && (Seconds(after) ?? Until(after, now)) is { } time)
        {
            return time;
        }

        // OpenAI and Azure say how long it takes, Anthropic says when, and only the budget that is used up has to be waited for.
        return Reset("x-ratelimit-remaining-{0}", "x-ratelimit-reset-{0}", header, now) ?? Reset("anthropic-ratelimit-{0}-remaining", "anthropic-ratelimit-{0}-reset", header, now);
    }

    static TimeSpan? Reset(string remaining, string reset, Func<string, string?> header, DateTimeOffset now)
    {
        TimeSpan? longest = null;
        foreach (var kind in new[] { "requests", "tokens", "input-tokens", "output-tokens" })
        {
            var isUsedUp = header(string.Format(CultureInfo.InvariantCulture, remaining, kind)) is null or "0";
            if (isUsedUp && header(string.Format(CultureInfo.InvariantCulture, reset, kind)) is { } text
                && (Seconds(text) ?? Duration(text) ?? Until(text, now)) is { } time && !(time <= longest))
            {
                longest = time;
            }
        }

        return longest;
    }

    static TimeSpan? Seconds(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e6 ? TimeSpan.FromSeconds(seconds) : null;

    // "6m0s", "1.5s", "80ms".
    static TimeSpan? Duration(string text)
    {
        var match = DurationForm.Match(text);
        return !match.Success || text.Length == 0
            ? null
            : TimeSpan.FromHours(Part(match, "h")) + TimeSpan.FromMinutes(Part(match, "m")) + TimeSpan.FromSeconds(Part(match, "s")) + TimeSpan.FromMilliseconds(Part(match, "ms"));
    }

    static double Part(Match match, string name) => match.Groups[name] is { Success: true } group ? double.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    static TimeSpan? Until(string text, DateTimeOffset now) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? (at > now ? at - now : TimeSpan.Zero) : null;

    [GeneratedRegex(@"^((?<h>\d{1,6}(\.\d{1,9})?)h)?((?<m>\d{1,6}(\.\d{1,9})?)m(?!s))?((?<s>\d{1,9}(\.\d{1,9})?)s)?((?<ms>\d{1,9}(\.\d{1,9})?)ms)?$", RegexOptions.CultureInvariant)]
    static partial Regex DurationForm { get; }
}
