using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.EndToEnd;

/// <summary>Everything a run gives, by content: version, manifest, published files, and what its sink wrote.</summary>
/// <param name="Version">Id.</param>
/// <param name="Rows">Rows kept.</param>
/// <param name="RowsRead">Rows read.</param>
/// <param name="Rejected">Rows rejected, for any reason.</param>
/// <param name="Hashes">Content of the manifest and of each file, by name.</param>
/// <param name="Lines">Lines of the sink's files, and how often each is there.</param>
public sealed record RunImage(
    string Version, long Rows, long RowsRead, long Rejected, IReadOnlyDictionary<string, string> Hashes, IReadOnlyDictionary<string, int> Lines)
{
    /// <summary>Rows that steps made.</summary>
    public long Made { get; init; }

    /// <summary>Reads it from the store itself, not through the program under test.</summary>
    /// <param name="store">Store folder.</param>
    /// <param name="dataset">Dataset with exactly one version.</param>
    /// <param name="exports">Folder with the sink's files, or null.</param>
    public static RunImage Read(string store, string dataset, string? exports = null)
    {
        var objects = Path.Combine(store, "data", "objects");
        var manifests = Directory.GetFiles(Path.Combine(objects, "versions", dataset));
        if (manifests.Length != 1)
        {
            throw new InvalidDataException($"Expected one version of '{dataset}', found {manifests.Length}: {string.Join(", ", manifests.Select(Path.GetFileName))}.");
        }

        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["manifest"] = Hash(manifests[0]) };
        var manifest = JsonNode.Parse(File.ReadAllText(manifests[0], Encoding.UTF8))!;
        foreach (var file in manifest["files"]!.AsArray())
        {
            var path = (string)file!["file"]!["path"]!;
            hashes[path] = Hash(Path.Combine(objects, path));
        }

        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in exports is null ? [] : Directory.GetFiles(exports, "*", SearchOption.AllDirectories))
        {
            hashes[Path.GetRelativePath(exports!, file)] = Hash(file);
            foreach (var line in File.ReadLines(file))
            {
                lines[line] = lines.GetValueOrDefault(line) + 1;
            }
        }

        return new RunImage(
            Path.GetFileNameWithoutExtension(manifests[0]),
            (long)manifest["rows"]!,
            (long)manifest["rowsRead"]!,
            manifest["rejected"]!.AsObject().Sum(r => (long)r.Value!),
            hashes,
            lines)
        { Made = manifest["made"]?.AsObject().Sum(m => (long)m.Value!) ?? 0 };
    }

    /// <summary>The same of several datasets, all chains of a pipeline: their versions, and the sums of their rows.</summary>
    public static RunImage Read(string store, IReadOnlyList<string> datasets, string exports)
    {
        var images = datasets.Select((dataset, i) => (Dataset: dataset, Image: Read(store, dataset, i == 0 ? exports : null))).ToList();
        var hashes = images.SelectMany(i => i.Image.Hashes.Select(h => (Name: h.Key == "manifest" ? $"manifest of {i.Dataset}" : h.Key, h.Value))).DistinctBy(h => h.Name);
        return new RunImage(
            string.Join(' ', images.Select(i => i.Image.Version)), images.Sum(i => i.Image.Rows), images.Sum(i => i.Image.RowsRead), images.Sum(i => i.Image.Rejected),
            new SortedDictionary<string, string>(hashes.ToDictionary(h => h.Name, h => h.Value), StringComparer.Ordinal), images[0].Image.Lines);
    }

    /// <summary>Lines of <paramref name="expected"/> that are missing here.</summary>
    public int Lost(RunImage expected) => expected.Lines.Sum(line => Math.Max(0, line.Value - Lines.GetValueOrDefault(line.Key)));

    /// <summary>What is wrong with this one, when <paramref name="expected"/> is right.</summary>
    public IEnumerable<string> Differences(RunImage expected)
    {
        if (Version != expected.Version)
        {
            yield return $"version {Version}, expected {expected.Version}";
        }

        if (RowsRead + Made != Rows + Rejected)
        {
            yield return $"{RowsRead} rows read, {Made} made, {Rows} kept and {Rejected} rejected";
        }

        if (RowsRead != expected.RowsRead || Rows != expected.Rows)
        {
            yield return $"{RowsRead} rows read and {Rows} kept, expected {expected.RowsRead} and {expected.Rows}";
        }

        foreach (var name in Hashes.Keys.Union(expected.Hashes.Keys))
        {
            if (Hashes.GetValueOrDefault(name) != expected.Hashes.GetValueOrDefault(name))
            {
                yield return $"'{name}' is {(Hashes.ContainsKey(name) ? expected.Hashes.ContainsKey(name) ? "another file" : "one too many" : "not there")}";
            }
        }
    }

    static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
}
