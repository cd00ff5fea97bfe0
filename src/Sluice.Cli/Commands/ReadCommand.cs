using System.CommandLine;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice read IN -o OUT</c>: reads any file with detected types and writes it in another format.</summary>
static class ReadCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("in") { Description = "File, folder or glob to read." };
        var output = new Option<string?>("--out", "-o") { Description = "File to write: .parquet, .csv or .jsonl. Without it, the first rows are shown." };
        var command = new Command("read", "Read a file with detected types; show it or write it in another format.") { input, output };
        Shell.Act(command, (parsed, cancellation) =>
            SingleRun.RunAsync(parsed, parsed.GetRequiredValue(input), null, parsed.GetValue(output), null, cancellation));
        return command;
    }
}
