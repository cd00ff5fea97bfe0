using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Privacy;
using Sluice.Runs;

namespace Sluice.Datasets;

/// <summary>
/// Everything a version is: its files, and what made them. No time and no machine in it, so the same input and pipeline give the same
/// bytes, and the id is their hash.
/// </summary>
public sealed record VersionManifest
{
    public required string Dataset { get; init; }

    public required IReadOnlyList<Field> Schema { get; init; }

    /// <summary>Columns that hold personal data, with their tags; null when no step looked for it or none has any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, SensitiveColumn>? Sensitive { get; init; }

    public required long Rows { get; init; }

    /// <summary>Records of the input, readable or not.</summary>
    public required long RowsRead { get; init; }

    /// <summary>Rows that are not in the version, by reason. Rows read + made = rows + these.</summary>
    public required SortedDictionary<string, long> Rejected { get; init; }

    /// <summary>Rows that steps made (copies, rows of a joined table), by reason; null when none did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, long>? Made { get; init; }

    /// <summary>Files in order.</summary>
    public required IReadOnlyList<VersionFile> Files { get; init; }

    public required IReadOnlyList<InputDigest> Inputs { get; init; }

    /// <summary>Columns as they were read, before the first step: what new rows are brought to. Null in versions of earlier releases.</summary>
    public IReadOnlyList<Field>? InputSchema { get; init; }

    public required PipelineDigest Pipeline { get; init; }

    /// <summary>Version of the engine's file format and algorithms.</summary>
    public required string Engine { get; init; }

    public required IReadOnlyList<VersionStep> Steps { get; init; }

    /// <summary>Report on the rows as read.</summary>
    public required JsonElement QualityBefore { get; init; }

    /// <summary>The same checks on the rows of the version.</summary>
    public required JsonElement QualityAfter { get; init; }

    /// <summary>Name by content: <c>v-</c> and 16 hex digits.</summary>
    public string Id() => "v-" + Convert.ToHexStringLower(SHA256.HashData(DocumentJson.Bytes(this)).AsSpan(0, 8));

    /// <summary>The version as what another one was made of: its name, and the hash of all that it is.</summary>
    public InputDigest Digest()
    {
        var hash = SHA256.HashData(DocumentJson.Bytes(this));
        return new($"{Dataset}@v-{Convert.ToHexStringLower(hash.AsSpan(0, 8))}", Files.Sum(f => f.File.Bytes), Convert.ToHexStringLower(hash));
    }

    /// <summary>Asserts that no row is lost: rows read + made = rows + rejected.</summary>
    public void CheckTotals()
    {
        var (made, rejected) = (Made?.Values.Sum() ?? 0, Rejected.Values.Sum());
        if (Rows + rejected != RowsRead + made)
        {
            throw new InvalidOperationException(
                $"Dataset '{Dataset}': {RowsRead} rows were read{(made == 0 ? "" : $", {made} made")}, {Rows} are kept and {rejected} rejected; {RowsRead + made - Rows - rejected} are unaccounted for. Nothing was committed.");
        }
    }
}

/// <summary>A file of a version and the input rows (0-based, over all rows read) its first and last row came from.</summary>
public sealed record VersionFile(BatchRef File, long FirstInputRow, long LastInputRow);

/// <summary>The pipeline that made a version.</summary>
public sealed record PipelineDigest(string Name, string Hash, JsonElement Definition);

/// <summary>What one step did and learned, and the version of its code that did.</summary>
public sealed record VersionStep(string Type, StepCounts Counts, JsonElement? Fitted, int? CodeVersion = null);
