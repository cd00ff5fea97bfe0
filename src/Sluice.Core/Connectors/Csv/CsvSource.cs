using System.ComponentModel.DataAnnotations;
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

        /// <summary>Around fields that hold delimiters or line ends, doubled inside: one ASCII character, <c>auto</c> (" or '), or <c>none</c>.</summary>
        [Required]
        [RegularExpression(@"auto|none|[\x01-\x09\x0E-\x7F]", ErrorMessage = "quote must be auto, none or one ASCII character.")]
        public string Quote { get; init; } = "\"";

        /// <summary>Before a character that is meant as itself, in quotes or not, for instance a backslash. Not set: only doubled quotes.</summary>
        [RegularExpression(@"[\x01-\x09\x0E-\x7F]", ErrorMessage = "escape must be one ASCII character.")]
        public string? Escape { get; init; }

        /// <summary>Whether the first record names the columns: <c>true</c>, <c>false</c>, or <c>auto</c> to judge by the types of what follows.</summary>
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

        /// <summary>Removes blanks and tabs around values; a quote after blanks opens a field then.</summary>
        public bool Trim { get; init; }

        /// <summary>What to do with a record that has too many or too few fields, or is broken text.</summary>
        public BadRow OnBadRow { get; init; } = BadRow.Reject;

        /// <summary>Name of a column to add that holds each row's file. Not set: none.</summary>
        public string? SourceColumn { get; init; }
    }

    public override string FilePath => options.FilePath;

    protected override string? PathColumn => options.SourceColumn;

    protected override string FormatName => "CSV";

    internal override IEnumerable<Shard> Cut(InputFile file, string localPath, bool alone, ShardCut cut, CancellationToken cancellation)
    {
        var settings = new CsvSettings(options);
        var found = CsvSniffer.Examine(file.Path, localPath, settings, cut);
        using var scan = new TextScan(localPath, found.Dialect.Encoding, found.Start);
        var borders = new CsvBorders(scan, found.Dialect, settings.Comment, options.Trim);
        var cutter = new CsvCutter(file.Path, scan, borders, found, cut);
        borders.SkipLines(options.SkipRows);
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
