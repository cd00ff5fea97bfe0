using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sluice.SchemaDetection;
using Sluice.Steps;

namespace Sluice.Connectors;

/// <summary>What happens with a record that cannot be read.</summary>
public enum BadRow
{
    /// <summary>It is rejected with a reason and the run goes on.</summary>
    Reject,

    /// <summary>The run stops at the first one.</summary>
    Fail,
}

/// <summary>
/// Tables in text files: CSV, TSV and their kin (RFC 4180, and what is found in practice). Delimiter, header and encoding are found out
/// unless they are stated. A record with too many or too few fields, or with broken text, is rejected with its line.
/// </summary>
[Source("csv", Aliases = ["csv_connector"])]
public sealed partial class CsvSource(CsvSource.Options options) : TextFileSource
{
    /// <summary>Options of the <c>csv</c> source.</summary>
    public sealed record Options
    {
        /// <summary>A file, a folder (all its files) or a glob such as <c>data/**/*.csv</c>.</summary>
        [Required(AllowEmptyStrings = false)]
        public required string FilePath { get; init; }

        /// <summary>Between fields: one ASCII character, <c>tab</c>, or <c>auto</c> to find it out from the first rows.</summary>
        [Required]
        [RegularExpression(@"auto|tab|comma|semicolon|pipe|space|\\t|[\x01-\x09\x0E-\x7F]", ErrorMessage = "delimiter must be auto, tab or one ASCII character.")]
        public string Delimiter { get; init; } = "auto";

        /// <summary>Around fields that hold delimiters or line ends, doubled inside: one ASCII character, <c>auto</c> to find out whether it is " or ', or <c>none</c>.</summary>
        [Required]
        [RegularExpression(@"auto|none|[\x01-\x09\x0E-\x7F]", ErrorMessage = "quote must be auto, none or one ASCII character.")]
        public string Quote { get; init; } = "auto";

        /// <summary>
        /// Before a character that is meant as itself, in quotes or not: one ASCII character, <c>auto</c> for a backslash where quotes only pair
        /// up with one, or <c>none</c>: only doubled quotes.
        /// </summary>
        [Required]
        [RegularExpression(@"auto|none|[\x01-\x09\x0E-\x7F]", ErrorMessage = "escape must be auto, none or one ASCII character.")]
        public string Escape { get; init; } = "auto";

        /// <summary>
        /// Whether the first record names the columns: <c>true</c>, <c>false</c>, or <c>auto</c> to judge by the types of what follows. With
        /// <c>auto</c> and no <c>skip_rows</c>, titles above the header are found and rejected as <c>preamble</c>, and a header of several
        /// records (groups over names) is joined.
        /// </summary>
        [AllowedValues("auto", "true", "false")]
        public string Header { get; init; } = "auto";

        /// <summary><c>auto</c> (byte order mark, else UTF-8, else windows-1252), <c>utf-8</c>, <c>utf-16le</c>, <c>iso-8859-7</c> and so on.</summary>
        [Required]
        public string Encoding { get; init; } = TextEncodings.Auto;

        /// <summary>Lines to leave out at the start of each file, before the header.</summary>
        [Range(0, 1_000_000)]
        public int SkipRows { get; init; }

        /// <summary>Lines that begin with this ASCII character are left out, for instance <c>#</c>. Not set: none.</summary>
        [RegularExpression(@"[\x01-\x09\x0E-\x7F]", ErrorMessage = "comment must be one ASCII character.")]
        public string? Comment { get; init; }

        /// <summary>Texts that mean a missing value, besides the empty field, for instance <c>NA</c>.</summary>
        public IReadOnlyList<string> NullValues { get; init; } = [];

        /// <summary>Removes blanks and tabs around values; a quote after blanks opens a field then. Not set: where quotes come after blanks.</summary>
        public bool? Trim { get; init; }

        /// <summary>What to do with a record that has too many or too few fields, or is broken text.</summary>
        public BadRow OnBadRow { get; init; } = BadRow.Reject;

        /// <summary>
        /// Bytes that each byte of a compressed file (gzip, Zstandard) may become: a file that grows more is taken for a bomb and refused. Files that
        /// unpack to less than 64 MiB are always read.
        /// </summary>
        [Range(1, 1_000_000)]
        public int MaxUnpackRatio { get; init; } = 200;

        /// <summary>
        /// Detects the schema of the rows as read and has the default language model describe it, as <c>schema_detection</c> with <c>model: default</c> before all steps would: the model sees
        /// a profile with personal data masked, and what it claims and the data contradicts is refused. Where no model is configured, the schema is described by what was detected, and
        /// a note says so. No row depends on it. For another model or a budget, use that step instead. Default: false.
        /// </summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool LlmEnhanced { get; init; }

        /// <summary>Name of a column to add that holds each row's file. Not set: none.</summary>
        public string? SourceColumn { get; init; }
    }

    public override int CodeVersion => 2;

    public override string FilePath => options.FilePath;

    public override Step? Look => options.LlmEnhanced ? new SchemaDetectionStep(new() { Model = "default" }) : null;

    protected override string? PathColumn => options.SourceColumn;

    protected override int UnpackRatio => options.MaxUnpackRatio;

    protected override string FormatName => "CSV";

    /// <summary>How the first file is written, as reading it will take it.</summary>
    /// <exception cref="SourceException">There is none, or it is no table.</exception>
    public async Task<CsvLayout> DetectAsync(InputFiles inputs, CancellationToken cancellation)
    {
        var file = await FirstAsync(inputs, cancellation);
        using var local = await OpenAsync(inputs, file, cancellation);
        return await Task.Run(() => CsvLayout.Of(file, local.Path, new CsvSettings(options)), cancellation);
    }

    public override async Task<IReadOnlyList<KeyValuePair<string, string>>> DescribeAsync(InputFiles inputs, CancellationToken cancellation) =>
        (await DetectAsync(inputs, cancellation)).InWords();

    internal override IEnumerable<Shard> Cut(InputFile file, string localPath, bool alone, ShardCut cut, CancellationToken cancellation)
    {
        if (!alone && new FileInfo(localPath).Length == 0)
        {
            yield break;
        }

        var settings = new CsvSettings(options);
        var found = CsvSniffer.Examine(file.Path, localPath, settings, cut);
        using var scan = new TextScan(localPath, found.Dialect.Encoding, found.Start);
        var borders = new CsvBorders(scan, found.Dialect, settings.Comment);
        var cutter = new CsvCutter(file.Path, scan, borders, found, cut);
        borders.SkipLines(found.Head.SkipLines);
        while (borders.Next())
        {
            cancellation.ThrowIfCancellationRequested();
            cutter.NextBuffer();
            for (var i = 0; i < borders.Count;)
            {
                if (cutter.Take(ref i) is { } part)
                {
                    yield return part;
                }
            }
        }

        if (cutter.Finish() is { } last)
        {
            yield return last;
        }
    }
}
