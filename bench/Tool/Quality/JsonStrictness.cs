using Sluice.Connectors;

namespace Sluice.Bench.Quality;

/// <summary>N. Seriot's JSONTestSuite: files named y_ are JSON, n_ are not, i_ may be either and must only not break anything.</summary>
sealed class JsonStrictness : QualityTask
{
    public override string Area => "tabular";

    public override string Name => "JSON strictness";

    public override string Folder => "json";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        foreach (var group in Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories).Where(f => Kind(f) is 'y' or 'n' or 'i').GroupBy(f => Path.GetDirectoryName(f)!)
            .OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var results = group.Select(f => (Kind: Kind(f), Accepted: FileReading.Accepts(new JsonSource(new JsonSource.Options { FilePath = f }), f))).ToList();
            var data = Path.GetRelativePath(folder, group.Key);
            yield return new(data, "y_ accepted", Share(results, 'y', true), 1, $"RFC 8259; {results.Count(r => r.Kind == 'y')} files");
            yield return new(data, "n_ refused", Share(results, 'n', false), 1, $"RFC 8259; {results.Count(r => r.Kind == 'n')} files");
            yield return new(data, "i_ without a fault", Share(results, 'i', null), 1, $"accepted or refused; {results.Count(r => r.Kind == 'i')} files");
        }
    }

    static char Kind(string file) => Path.GetFileName(file) is [var kind, '_', ..] ? kind : ' ';

    static double Share(List<(char Kind, bool? Accepted)> results, char kind, bool? wanted)
    {
        var all = results.Where(r => r.Kind == kind).ToList();
        return all.Count == 0 ? 1 : (double)all.Count(r => wanted is null ? r.Accepted is not null : r.Accepted == wanted) / all.Count;
    }
}
