using System.Globalization;

namespace Sluice.Embedded;

/// <summary>When a timer is due, in UTC.</summary>
abstract class Schedule
{
    /// <summary>The first due time after <paramref name="after"/>.</summary>
    internal abstract DateTime Next(DateTime after);

    /// <summary>True when two due times can lie less than a minute apart; Azure does not remember the last run of such a timer.</summary>
    internal abstract bool IsFrequent { get; }

    /// <exception cref="NotSupportedException">It is neither NCRONTAB nor a time span, or it is never due.</exception>
    internal static Schedule Parse(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval) && interval >= TimeSpan.FromSeconds(1)
                ? new Interval(interval)
                : throw new NotSupportedException($"the schedule '{text}' is not a time span of at least one second, such as '00:05:00'.");
        }

        return NCronTab.Parse(text);
    }

    sealed class Interval(TimeSpan interval) : Schedule
    {
        internal override bool IsFrequent => interval < TimeSpan.FromMinutes(1);

        internal override DateTime Next(DateTime after) => after + interval;
    }
}
