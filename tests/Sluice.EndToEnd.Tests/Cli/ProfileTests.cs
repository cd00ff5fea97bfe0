using System.Globalization;

namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice profile</c>.</summary>
public sealed class ProfileTests : IDisposable
{
    readonly TestFolder folder = new();

    public ProfileTests()
    {
        folder.Write("old.csv", Rows(0));
        folder.Write("new.csv", Rows(300));
        folder.Write("odd@name.csv", "a\n1\n");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Shows_what_a_file_holds()
    {
        var text = await SluiceAsync("profile", "old.csv");
        var json = await SluiceAsync("profile", "old.csv", "--json");

        Assert.Equal((0, 0, ""), (text.ExitCode, json.ExitCode, text.Errors));
        Assert.StartsWith("old.csv: 1,000 rows × 3 columns, ", text.Output, StringComparison.Ordinal);
        Assert.Matches("│ price +│ int64 +│ +– │ +500 │ 0 … 499, median 249.5", text.Output);
        Assert.Matches("│ kind +│ text +│ +– │ +2 │ car \\(500\\), bus \\(500\\)|bus \\(500\\), car \\(500\\)", text.Output);
        Assert.Equal((1000, "price"), ((int)json.Json["profile"]!["rows"]!, (string)json.Json["profile"]!["columns"]![1]!["name"]!));
    }

    [Fact]
    public async Task Says_what_changed_and_ends_with_1_on_request()
    {
        var text = await SluiceAsync("profile", "new.csv", "--against", "old.csv", "-o", "report.html");
        var same = await SluiceAsync("profile", "old.csv", "--against", "old.csv", "--fail-on", "low");
        var gate = await SluiceAsync("profile", "new.csv", "--against", "old.csv", "--fail-on", "high");

        Assert.Equal((0, 0, 1), (text.ExitCode, same.ExitCode, gate.ExitCode));
        Assert.Matches("│ high +│ price +│ distribution │ median 249.5 → 549.5; ", text.Output);
        Assert.Contains("Since old.csv (1,000 rows): nothing changed beyond chance", same.Output, StringComparison.Ordinal);
        Assert.StartsWith("error: Something changed with severity high; ", gate.Errors, StringComparison.Ordinal);
        Assert.Contains("<h2>Changes since old.csv</h2>", await File.ReadAllTextAsync(folder["report.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_figures_come_with_a_file_or_a_version()
    {
        const string Kinds = "coverage: [{ column: kind, expected: [car, bus, tram] }]\n";
        folder.Write("kpis.yaml", Kinds);
        folder.Write("p.yaml", "name: shop\nsteps:\n  - { id: in, type: csv, config: { file_path: old.csv } }\n"
            + "  - { id: check, type: quality_validation, config: { business_rules: [{ type: range, column: price, max: 249 }] } }\n");
        Assert.Equal(0, (await SluiceAsync("run", "p.yaml")).ExitCode);

        var file = await SluiceAsync("profile", "old.csv", "--json", "--kpis", "{ \"accuracy\": { \"business_rules\": [{ \"type\": \"range\", \"column\": \"price\", \"max\": 249 }] } }");
        var version = await SluiceAsync("profile", "shop@latest", "--kpis", "kpis.yaml", "--json", "-o", "kpis.html");
        var text = await SluiceAsync("profile", "old.csv", "--kpis", "kpis.yaml");
        var nowhere = await SluiceAsync("profile", "old.csv", "--kpis", "nowhere.yaml");
        var both = await SluiceAsync("profile", "shop@latest", "--kpis", "{ \"accuracy\": {} }");

        Assert.Equal((0.5, 500), ((double)file.Json["kpis"]!["accuracy"]!["share"]!, (int)file.Json["kpis"]!["accuracy"]!["failing"]!));
        Assert.Equal((0.5, 0.666667), ((double)version.Json["kpis"]!["accuracy"]!["share"]!, (double)version.Json["kpis"]!["coverage"]![0]!["share"]!));
        Assert.Contains("<h2>Key figures</h2>", await File.ReadAllTextAsync(folder["kpis.html"]), StringComparison.Ordinal);
        Assert.Matches("│ coverage │ kind │ +67.?% │ missing: tram", text.Output);
        Assert.Equal((2, 2), (nowhere.ExitCode, both.ExitCode));
        Assert.Contains("--kpis names the file 'nowhere.yaml', which does not exist.", nowhere.Errors, StringComparison.Ordinal);
        Assert.Contains("'accuracy' is given for the version 'shop@latest'", both.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compares_with_a_version()
    {
        folder.Write("p.yaml", "name: shop\nsteps:\n  - { id: in, type: csv, config: { file_path: old.csv } }\n");
        Assert.Equal(0, (await SluiceAsync("run", "p.yaml")).ExitCode);

        var json = await SluiceAsync("profile", "new.csv", "--against", "shop@latest", "--json");
        var unknown = await SluiceAsync("profile", "new.csv", "--against", "shop@9");

        Assert.Equal("price", (string)json.Json["drift"]!["changes"]![0]!["column"]!);
        Assert.Equal(2, unknown.ExitCode);
        Assert.StartsWith("error: 'shop@9' is no file, and as a version it cannot be read: Version '9' of dataset 'shop' does not exist.", unknown.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("error: --fail-on judges changes", 2, "profile", "old.csv", "--fail-on", "high")]
    [InlineData("error: --out is 'x.pdf'; expected a name that ends in .html", 2, "profile", "old.csv", "-o", "x.pdf")]
    [InlineData("error: 'shop@1' is no file, and as a version it cannot be read: There is no store in ", 2, "profile", "shop@1")]
    [InlineData("error: The input \"none.csv\" does not exist", 3, "profile", "none.csv")]
    public async Task Wrong_arguments_are_told(string error, int exitCode, params string[] arguments)
    {
        var result = await SluiceAsync(arguments);

        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.StartsWith(error, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_may_have_an_at_sign() => Assert.StartsWith("odd@name.csv: 1 row × 1 column,", (await SluiceAsync("profile", "odd@name.csv")).Output, StringComparison.Ordinal);

    static string Rows(int shift) => "day,price,kind\n" + string.Concat(Enumerable.Range(0, 1_000).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"2024-{1 + (i % 12):00}-{1 + (i % 28):00},{(i % 500) + shift},{(i % 2 == 0 ? "car" : "bus")}\n")));

    Task<ProcessResult> SluiceAsync(params string[] arguments) => SluiceProcess.RunAsync(folder.Path, arguments);
}
