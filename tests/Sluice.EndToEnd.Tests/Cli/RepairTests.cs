using System.Text;

namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice repair</c>: find, ask, repair, undo.</summary>
public sealed class RepairTests : IDisposable
{
    readonly TestFolder folder = new();

    public RepairTests() => folder.Write("data.csv", Rows());

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Shows_what_is_wrong_and_writes_nothing()
    {
        var text = await SluiceAsync("repair", "data.csv");
        var json = await SluiceAsync("repair", "data.csv", "--json");

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.Matches("│ 8 +│ city +│ sprxngfield +│ springfield +│", text.Output);
        Assert.Contains("121 rows read, 0 labelled: 2 cells are probably wrong, 2 repaired", text.Output, StringComparison.Ordinal);
        Assert.Equal(2, (int)json.Json["repaired"]!);
        Assert.Equal(["data.csv"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Repairs_and_undoes_to_the_byte()
    {
        var repaired = await SluiceAsync("repair", "data.csv", "-o", "fixed.csv");
        var undone = await SluiceAsync("repair", "undo", "fixed.csv", "-o", "back.csv");
        var unknown = await SluiceAsync("repair", "undo", "fixed.csv", "-o", "back.csv", "--operator", "nope");

        Assert.Equal((0, 0, 2), (repaired.ExitCode, undone.ExitCode, unknown.ExitCode));
        Assert.DoesNotContain("sprxngfield", await File.ReadAllTextAsync(folder["fixed.csv"]), StringComparison.Ordinal);
        Assert.Equal(2, (await File.ReadAllLinesAsync(folder["fixed.csv.repairs.jsonl"])).Length);
        Assert.Equal(Rows(), await File.ReadAllTextAsync(folder["back.csv"]));
        Assert.StartsWith("error: The log has no repair by 'nope'. It has: ", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asks_for_rows_and_learns_from_them()
    {
        var asked = await SluiceAsync("repair", "data.csv", "--ask", "2", "--labels", "labels.csv", "--json");
        var again = await SluiceAsync("repair", "data.csv", "--ask", "1", "--labels", "labels.csv");
        var used = await SluiceAsync("repair", "data.csv", "--labels", "labels.csv", "--json");

        Assert.Equal((0, 0, 0), (asked.ExitCode, again.ExitCode, used.ExitCode));
        Assert.Equal(2, asked.Json["asked"]!.AsArray().Count);
        Assert.StartsWith("1 rows to correct were added to labels.csv (2 were there)", again.Output, StringComparison.Ordinal);
        Assert.Equal(4, (await File.ReadAllLinesAsync(folder["labels.csv"])).Length);
        Assert.Equal(3, (int)used.Json["labelled"]!);
    }

    [Fact]
    public async Task Says_what_is_wrong_with_the_command()
    {
        var gate = await SluiceAsync("repair", "data.csv", "--min-confidence", "2");
        var ask = await SluiceAsync("repair", "data.csv", "--ask", "3");
        var missing = await SluiceAsync("repair", "nope.csv");
        var log = await SluiceAsync("repair", "undo", "data.csv", "-o", "x.csv");

        Assert.Equal((2, 2, 3, 4), (gate.ExitCode, ask.ExitCode, missing.ExitCode, log.ExitCode));
        Assert.Equal("error: --min-confidence is 2; expected a number from 0 to 1.\n", gate.Errors);
        Assert.StartsWith("error: --ask writes 1 to 20 rows to the file of --labels. Found: --ask 3 without --labels.", ask.Errors, StringComparison.Ordinal);
        Assert.StartsWith("error: There is no repair log 'data.csv.repairs.jsonl'.", log.Errors, StringComparison.Ordinal);
    }

    Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, arguments);

    // Cities with their zip codes; row 8 has a slip in the city and row 40 one in the code.
    static string Rows()
    {
        string[] cities = ["springfield", "riverside", "georgetown", "fairview"];
        var text = new StringBuilder("id,city,zip\n");
        for (var row = 1; row <= 121; row++)
        {
            var place = row * 7 % 4;
            text.Append($"{1000 + row},{(row == 8 ? "sprxngfield" : cities[place])},{(row == 40 ? "6x0" : "600")}{11 * place:00}\n");
        }

        return text.ToString();
    }
}
