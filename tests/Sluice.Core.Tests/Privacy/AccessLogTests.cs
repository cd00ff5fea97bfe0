using Sluice.Datasets;
using Sluice.Privacy.Access;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Privacy;

/// <summary>Reads of personal data in the clear are noted, counted by who reads, and told where they break a rule.</summary>
public sealed class AccessLogTests
{
    readonly Clock clock = new();

    [Fact]
    public async Task A_read_is_noted_with_kinds_and_no_value_and_its_first_reader_is_new()
    {
        await using var runs = new TestRuns();
        var (entry, manifest) = await VersionAsync(runs, "flag");
        var log = new AccessLog(runs.Ledger, clock, new AccessRules());

        await log.NoteAsync(entry, manifest, "ann", "preview", default);
        clock.Now += TimeSpan.FromDays(1);
        await log.NoteAsync(entry, manifest, "ann", "export", default);
        await log.NoteAsync(entry, manifest, "b\nob\u0007", "export", default);

        var reads = await log.ReadAsync("t", 7, default).ToListAsync();
        Assert.Equal(["bob export new_principal", "ann export ", "ann preview new_principal"], reads.Select(r => $"{r.Principal} {r.How} {string.Join(',', r.Alerts)}"));
        Assert.All(reads, r => Assert.Equal((entry.Version, "contact", "email"), (r.Version, Assert.Single(r.Columns), Assert.Single(r.Kinds))));
        Assert.Equal([("ann", 2L), ("bob", 1L)], (await log.CountsAsync("t", default)).Select(c => (c.Principal, c.Reads)));
        Assert.Equal(2, await log.ReadAsync("t", 1, default).CountAsync());
        await foreach (var row in runs.Ledger.ListAsync("access:t", null, default))
        {
            Assert.DoesNotContain("example.org", row.Json, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Too_many_reads_within_an_hour_break_a_rule_until_the_hour_is_over()
    {
        await using var runs = new TestRuns();
        var (entry, manifest) = await VersionAsync(runs, "flag");
        var log = new AccessLog(runs.Ledger, clock, new AccessRules(ReadsPerHour: 3, NewPrincipal: false));
        clock.Now += TimeSpan.FromMinutes(50);

        async Task<bool> AlertsAsync(string who) => (await log.NoteAsync(entry, manifest, who, "preview", default))!.Alerts.Contains("reads_per_hour");

        for (var i = 0; i < 3; i++)
        {
            Assert.False(await AlertsAsync("ann"));
        }

        clock.Now += TimeSpan.FromMinutes(20);
        Assert.True(await AlertsAsync("ann"));
        Assert.False(await AlertsAsync("bob"));
        clock.Now += TimeSpan.FromMinutes(59);
        Assert.False(await AlertsAsync("ann"));
    }

    [Theory]
    [InlineData("mask")]
    [InlineData(null)]
    public async Task What_is_protected_or_was_not_looked_for_is_not_noted(string? action)
    {
        await using var runs = new TestRuns();
        var (entry, manifest) = await VersionAsync(runs, action);
        var log = new AccessLog(runs.Ledger, clock, new AccessRules());

        Assert.Null(await log.NoteAsync(entry, manifest, "ann", "preview", default));
        Assert.Empty(await log.ReadAsync("t", 7, default).ToListAsync());
        Assert.Empty(await log.CountsAsync("t", default));
    }

    [Fact]
    public async Task Reads_at_the_same_moment_are_all_there()
    {
        await using var runs = new TestRuns();
        var (entry, manifest) = await VersionAsync(runs, "flag");
        var log = new AccessLog(runs.Ledger, clock, new AccessRules());

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => log.NoteAsync(entry, manifest, $"p{i % 4}", "preview", default))));

        Assert.Equal(20, await log.ReadAsync("t", 1, default).CountAsync());
        Assert.Equal([5L, 5L, 5L, 5L], (await log.CountsAsync("t", default)).Select(c => c.Reads));
        Assert.Equal(4, await log.ReadAsync("t", 1, default).CountAsync(r => r.Alerts.Contains("new_principal")));
    }

    static async Task<(VersionEntry Entry, VersionManifest Manifest)> VersionAsync(TestRuns runs, string? action)
    {
        runs.Write("data.csv", "id,contact\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i},ann{i}@example.org\n")));
        await runs.RunAsync(TestRuns.Source + (action is null ? "" : $"  - {{ id: pii, type: pii_detection, config: {{ action: {action} }} }}\n"));
        return await runs.Catalogue.ShowAsync("t", "latest", default);
    }

    sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
