namespace Sluice.Embedded;

/// <summary>
/// NCRONTAB: second minute hour day month day-of-week; without the first field, second 0. A day counts when both its fields allow it,
/// which is NCrontab's rule and not that of Unix cron (https://github.com/atifaziz/NCrontab).
/// </summary>
sealed class NCronTab : Schedule
{
    // 29 February on a given weekday comes back after 40 years at most.
    const int horizonYears = 41;
    static readonly string[] months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    static readonly string[] weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    readonly string text;
    readonly NCronField second;
    readonly NCronField minute;
    readonly NCronField hour;
    readonly NCronField day;
    readonly NCronField month;
    readonly NCronField weekday;

    NCronTab(string text, string[] fields)
    {
        this.text = text;
        second = new NCronField("second", fields[0], 0, 59);
        minute = new NCronField("minute", fields[1], 0, 59);
        hour = new NCronField("hour", fields[2], 0, 23);
        day = new NCronField("day", fields[3], 1, 31);
        month = new NCronField("month", fields[4], 1, 12, months);
        weekday = new NCronField("day of week", fields[5], 0, 6, weekdays);
    }

    internal override bool IsFrequent => second.Count > 1;

    internal static new NCronTab Parse(string text)
    {
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (5 or 6))
        {
            throw new NotSupportedException(
                $"the schedule '{text}' has {fields.Length} fields; expected 6 (second minute hour day month day-of-week), 5 (without second), or a time span such as '00:05:00'.");
        }

        try
        {
            var schedule = new NCronTab(text, fields.Length == 5 ? ["0", .. fields] : fields);
            schedule.Next(new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            return schedule;
        }
        catch (FormatException e)
        {
            throw new NotSupportedException($"the schedule '{text}' is wrong: {e.Message}", e);
        }
    }

    internal override DateTime Next(DateTime after)
    {
        var from = new DateTime(after.Ticks - (after.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc).AddSeconds(1);
        var date = from.Date;
        var time = from.TimeOfDay;
        for (var end = date.AddYears(horizonYears); date < end; date = date.AddDays(1), time = TimeSpan.Zero)
        {
            if (!month.Has(date.Month))
            {
                // To the last day of the month; the loop steps into the next one.
                date = new DateTime(date.Year, date.Month, DateTime.DaysInMonth(date.Year, date.Month), 0, 0, 0, DateTimeKind.Utc);
                continue;
            }

            if (day.Has(date.Day) && weekday.Has((int)date.DayOfWeek) && TimeOnDay(time) is { } found)
            {
                return date + found;
            }
        }

        throw new NotSupportedException($"the schedule '{text}' is never due.");
    }

    TimeSpan? TimeOnDay(TimeSpan from)
    {
        for (var h = hour.From(from.Hours); h is not null; h = hour.From(h.Value + 1))
        {
            var firstHour = h == from.Hours;
            for (var m = minute.From(firstHour ? from.Minutes : 0); m is not null; m = minute.From(m.Value + 1))
            {
                if (second.From(firstHour && m == from.Minutes ? from.Seconds : 0) is { } s)
                {
                    return new TimeSpan(h.Value, m.Value, s);
                }
            }
        }

        return null;
    }
}
