using Sluice.Datasets;
using Spectre.Console;

namespace Sluice.Cli.Ui;

/// <summary>Versions and their differences as text.</summary>
static class ManifestView
{
    const int ShownInputs = 3;

    public static void Show(IReadOnlyList<DatasetView> datasets)
    {
        // Narrow terminals have no room for what nobody filled in.
        var tagged = datasets.Any(d => d.Tags.Count > 0);
        var table = new Table().Border(TableBorder.Rounded).AddColumns("dataset", "made of", "state", "versions", "newest", "rows", "quality", "committed");
        if (tagged)
        {
            table.AddColumn("tags");
        }

        foreach (var dataset in datasets)
        {
            string[] cells =
            [
                dataset.Dataset, MadeOf(dataset.MadeOf), dataset.State.ToString().ToLowerInvariant(), $"{dataset.Number}", dataset.Version ?? "none", $"{dataset.Rows:N0}",
                $"{dataset.Quality:0.0}", $"{dataset.CommittedAt?.ToLocalTime():yyyy-MM-dd HH:mm}", .. tagged ? [string.Join(", ", dataset.Tags)] : Array.Empty<string>(),
            ];
            table.AddRow(cells.Select(Markup.Escape).ToArray());
        }

        AnsiConsole.Write(table);
    }

    /// <summary>Datasets and files by their names alone: 'datasets show' has versions and paths.</summary>
    static string MadeOf(IReadOnlyList<string> inputs)
    {
        var names = inputs.Select(i => i.Contains("@v-", StringComparison.Ordinal) ? i[..i.IndexOf("@v-", StringComparison.Ordinal)] : Path.GetFileName(i)).Distinct().ToList();
        return string.Join(", ", names.Take(ShownInputs)) + (names.Count > ShownInputs ? ", …" : "");
    }

    /// <summary>What is said of a dataset; only what there is.</summary>
    public static void Show(DatasetRecord record)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]{record.Dataset}[/] is {record.State.ToString().ToLowerInvariant()}{(record.Moves is [.., { Reason: { } reason }] ? ": " + reason : "")}");
        Fact("description", record.Description);
        Fact("owner", record.Owner);
        Line("tags", record.Tags);
        Line("metadata", [.. record.Metadata.Select(m => $"{m.Key}={m.Value}")]);
        Line("declared columns", [.. (record.Schema ?? []).Select(f => $"{f.Name} {f.Type.ToString().ToLowerInvariant()}")]);
    }

    static void Fact(string title, string? text) => Line(title, text is null ? [] : [text]);

    public static void Show(VersionEntry entry, VersionManifest manifest, IReadOnlyList<VersionEntry> versions)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]{entry.Dataset}[/]@{entry.Version} (number {entry.Number}, {entry.CommittedAt.ToLocalTime():yyyy-MM-dd HH:mm}, run {entry.Run})");
        AnsiConsole.MarkupLineInterpolated($"{manifest.Rows:N0} rows in {manifest.Files.Count} {(manifest.Files.Count == 1 ? "file" : "files")}, {manifest.RowsRead:N0} read; parent {entry.Parent ?? "none"}");
        var columns = new Table().Border(TableBorder.Rounded).AddColumns("column", "type", "nullable", "format");
        foreach (var field in manifest.Schema)
        {
            columns.AddRow(Markup.Escape(field.Name), field.Type.ToString().ToLowerInvariant(), field.Nullable ? "yes" : "no", Markup.Escape(field.Format ?? ""));
        }

        AnsiConsole.Write(columns);
        var steps = new Table().Border(TableBorder.Rounded).AddColumns("step", "type", "rows in", "rows out", "rejected, made");
        foreach (var step in manifest.Steps)
        {
            steps.AddRow(
                Markup.Escape(step.Counts.Step), Markup.Escape(step.Type), $"{step.Counts.RowsIn:N0}", $"{step.Counts.RowsOut:N0}",
                Markup.Escape(string.Join(", ", step.Counts.Rejected.Concat(step.Counts.Made ?? []).Select(r => $"{r.Value:N0} {r.Key}"))));
        }

        AnsiConsole.Write(steps);
        foreach (var input in manifest.Inputs)
        {
            AnsiConsole.MarkupLineInterpolated($"input {input.File}  {input.Bytes:N0} bytes  sha256 {input.Sha256}");
        }

        AnsiConsole.MarkupLineInterpolated($"pipeline {manifest.Pipeline.Name}  {manifest.Pipeline.Hash[..16]}");
        AnsiConsole.MarkupLineInterpolated($"versions: {string.Join(", ", versions.Select(v => $"{v.Number} {v.Version}"))}");
    }

    public static void Show(VersionDiff diff)
    {
        AnsiConsole.MarkupLineInterpolated($"{diff.From} → {diff.To}");
        Line("columns added", diff.ColumnsAdded);
        Line("columns removed", diff.ColumnsRemoved);
        Line("columns retyped", diff.ColumnsRetyped);
        AnsiConsole.WriteLine($"columns: {diff.Compatibility.ToString().ToLowerInvariant()}");
        AnsiConsole.WriteLine(diff.RowsAdded is null
            ? "rows: not compared, because the columns differ"
            : $"rows: {diff.RowsAdded:N0} added, {diff.RowsRemoved:N0} removed");
        AnsiConsole.WriteLine($"files: {diff.FilesShared} shared, {diff.FilesCompared} compared");
        AnsiConsole.WriteLine($"quality: {diff.QualityBefore:0.00} → {diff.QualityAfter:0.00}");
    }

    static void Line(string title, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"{title}: {string.Join(", ", names)}");
        }
    }
}
