using Sluice.Connectors;

namespace Sluice.Pipelines;

/// <summary>Which source reads and which sink writes a file, by its extension.</summary>
public static class FormatOf
{
    /// <exception cref="PipelineException">No source reads such files.</exception>
    public static string Source(string path) => Path.GetExtension(Packings.WithoutExtension(path)).ToLowerInvariant() switch
    {
        ".csv" or ".tsv" or ".psv" => "csv",
        ".json" or ".jsonl" or ".ndjson" => "json",
        ".parquet" => "parquet",
        ".xlsx" or ".xls" or ".xlsb" => "excel",
        ".txt" or ".md" => "text",
        var other => throw Unknown(path, other, ".csv, .tsv, .json, .jsonl, .ndjson, .parquet, .xlsx, .xls, .xlsb, .txt, .md"),
    };

    /// <exception cref="PipelineException">No sink writes such files.</exception>
    public static string Sink(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".csv" => "csv_sink",
        ".jsonl" or ".ndjson" => "jsonl_sink",
        ".parquet" => "parquet_sink",
        var other => throw Unknown(path, other, ".csv, .jsonl, .ndjson, .parquet"),
    };

    static PipelineException Unknown(string path, string extension, string known) =>
        new($"The format of '{path}' is not known by its extension '{extension}'. Expected one of {known}.", null);
}
