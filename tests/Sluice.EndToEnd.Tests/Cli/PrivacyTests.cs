namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice pii</c>, <c>sluice privacy budget</c> and <c>sluice privacy aggregate</c>.</summary>
public sealed class PrivacyTests : IDisposable
{
    readonly TestFolder folder = new();

    public PrivacyTests() => folder.Write(
        "people.csv",
        "id,mail,note,age\n" + string.Concat(Enumerable.Range(1, 30).Select(i => $"{i},p{i}@example.org,{(i == 7 ? "call +44 20 7946 0958" : "nothing")},{20 + i}\n")));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Says_what_is_personal_and_where_and_prints_no_value()
    {
        var text = await SluiceAsync("pii", "people.csv");
        var json = await SluiceAsync("pii", "people.csv", "--json");

        Assert.Equal((0, ""), (text.ExitCode, text.Errors));
        Assert.Matches("│ mail +│ confidential +│ email +│ email 30 of 30 +│ 1, 2, 3, 4, 5 +│", text.Output);
        Assert.Matches("│ note +│ confidential +│ mixed text +│ phone 1 of 30 +│ 7 +│", text.Output);
        Assert.DoesNotContain("example.org", text.Output + json.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("7946", text.Output + json.Output, StringComparison.Ordinal);
        var note = json.Json["columns"]!.AsArray().Single(c => (string?)c!["column"] == "note")!;
        Assert.Equal(7, (int)note["places"]!["phone"]![0]!["row"]!);
    }

    [Fact]
    public async Task Shows_values_when_asked()
    {
        var result = await SluiceAsync("pii", "people.csv", "--column", "note", "--show-values");

        Assert.Contains("7: call +44 20 7946 0958", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_a_protected_copy()
    {
        var result = await SluiceAsync("pii", "people.csv", "--action", "mask", "-o", "safe.csv", "--json");

        Assert.Equal((0, 31L), (result.ExitCode, (long)result.Json["cellsChanged"]!));
        var safe = await File.ReadAllTextAsync(folder["safe.csv"]);
        Assert.DoesNotContain("example.org", safe, StringComparison.Ordinal);
        Assert.Contains("call +** ** **** ****", safe, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--action changes what is found, and there is no file to write it to.", "pii", "people.csv", "--action", "mask")]
    [InlineData("'emial' is not a kind of personal data that is known. Did you mean 'email'?", "pii", "people.csv", "--entity", "emial")]
    [InlineData("a budget belongs to a dataset. Name the one that pays with --budget.", "privacy", "aggregate", "people.csv", "count", "--column", "age", "--epsilon", "1", "--id", "a")]
    [InlineData("A mean needs --low and --high", "privacy", "aggregate", "people.csv", "mean", "--column", "age", "--epsilon", "1", "--id", "a", "--budget", "people")]
    [InlineData("There is no store", "privacy", "budget", "show", "people")]
    public async Task Options_that_are_wrong_end_with_2(string error, params string[] arguments)
    {
        var result = await SluiceAsync(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(error, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_budget_is_spent_once_and_then_refuses()
    {
        var made = await SluiceAsync("privacy", "budget", "create", "people", "--epsilon", "1");
        var again = await SluiceAsync("privacy", "budget", "create", "people", "--epsilon", "9");
        var count = await SluiceAsync("privacy", "aggregate", "people.csv", "quantile", "--column", "age", "--low", "0", "--high", "100", "--epsilon", "0.75", "--id", "median", "--budget", "people", "--json");
        var refused = await SluiceAsync("privacy", "aggregate", "people.csv", "count", "--column", "age", "--epsilon", "0.5", "--id", "rows", "--budget", "people");
        var spent = await SluiceAsync("privacy", "budget", "spend", "people", "--id", "paper", "--epsilon", "0.25", "--query", "a table in a paper");
        var shown = await SluiceAsync("privacy", "budget", "show", "people", "--json");

        Assert.Equal((0, 2, 0, 1, 0, 0), (made.ExitCode, again.ExitCode, count.ExitCode, refused.ExitCode, spent.ExitCode, shown.ExitCode));
        Assert.InRange((decimal)count.Json["result"]!, 0, 100);
        Assert.Contains("does not allow 'rows'", refused.Errors, StringComparison.Ordinal);
        Assert.Equal("", refused.Output);
        Assert.Equal(["median", "paper"], shown.Json["spends"]!.AsArray().Select(s => (string?)s!["id"]));
        Assert.Equal(0, (double)shown.Json["left"]!);
    }

    Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, arguments);
}
