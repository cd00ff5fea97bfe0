using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Azure.Functions.Worker;

namespace Sluice.Embedded.Tests.Host;

/// <summary>Upstream/ may declare only what Microsoft's assemblies have, and a change of it is a reviewed change of surface.txt.</summary>
public sealed partial class SurfaceTests
{
    const string accept = "SLUICE_ACCEPT_SURFACE";
    const int maxTypes = 70;

    static readonly string repository = FindUp(AppContext.BaseDirectory, "Functions.sln")!;
    static readonly string[] ours = [.. PublicSurface.Of(typeof(FunctionAttribute).Assembly, "Microsoft.", "DurableTask.")];

    [Fact]
    public void The_surface_is_the_one_that_was_reviewed()
    {
        var path = Path.Combine(repository, "src", "Sluice.Embedded", "surface.txt");
        if (Environment.GetEnvironmentVariable(accept) == "1")
        {
            File.WriteAllLines(path, ours);
        }

        var reviewed = File.ReadAllLines(path);

        Assert.True(
            ours.SequenceEqual(reviewed),
            $"The public surface of Upstream/ differs from surface.txt. Added: {Join(ours.Except(reviewed))}. Removed: {Join(reviewed.Except(ours))}. "
            + $"If it is meant, run the test with {accept}=1 and commit the file.");
    }

    [SurfaceFact]
    public void Every_member_is_one_of_microsofts()
    {
        var microsofts = File.ReadAllLines(SurfaceFactAttribute.Path!).ToHashSet(StringComparer.Ordinal);

        string[] invented = [.. ours.Where(line => line.StartsWith("Microsoft.", StringComparison.Ordinal) && !microsofts.Contains(line))];

        Assert.True(invented.Length == 0, "Microsoft's assemblies do not have: " + Join(invented));
    }

    [Fact]
    public void Declares_no_more_types_than_was_decided() =>
        Assert.True(UpstreamTypes().Length <= maxTypes, $"Upstream/ declares {UpstreamTypes().Length} types; {maxTypes} were decided. More need a decision.");

    [Fact]
    public void Every_declared_type_names_its_upstream_repository_commit_and_path()
    {
        var members = XDocument.Load(Path.ChangeExtension(typeof(FunctionAttribute).Assembly.Location, ".xml")).Descendants("member")
            .ToDictionary(m => (string)m.Attribute("name")!, m => m.Value);

        string[] without = [.. UpstreamTypes().Where(t => t.DeclaringType is null).Select(t => "T:" + t.FullName!.Replace('+', '.'))
            .Where(name => !members.TryGetValue(name, out var text) || !Provenance().IsMatch(text))];

        Assert.True(without.Length == 0, "No 'Upstream: owner/repository@commit path.cs' in the documentation of: " + Join(without));
    }

    static Type[] UpstreamTypes() => [.. typeof(FunctionAttribute).Assembly.GetExportedTypes().Where(t =>
        t.Namespace!.StartsWith("Microsoft.", StringComparison.Ordinal) || t.Namespace.StartsWith("DurableTask.", StringComparison.Ordinal))];

    static string Join(IEnumerable<string> lines) => string.Join(" | ", lines.DefaultIfEmpty("nothing"));

    internal static string? FindUp(string from, string name)
    {
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            if (Path.Exists(Path.Combine(folder.FullName, name)))
            {
                return folder.FullName;
            }
        }

        return null;
    }

    [GeneratedRegex(@"Upstream:\s+[\w-]+/[\w-]+@[0-9a-f]{8}\s+[\w./-]+\.cs")]
    private static partial Regex Provenance();

    [AttributeUsage(AttributeTargets.Method)]
    public sealed class SurfaceFactAttribute : FactAttribute
    {
        const string file = "shared/design/azure-api-surface.txt";

        public SurfaceFactAttribute() => Skip = Path is null ? $"Microsoft's surface ('{file}' in a folder above the repository) is not on this machine." : null!;

        internal static string? Path { get; } = FindUp(AppContext.BaseDirectory, file) is { } folder ? System.IO.Path.Combine(folder, file) : null;
    }
}
