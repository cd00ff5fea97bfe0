using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Sluice.Datasets;
using Sluice.Runs;
using Sluice.Storage;

namespace Sluice.Privacy.Access;

/// <summary>One read of a version that has sensitive columns in the clear. Names and kinds only, no values.</summary>
/// <param name="At">When.</param>
/// <param name="Dataset">Dataset.</param>
/// <param name="Version">Version.</param>
/// <param name="Principal">Who, as the app or the machine knows them.</param>
/// <param name="How">By what: <c>preview</c>, <c>validate</c>, <c>schema</c>, <c>review</c>, <c>export</c>, <c>join</c>…</param>
/// <param name="Columns">Sensitive columns whose values were in the clear.</param>
/// <param name="Kinds">Kinds of personal data in them.</param>
/// <param name="Alerts">Rules that this read broke: <c>new_principal</c>, <c>reads_per_hour</c>; empty: none.</param>
public sealed record AccessEntry(
    DateTimeOffset At, string Dataset, string Version, string Principal, string How, IReadOnlyList<string> Columns, IReadOnlyList<string> Kinds, IReadOnlyList<string> Alerts);

/// <summary>Reads of one principal since the log began.</summary>
/// <param name="Principal">Who.</param>
/// <param name="Reads">How often.</param>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
public sealed record AccessCount(string Principal, long Reads, DateTimeOffset First, DateTimeOffset Last);

/// <summary>What is worth an alert.</summary>
/// <param name="ReadsPerHour">Reads of one principal within an hour; the next one breaks the rule. 0: no such rule.</param>
/// <param name="NewPrincipal">Whether the first read of a principal breaks a rule.</param>
public sealed record AccessRules(int ReadsPerHour = 60, bool NewPrincipal = true);

/// <summary>
/// Who read which version of a dataset with personal data in the clear. Entries are only ever added, as rows of the ledger; a read is noted before the rows are handed out, so
/// what cannot be noted is not read. Which columns are sensitive, the version's tags say: what no step of its pipeline looked for is not known.
/// </summary>
public sealed class AccessLog(Ledger ledger, TimeProvider time, AccessRules rules)
{
    public const string MeterName = "Sluice.Access", NewPrincipal = "new_principal", ReadsPerHour = "reads_per_hour";

    const int MaxPrincipal = 200;
    const string HourFormat = "yyyyMMdd'T'HH", KeyFormat = "yyyyMMdd'T'HHmmssfffffff";

    static readonly Meter meter = new(MeterName);
    static readonly Counter<long> reads = meter.CreateCounter<long>("sluice.pii.reads", "{read}", "Reads of versions with sensitive columns in the clear, by dataset and way");
    static readonly Counter<long> alerts = meter.CreateCounter<long>("sluice.pii.alerts", "{alert}", "Reads that broke a rule of access, by dataset and rule");

    /// <summary>Notes a read; null, and nothing noted, where the version has no sensitive column in the clear.</summary>
    /// <param name="entry">The version.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="principal">Who reads; cut at 200 characters.</param>
    /// <param name="how">By what.</param>
    /// <param name="cancellation">Before the entry is written: nothing is noted.</param>
    /// <param name="asRead">Whether values are shown as they were before a step protected them: then protected columns count too.</param>
    public async Task<AccessEntry?> NoteAsync(VersionEntry entry, VersionManifest manifest, string principal, string how, CancellationToken cancellation, bool asRead = false)
    {
        var open = (manifest.Sensitive ?? []).Where(c => asRead || !c.Value.IsProtected).ToList();
        if (open.Count == 0)
        {
            return null;
        }

        principal = Clean(principal);
        var now = time.GetUtcNow();
        var broken = new List<string>();
        if (await CountAsync(entry.Dataset, principal, now, cancellation) && rules.NewPrincipal)
        {
            broken.Add(NewPrincipal);
        }

        if (rules.ReadsPerHour > 0 && await ReadsSinceAsync(entry.Dataset, principal, now, cancellation) >= rules.ReadsPerHour)
        {
            broken.Add(ReadsPerHour);
        }

        var kinds = open.SelectMany(c => c.Value.Kinds).Distinct().Order(StringComparer.Ordinal).ToList();
        var noted = new AccessEntry(now, entry.Dataset, entry.Version, principal, how, [.. open.Select(c => c.Key)], kinds, broken);
        var key = now.UtcDateTime.ToString(KeyFormat, CultureInfo.InvariantCulture);
        for (var i = 0; await ledger.InsertAsync(Log(entry.Dataset), $"{key}-{i:D4}", Json(noted), cancellation) is null; i++)
        {
            // Another read has the same moment: the next number.
        }

        reads.Add(1, new("dataset", entry.Dataset), new KeyValuePair<string, object?>("how", how));
        foreach (var rule in broken)
        {
            alerts.Add(1, new("dataset", entry.Dataset), new KeyValuePair<string, object?>("rule", rule));
        }

        return noted;
    }

    /// <summary>Entries of the last days, the newest first.</summary>
    public async IAsyncEnumerable<AccessEntry> ReadAsync(string dataset, int days, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var today = time.GetUtcNow().UtcDateTime.Date;
        for (var day = 0; day < days; day++)
        {
            var ofDay = new List<AccessEntry>();
            await foreach (var row in ledger.ListAsync(Log(dataset), today.AddDays(-day).ToString("yyyyMMdd", CultureInfo.InvariantCulture), cancellation))
            {
                ofDay.Add(Parse<AccessEntry>(row));
            }

            for (var i = ofDay.Count - 1; i >= 0; i--)
            {
                yield return ofDay[i];
            }
        }
    }

    /// <summary>Reads by principal since the log began, the most frequent first.</summary>
    public async Task<IReadOnlyList<AccessCount>> CountsAsync(string dataset, CancellationToken cancellation)
    {
        var counts = new List<AccessCount>();
        await foreach (var row in ledger.ListAsync(Principals(dataset), null, cancellation))
        {
            counts.Add(Parse<AccessCount>(row));
        }

        return [.. counts.OrderByDescending(c => c.Reads).ThenBy(c => c.Principal, StringComparer.Ordinal)];
    }

    /// <summary>Counts a read; true for a principal that never read the dataset before.</summary>
    async Task<bool> CountAsync(string dataset, string principal, DateTimeOffset now, CancellationToken cancellation)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(principal)).AsSpan(0, 16));
        while (true)
        {
            var row = await ledger.GetAsync(Principals(dataset), key, cancellation);
            if (row is null && await ledger.InsertAsync(Principals(dataset), key, Json(new AccessCount(principal, 1, now, now)), cancellation) is not null)
            {
                return true;
            }

            if (row is not null && Parse<AccessCount>(row) is var count
                && await ledger.ReplaceAsync(row, Json(count with { Reads = count.Reads + 1, Last = now }), cancellation) is not null)
            {
                return false;
            }
        }
    }

    async Task<int> ReadsSinceAsync(string dataset, string principal, DateTimeOffset now, CancellationToken cancellation)
    {
        var (since, found) = (now.AddHours(-1), 0);
        foreach (var hour in new[] { since, now })
        {
            await foreach (var row in ledger.ListAsync(Log(dataset), hour.UtcDateTime.ToString(HourFormat, CultureInfo.InvariantCulture), cancellation))
            {
                var read = Parse<AccessEntry>(row);
                found += read.At > since && read.Principal == principal ? 1 : 0;
                if (found >= rules.ReadsPerHour)
                {
                    return found;
                }
            }
        }

        return found;
    }

    // Whoever asks may be named by a header: one line, of a length.
    static string Clean(string principal)
    {
        var line = new string([.. principal.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(MaxPrincipal)]).Trim();
        return line.Length == 0 ? "unknown" : line;
    }

    static string Log(string dataset) => $"access:{dataset}";

    static string Principals(string dataset) => $"accessors:{dataset}";

    static string Json<T>(T value) => Encoding.UTF8.GetString(DocumentJson.Bytes(value));

    static T Parse<T>(LedgerRow row) => DocumentJson.Parse<T>(Encoding.UTF8.GetBytes(row.Json));
}
