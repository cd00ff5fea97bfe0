using System.Globalization;

namespace Sluice.Embedded.Tests.Host;

public sealed class NCronTabTests
{
    [Theory]
    [InlineData("0 */5 * * * *", "2026-01-01 00:00:00", "2026-01-01 00:05:00")]
    [InlineData("0 */5 * * * *", "2026-01-01 00:04:59.9", "2026-01-01 00:05:00")]
    [InlineData("*/5 * * * *", "2026-01-01 00:05:00", "2026-01-01 00:10:00")]
    [InlineData("* * * * * *", "2026-01-01 23:59:59", "2026-01-02 00:00:00")]
    [InlineData("30 * * * * *", "2026-01-01 00:00:30", "2026-01-01 00:01:30")]
    [InlineData("0 0 * * * *", "2026-12-31 23:30:00", "2027-01-01 00:00:00")]
    [InlineData("0 30 9 * * MON-FRI", "2026-01-02 09:30:00", "2026-01-05 09:30:00")]
    [InlineData("0 30 9 * * 1-5", "2026-01-03 00:00:00", "2026-01-05 09:30:00")]
    [InlineData("0 0 12 * * sun,wed", "2026-01-01 00:00:00", "2026-01-04 12:00:00")]
    [InlineData("0 0 0 29 2 *", "2026-01-01 00:00:00", "2028-02-29 00:00:00")]
    [InlineData("0 0 0 29 FEB *", "2096-03-01 00:00:00", "2104-02-29 00:00:00")]
    [InlineData("0 0 0 29 2 0", "2072-03-01 00:00:00", "2088-02-29 00:00:00")]
    [InlineData("0 0 0 31 * *", "2026-01-31 00:00:00", "2026-03-31 00:00:00")]
    [InlineData("0 0 0 1 jan,jul *", "2026-01-01 00:00:00", "2026-07-01 00:00:00")]
    [InlineData("0 0-10/5 8 * * *", "2026-01-01 08:05:00", "2026-01-01 08:10:00")]
    [InlineData("0 15/20 * * * *", "2026-01-01 08:35:00", "2026-01-01 08:55:00")]
    [InlineData("0 15/20 * * * *", "2026-01-01 08:55:00", "2026-01-01 09:15:00")]
    [InlineData("59 59 23 31 12 *", "2026-12-31 23:59:59", "2027-12-31 23:59:59")]
    [InlineData("0 0 2,14 * * *", "2026-01-01 02:00:00", "2026-01-01 14:00:00")]
    [InlineData("0 0 0 13 * FRI", "2026-01-01 00:00:00", "2026-02-13 00:00:00")]
    [InlineData("00:30:00", "2026-01-01 00:10:00", "2026-01-01 00:40:00")]
    [InlineData("1.00:00:00", "2026-01-01 00:10:00", "2026-01-02 00:10:00")]
    public void Finds_the_next_time(string schedule, string after, string expected) =>
        Assert.Equal(Utc(expected), Schedule.Parse(schedule).Next(Utc(after)));

    [Theory]
    [InlineData("0 */5 * * *  * *", "the schedule '0 */5 * * *  * *' has 7 fields; expected 6 (second minute hour day month day-of-week), 5 (without second), or a time span such as '00:05:00'.")]
    [InlineData("60 * * * * *", "the schedule '60 * * * * *' is wrong: '60' in field 'second' (found '60'); expected 0 to 59.")]
    [InlineData("0 0 0 * * 7", "the schedule '0 0 0 * * 7' is wrong: '7' in field 'day of week' (found '7'); expected 0 to 6 or sun to sat.")]
    [InlineData("0 0 0 0 * *", "the schedule '0 0 0 0 * *' is wrong: '0' in field 'day' (found '0'); expected 1 to 31.")]
    [InlineData("0 0 0 * foo *", "the schedule '0 0 0 * foo *' is wrong: 'foo' in field 'month' (found 'foo'); expected 1 to 12 or jan to dec.")]
    [InlineData("0 */0 * * * *", "the schedule '0 */0 * * * *' is wrong: '0' in field 'minute' (found '*/0'); expected 1 to 59.")]
    [InlineData("0 9-5 * * * *", "the schedule '0 9-5 * * * *' is wrong: the range '9-5' of field 'minute' runs backwards; write it as two ranges divided by a comma.")]
    [InlineData("0 , * * * *", "the schedule '0 , * * * *' is wrong: '' in field 'minute' (found ','); expected 0 to 59.")]
    [InlineData("0 -1 * * * *", "the schedule '0 -1 * * * *' is wrong: '-1' in field 'minute' (found '-1'); expected 0 to 59.")]
    [InlineData("0 0 0 30 2 *", "the schedule '0 0 0 30 2 *' is never due.")]
    [InlineData("00:00:00", "the schedule '00:00:00' is not a time span of at least one second, such as '00:05:00'.")]
    public void Refuses_what_is_not_a_schedule(string schedule, string message) =>
        Assert.Equal(message, Assert.Throws<NotSupportedException>(() => Schedule.Parse(schedule)).Message);

    [Fact]
    public void Agrees_with_a_scan_of_every_second()
    {
        const int seed = 20260101;
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            int[] minutes = [.. Enumerable.Range(0, 60).Where(_ => random.Next(10) == 0).DefaultIfEmpty(7)];
            int[] hours = [.. Enumerable.Range(0, 24).Where(_ => random.Next(4) == 0).DefaultIfEmpty(3)];
            int[] weekdays = [.. Enumerable.Range(0, 7).Where(_ => random.Next(2) == 0).DefaultIfEmpty(6)];
            var text = $"{random.Next(60)} {string.Join(',', minutes)} {string.Join(',', hours)} * * {string.Join(',', weekdays)}";
            var schedule = Schedule.Parse(text);
            var after = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(random.Next(86_400 * 60));
            var second = int.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);
            var expected = after.AddSeconds(1);
            while (expected.Second != second || !minutes.Contains(expected.Minute) || !hours.Contains(expected.Hour) || !weekdays.Contains((int)expected.DayOfWeek))
            {
                expected = expected.AddSeconds(1);
            }

            Assert.True(expected == schedule.Next(after), $"'{text}' after {after:o}: expected {expected:o}, found {schedule.Next(after):o} (seed {seed})");
        }
    }

    static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
