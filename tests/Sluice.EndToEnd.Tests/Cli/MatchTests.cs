using System.Globalization;
using System.Text;

namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice match</c>: pairs of two files or of one.</summary>
public sealed class MatchTests : IDisposable
{
    readonly TestFolder folder = new();

    public MatchTests()
    {
        folder.Write("left.csv", People(slips: false));
        folder.Write("right.csv", People(slips: true));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Finds_pairs_without_labels_and_says_how_sure_it_is()
    {
        var text = await SluiceAsync("match", "left.csv", "right.csv");
        var json = await SluiceAsync("match", "left.csv", "right.csv", "--json");

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.Contains("60 and 60 rows, ", text.Output, StringComparison.Ordinal);
        Assert.Contains("nothing was labelled, so look at the least sure ones", text.Output, StringComparison.Ordinal);
        Assert.Equal("learned", (string)json.Json["method"]!);
        var pairs = json.Json["pairs"]!.AsArray();
        Assert.Equal(60, pairs.Count(p => (int)p!["left"]! == (int)p["right"]!));
        Assert.All(pairs, p => Assert.Equal(1, (double)p!["columns"]!["phone"]!));
    }

    [Fact]
    public async Task Writes_the_pairs_with_the_cells_of_both()
    {
        var written = await SluiceAsync("match", "left.csv", "right.csv", "--similarity", "0.8", "--columns", "name", "phone", "-o", "pairs.csv");

        Assert.Equal(0, written.ExitCode);
        var lines = await File.ReadAllLinesAsync(folder["pairs.csv"]);
        Assert.Equal("left_row,right_row,score,similarity_name,left_name,right_name,similarity_phone,left_phone,right_phone", lines[0]);
        Assert.Equal(61, lines.Length);
    }

    [Fact]
    public async Task One_file_without_duplicates_has_none_and_the_reason_is_said()
    {
        var alone = await SluiceAsync("match", "left.csv");

        Assert.Equal(0, alone.ExitCode);
        Assert.Contains("0 match at 85.0 % or more", alone.Output, StringComparison.Ordinal);
        Assert.Contains("No matches stand out from chance", alone.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_is_wrong_with_the_command()
    {
        var least = await SluiceAsync("match", "left.csv", "right.csv", "--min-probability", "2");
        var both = await SluiceAsync("match", "left.csv", "right.csv", "--min-probability", "0.5", "--similarity", "0.5");
        var single = await SluiceAsync("match", "left.csv", "--one-to-one");
        var column = await SluiceAsync("match", "left.csv", "right.csv", "--columns", "nope");
        var missing = await SluiceAsync("match", "nope.csv");

        Assert.Equal((2, 2, 2, 4, 3), (least.ExitCode, both.ExitCode, single.ExitCode, column.ExitCode, missing.ExitCode));
        Assert.Equal("error: --min-probability is 2; expected a number from 0 to 1.\n", least.Errors);
        Assert.StartsWith("error: --min-probability and --similarity are two ways to judge a pair.", both.Errors, StringComparison.Ordinal);
        Assert.StartsWith("error: --one-to-one is about two files, and there is one.", single.Errors, StringComparison.Ordinal);
        Assert.StartsWith("error: Column 'nope' is to be compared, and the left table lacks it. It has: name, street, phone.", column.Errors, StringComparison.Ordinal);
    }

    Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, arguments);

    static string People(bool slips)
    {
        string[] first = ["Katalin", "Bernard", "Monika", "Timothy", "Sarah", "Joseph", "Wilhelm", "Henrietta", "Oskar", "Frederick"];
        string[] last = ["Smith", "Okafor", "Lindqvist", "Marchetti", "Nakamura", "Petrov"];
        var text = new StringBuilder("name,street,phone\n");
        for (var row = 0; row < 60; row++)
        {
            var name = $"{first[row % 10]} {last[row / 10]}";
            name = slips ? name.Remove(2 + (row % 3), 1) : name;
            text.Append(CultureInfo.InvariantCulture, $"{name},{(row * 37) % 400} {last[row % 6]} Street,{55_000_000 + (row * 7_654_321 % 9_000_000)}\n");
        }

        return text.ToString();
    }
}
