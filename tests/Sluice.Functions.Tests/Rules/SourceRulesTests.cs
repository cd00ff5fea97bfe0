using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Azure.Functions.Worker;
using Sluice.Functions.Access;
using Sluice.Functions.Embedding;
using Sluice.Functions.Llm;
using Sluice.Functions.Schemas;

namespace Sluice.Functions.Tests.Rules;

/// <summary>Rules of the house that the compiler does not know.</summary>
public sealed partial class SourceRulesTests
{
    internal static string Root => root;

    static readonly string root = Path.GetFullPath(
        Path.Combine(typeof(SourceRulesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "NativeFolder").Value!, ".."));

    [Theory]
    [InlineData("Sluice.Core", "Sluice.OnnxRuntime")]
    [InlineData("Sluice.Embedded")]
    [InlineData("Sluice.Functions", "Sluice.Core", "Sluice.Embedded")]
    [InlineData("Sluice.Cli", "Sluice.Core", "Sluice.Functions")]
    [InlineData("Sluice.EmbedJob", "Sluice.Core")]
    public void A_project_references_only_what_the_dependency_rule_lets_it(string project, params string[] allowed)
    {
        var folder = Path.Combine(root, "src", project);
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.csproj").Concat(Directory.GetFiles(folder, "*.props")) : [];

        var references = files.SelectMany(f => XDocument.Load(f).Descendants("ProjectReference"))
            .Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));

        Assert.Empty(references.Except(allowed));
    }

    [Fact]
    public void There_is_no_conditional_compilation() =>
        Assert.Empty(Sources().Where(s => s.Lines.Any(line => line.TrimStart().StartsWith("#if", StringComparison.Ordinal))).Select(s => s.Name));

    [Fact]
    public void Azure_storage_is_named_only_where_the_ports_are_made_of_it()
    {
        var users = Sources().Where(s => s.Lines.Any(line => AzureUsing().IsMatch(line))).Select(s => s.Name);

        Assert.DoesNotContain(users, name => !AzureFile().IsMatch(name));
    }

    [Fact]
    public void Exceptions_are_declared_in_one_place_of_the_core_and_the_app() =>
        Assert.Empty(Sources()
            .Where(s => s.Name.Contains("Sluice.Core/", StringComparison.Ordinal) || s.Name.Contains("Sluice.Functions/", StringComparison.Ordinal))
            .Where(s => !s.Name.EndsWith("/Errors.cs", StringComparison.Ordinal) && !s.Name.EndsWith("/DuckDbException.cs", StringComparison.Ordinal))
            .Where(s => s.Lines.Any(line => ExceptionClass().IsMatch(line))).Select(s => s.Name));

    [Fact]
    public void Files_are_short() =>
        Assert.Empty(Sources().Where(s => s.Lines.Length > 350).Select(s => $"{s.Name}: {s.Lines.Length} lines"));

    [Fact]
    public void Orchestrators_are_watched_for_what_replay_forbids()
    {
        var project = XDocument.Load(Path.Combine(root, "src", "Sluice.Functions", "Sluice.Functions.csproj"));
        var banned = File.ReadAllText(Path.Combine(root, "src", "Sluice.Functions", "Orchestrations", "BannedSymbols.txt"));

        Assert.Contains(project.Descendants("AdditionalFiles"), f => (string?)f.Attribute("Include") == "Orchestrations/BannedSymbols.txt");
        Assert.Contains(project.Descendants("PackageReference"), p => (string?)p.Attribute("Include") == "Microsoft.CodeAnalysis.BannedApiAnalyzers");
        foreach (var symbol in new[] { "System.DateTime.UtcNow", "System.Guid.NewGuid", "System.Threading.Tasks.Task.Run", "System.Threading.Tasks.Task.Delay", "System.Random" })
        {
            Assert.Contains(symbol, banned, StringComparison.Ordinal);
        }

        foreach (var source in Sources().Where(s => s.Name.Contains("/Orchestrations/", StringComparison.Ordinal)))
        {
            Assert.InRange(source.Lines.Length, 1, 60);
            Assert.DoesNotContain(source.Lines, line => ForbiddenInOrchestrators().IsMatch(line));
        }
    }

    [Fact]
    public void A_class_that_is_one_function_has_its_name()
    {
        var types = typeof(SluiceApp).Assembly.GetTypes()
            .Select(type => (Type: type, Functions: type.GetMethods().Select(m => m.GetCustomAttribute<FunctionAttribute>()).OfType<FunctionAttribute>().ToList()))
            .Where(t => t.Functions.Count > 0).ToList();

        Assert.All(types.Where(t => t.Functions.Count == 1), t => Assert.Equal(t.Type.Name, t.Functions[0].Name));
        Assert.Equal(types.Sum(t => t.Functions.Count), types.SelectMany(t => t.Functions).Select(f => f.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void The_sample_settings_have_every_option_and_no_other()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "local.settings.sample.json")));
        var keys = sample.RootElement.GetProperty("Values").EnumerateObject().Select(p => p.Name).ToList();

        var options = OptionsOf(typeof(SluiceOptions), SluiceOptions.Section).Concat(OptionsOf(typeof(EmbeddingOptions), EmbeddingOptions.Section))
            .Concat(OptionsOf(typeof(LlmOptions), LlmOptions.Section)).Concat(OptionsOf(typeof(AccessOptions), AccessOptions.Section))
            .Concat(OptionsOf(typeof(SchemaCacheOptions), SchemaCacheOptions.Section)).ToList();

        Assert.Equal(options.Order(), keys.Where(k => k.Contains(':', StringComparison.Ordinal)).Order());
        Assert.Equal(["AzureWebJobsStorage", "Data", "FUNCTIONS_WORKER_RUNTIME", "RefreshSchedule"], keys.Except(options).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(typeof(SluiceOptions), "SluiceOptions.cs")]
    [InlineData(typeof(EmbeddingOptions), "Embedding/EmbeddingOptions.cs")]
    [InlineData(typeof(LlmOptions), "Llm/LlmOptions.cs")]
    [InlineData(typeof(AccessOptions), "Access/AccessOptions.cs")]
    [InlineData(typeof(SchemaCacheOptions), "Schemas/SchemaCacheOptions.cs")]
    public void Every_option_is_used_and_says_its_default(Type type, string file)
    {
        var app = string.Concat(Sources().Where(s => s.Name.Contains("Sluice.Functions/", StringComparison.Ordinal) && !s.Name.EndsWith("/" + file, StringComparison.Ordinal))
            .SelectMany(s => s.Lines));
        var declared = File.ReadAllText(Path.Combine(root, "src", "Sluice.Functions", file));

        Assert.All(type.GetProperties(), p => Assert.Matches($@"(?i)(options(\.Value)?|\))\.{p.Name}\b", app));
        Assert.Equal(type.GetProperties().Length, declared.Split("Default ").Length - 1);
    }

    static IEnumerable<string> OptionsOf(Type type, string section) =>
        // What is named freely, providers and models, has no line of its own.
        type.GetProperties().Where(p => p.CanWrite).Select(p => $"{section}:{p.Name}");

    static IEnumerable<(string Name, string[] Lines)> Sources() => Directory.GetFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
        .Select(f => f.Replace('\\', '/')).Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
        .Select(f => (f, File.ReadAllLines(f)));

    [GeneratedRegex(@"^\s*(global\s+)?using\s+(static\s+)?Azure\.(Storage|Data)\b")]
    private static partial Regex AzureUsing();

    [GeneratedRegex(@"/(Sluice\.Functions/(Storage/(Blob\w+(\.Upload)?|TableLedger|Stores)|Platform\.\w+)|Sluice\.EmbedJob/BlobStoreAddress)\.cs$")]
    private static partial Regex AzureFile();

    [GeneratedRegex(@"\bclass\s+\w+Exception\b")]
    private static partial Regex ExceptionClass();

    [GeneratedRegex(@"\b(Task\.Run|Task\.Delay|ConfigureAwait|Guid\.New|DateTime\.|DateTimeOffset\.|new Random|File\.|Directory\.|HttpClient)")]
    private static partial Regex ForbiddenInOrchestrators();
}
