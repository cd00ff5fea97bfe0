namespace Sluice.Datasets;

/// <summary>How two versions differ.</summary>
/// <param name="From">Id of the first.</param>
/// <param name="To">Id of the second.</param>
/// <param name="ColumnsAdded">Columns only in the second.</param>
/// <param name="ColumnsRemoved">Columns only in the first.</param>
/// <param name="ColumnsRetyped">Columns with another type: <c>age: Text → Int64</c>.</param>
/// <param name="RowsAdded">Rows only in the second; null when the columns differ.</param>
/// <param name="RowsRemoved">Rows only in the first.</param>
/// <param name="FilesShared">Files that both have, byte for byte.</param>
/// <param name="FilesCompared">Files that had to be read.</param>
/// <param name="QualityBefore">Score of the first.</param>
/// <param name="QualityAfter">Score of the second.</param>
/// <param name="Compatibility">What the difference of the columns means to a reader of the first.</param>
public sealed record VersionDiff(
    string From, string To, IReadOnlyList<string> ColumnsAdded, IReadOnlyList<string> ColumnsRemoved, IReadOnlyList<string> ColumnsRetyped,
    long? RowsAdded, long? RowsRemoved, int FilesShared, int FilesCompared, double? QualityBefore, double? QualityAfter, SchemaCompatibility Compatibility)
{
    /// <summary>Compares two versions. Files with equal names are equal, so only the others are read; memory is 24 bytes per row of those.</summary>
    public static async Task<VersionDiff> OfAsync(BatchFiles files, VersionManifest left, VersionManifest right, CancellationToken cancellation)
    {
        var (before, after) = (new Schema(left.Schema), new Schema(right.Schema));
        var shared = left.Files.Select(f => f.File.Sha256).ToHashSet(StringComparer.Ordinal);
        shared.IntersectWith(right.Files.Select(f => f.File.Sha256));
        var sameColumns = before.Select(f => (f.Name, f.Type)).SequenceEqual(after.Select(f => (f.Name, f.Type)));
        long? added = null, removed = null;
        var compared = left.Files.Concat(right.Files).Where(f => !shared.Contains(f.File.Sha256)).ToArray();
        if (sameColumns)
        {
            var counts = new Dictionary<RowKey, int>();
            await CountAsync(files, left.Files.Where(f => !shared.Contains(f.File.Sha256)), -1, counts, cancellation);
            await CountAsync(files, right.Files.Where(f => !shared.Contains(f.File.Sha256)), 1, counts, cancellation);
            added = counts.Values.Where(c => c > 0).Sum(c => (long)c);
            removed = counts.Values.Where(c => c < 0).Sum(c => -(long)c);
        }

        return new VersionDiff(
            left.Id(),
            right.Id(),
            [.. after.Where(f => !before.Has(f.Name)).Select(f => f.Name)],
            [.. before.Where(f => !after.Has(f.Name)).Select(f => f.Name)],
            [.. after.Where(f => before.Has(f.Name) && before[f.Name].Type != f.Type).Select(f => $"{f.Name}: {before[f.Name].Type} → {f.Type}")],
            added,
            removed,
            shared.Count,
            compared.Length,
            Score(left),
            Score(right),
            SchemaEvolution.Of(before, after));
    }

    static async Task CountAsync(BatchFiles files, IEnumerable<VersionFile> some, int sign, Dictionary<RowKey, int> counts, CancellationToken cancellation)
    {
        foreach (var file in some)
        {
            var rows = await files.ReadAsync(file.File, null, cancellation);
            foreach (var key in RowHash.Rows(rows.Columns, rows.Rows))
            {
                counts[key] = counts.GetValueOrDefault(key) + sign;
            }
        }
    }

    static double? Score(VersionManifest version) =>
        version.QualityAfter.ValueKind == System.Text.Json.JsonValueKind.Object && version.QualityAfter.TryGetProperty("score", out var score) ? score.GetDouble() : null;
}
