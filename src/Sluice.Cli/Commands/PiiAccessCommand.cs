using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice pii access DATASET</c>: who read versions with personal data in the clear, and how often.</summary>
static class PiiAccessCommand
{
    const int MaxDays = 400, MaxLimit = 100_000;

    public static Command Create()
    {
        var name = new Argument<string>("dataset") { Description = "DATASET." };
        var days = new Option<int>("--days") { Description = "Days to look back, 1 to 400.", DefaultValueFactory = _ => 30 };
        var limit = new Option<int>("--limit") { Description = "Reads to show, 1 to 100,000.", DefaultValueFactory = _ => 20 };
        var alerts = new Option<bool>("--alerts") { Description = "Only reads that broke a rule: a new principal, or too many in an hour." };
        var command = new Command("access", "Show who read versions of a dataset with personal data in the clear.") { name, days, limit, alerts };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(parsed, async store =>
        {
            var (dataset, back, most, alone) = (parsed.GetRequiredValue(name), parsed.GetValue(days), parsed.GetValue(limit), parsed.GetValue(alerts));
            if (back is < 1 or > MaxDays || most is < 1 or > MaxLimit)
            {
                return Shell.Invalid(parsed, $"--days is {back} and --limit {most}; expected 1 to {MaxDays} days and 1 to {MaxLimit:N0} reads.");
            }

            if (await store.Register.FindAsync(dataset, cancellation) is null)
            {
                return Shell.Invalid(parsed, $"Dataset '{dataset}' does not exist in this store.");
            }

            var reads = await store.Access.ReadAsync(dataset, back, cancellation).Where(read => !alone || read.Alerts.Count > 0).Take(most).ToListAsync(cancellation);
            var principals = await store.Access.CountsAsync(dataset, cancellation);
            if (parsed.GetValue(Shell.Json))
            {
                Shell.Print(new { dataset, reads, principals });
                return ExitCodes.Done;
            }

            if (principals.Count == 0)
            {
                Console.Out.WriteLine($"No read of personal data of '{dataset}' is noted. Reads are noted for versions in which a step found personal data and left it in the clear.");
                return ExitCodes.Done;
            }

            var table = new Table().Border(TableBorder.Rounded).AddColumns("when (UTC)", "who", "how", "version", "kinds", "alerts");
            foreach (var read in reads)
            {
                table.AddRow(
                    read.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), Markup.Escape(read.Principal), read.How, Markup.Escape(read.Version),
                    Markup.Escape(string.Join(", ", read.Kinds)), string.Join(", ", read.Alerts));
            }

            AnsiConsole.Write(table);
            foreach (var who in principals)
            {
                AnsiConsole.MarkupLineInterpolated($"{who.Reads,8:N0} reads by {who.Principal}, from {who.First.UtcDateTime:yyyy-MM-dd} to {who.Last.UtcDateTime:yyyy-MM-dd}");
            }

            return ExitCodes.Done;
        }));
        return command;
    }
}
