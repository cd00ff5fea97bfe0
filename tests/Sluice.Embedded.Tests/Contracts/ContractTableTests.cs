using System.Text.RegularExpressions;
using System.Xml.Linq;
using Sluice.Embedded.Tests.Host;

namespace Sluice.Embedded.Tests.Contracts;

/// <summary>
/// docs/embedded.md shows test × backend × result. The results come from a test run: <c>dotnet test … --logger trx --results-directory R</c> for this
/// project and Sluice.Functions.Tests, then this test with SLUICE_ACCEPT_CONTRACTS=R writes the table. Without it, the table must fit the sources.
/// </summary>
public sealed partial class ContractTableTests
{
    const string accept = "SLUICE_ACCEPT_CONTRACTS";
    const string begin = "<!-- contracts: written by ContractTableTests -->";
    const string end = "<!-- end of contracts -->";
    const int count = 101;

    static readonly string repository = SurfaceTests.FindUp(AppContext.BaseDirectory, "Functions.sln")!;
    static readonly string document = Path.Combine(repository, "docs", "embedded.md");

    [Fact]
    public void Every_contract_has_a_test()
        => Assert.Equal(Enumerable.Range(1, count), Tests().Select(test => test.Number).Distinct().Order());

    [Fact]
    public void The_table_is_current()
    {
        if (Environment.GetEnvironmentVariable(accept) is { Length: > 0 } results)
        {
            Write(Results(results));
        }

        string[] fromSources = [.. Rows((_, _) => "").Select(row => string.Join('|', row.Split('|')[..3]))];
        string[] written = [.. Table().Where(line => line.Length > 2 && char.IsDigit(line[2]))];
        Assert.Equal(fromSources, written.Select(row => string.Join('|', row.Split('|')[..3])));
        Assert.All(written, row => Assert.DoesNotMatch("failed|not run", string.Join('|', row.Split('|')[3..])));
        Assert.Equal(SkippedHere(), written.Where(row => row.Contains("skipped", StringComparison.Ordinal)).Select(Number).Order());
    }

    [Fact]
    public void The_contracts_speak_microsofts_api_only()
        => Assert.All(Directory.EnumerateFiles(Path.Combine(repository, "tests", "Sluice.Embedded.Tests", "Contracts"), "*Contract.cs"), file =>
            Assert.DoesNotMatch(@"Sluice\.Embedded\.(?!Tests)", File.ReadAllText(file)));

    static int Number(string row) => int.Parse(row.Split('|')[1]);

    /// <summary>The numbers whose tests this backend lacks the means for.</summary>
    static IEnumerable<int> SkippedHere() => typeof(EmbeddedBackend).Assembly.GetTypes().Where(type => type.IsClass && !type.IsAbstract)
        .SelectMany(type => type.GetMethods().Select(method => (type, method)))
        .Where(test => test.method.IsDefined(typeof(ContractFactAttribute), true) || test.method.IsDefined(typeof(ContractTheoryAttribute), true))
        .Where(test => MissingCapabilities.Reason(test.type, Needs(test.method)) is not null)
        .SelectMany(test => Tests().Where(entry => entry.Name == test.method.Name).Select(entry => entry.Number)).Distinct().Order();

    static Capabilities Needs(System.Reflection.MethodInfo method)
        => (Capabilities)method.CustomAttributes.SelectMany(a => a.NamedArguments)
            .Single(a => a.MemberName == nameof(ContractFactAttribute.Needs)).TypedValue.Value!;

    static IEnumerable<(int Number, string Name, string Backend)> Tests()
    {
        var files = Directory.EnumerateFiles(Path.Combine(repository, "tests", "Sluice.Embedded.Tests"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(repository, "tests", "Sluice.Functions.Tests"), "*.cs", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Path.Combine(repository, "tests", "Sluice.Core.Tests", "Storage"), "*Contract*.cs"));
        return files.Order(StringComparer.Ordinal).SelectMany(file => NumberedTest().Matches(File.ReadAllText(file)).Select(match =>
            (int.Parse(match.Groups[1].Value), match.Groups[2].Value, IsStorage(file) ? "Azurite" : "embedded")));
    }

    static bool IsStorage(string file) => Path.GetFileName(Path.GetDirectoryName(file)) == "Storage";

    static IEnumerable<string> Rows(Func<string, string, string> result) => Tests().GroupBy(test => test.Number).OrderBy(group => group.Key)
        .Select(group => $"| {group.Key} | {string.Join("; ", group.Select(test => test.Name.Replace('_', ' ')))} | "
            + $"{Cell(group, "embedded", result)} | {Cell(group, "Azurite", result)} |");

    static string Cell(IEnumerable<(int Number, string Name, string Backend)> tests, string backend, Func<string, string, string> result)
        => string.Join("; ", tests.Where(test => test.Backend == backend).Select(test => result(test.Name, backend)).Distinct().Order());

    static void Write(IReadOnlyList<(string Class, string Name, string Outcome)> results)
    {
        var rows = Rows((name, backend) => Outcome([.. results.Where(r => r.Name == name
            && r.Class.Contains("Functions.Tests.Storage", StringComparison.Ordinal) == (backend == "Azurite")).Select(r => r.Outcome)]));
        string[] table = ["", "| # | test | embedded | Azurite |", "|---|---|---|---|", .. rows, ""];
        var text = File.ReadAllText(document);
        var (from, to) = (text.IndexOf(begin, StringComparison.Ordinal) + begin.Length, text.IndexOf(end, StringComparison.Ordinal));
        File.WriteAllText(document, text[..from] + "\n" + string.Join('\n', table) + "\n" + text[to..]);
    }

    static string Outcome(IReadOnlyList<string> outcomes) => outcomes.Count == 0 ? "not run" : outcomes.FirstOrDefault(o => o != "passed") ?? "passed";

    static string[] Table() => File.ReadAllText(document).Split(begin)[1].Split(end)[0].Split('\n');

    static IReadOnlyList<(string Class, string Name, string Outcome)> Results(string folder)
    {
        XNamespace ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
        return [.. Directory.EnumerateFiles(folder, "*.trx").Select(file => XDocument.Load(file)).SelectMany(run =>
        {
            var outcomes = run.Descendants(ns + "UnitTestResult").ToLookup(r => (string)r.Attribute("testId")!);
            return run.Descendants(ns + "UnitTest").SelectMany(test => outcomes[(string)test.Attribute("id")!].Select(result =>
            {
                var method = test.Element(ns + "TestMethod")!;
                return ((string)method.Attribute("className")!, ((string)method.Attribute("name")!).Split('(')[0], (string)result.Attribute("outcome")! switch
                {
                    "Passed" => "passed",
                    "NotExecuted" => "skipped: " + result.Descendants(ns + "Message").Single().Value,
                    _ => "failed",
                });
            }));
        })];
    }

    [GeneratedRegex("""\[Trait\("Contract", "(\d+)"\)\](?:\s*\[[^\n]*\])*\s*public (?:async Task|void) (\w+)\(""")]
    private static partial Regex NumberedTest();
}
