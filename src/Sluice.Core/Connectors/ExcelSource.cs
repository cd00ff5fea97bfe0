using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Sluice.Steps;

namespace Sluice.Connectors;

/// <summary>What the other cells of a merged range hold.</summary>
public enum MergedCells
{
    /// <summary>The value of the range, in each of its cells.</summary>
    Repeat = 0,

    /// <summary>Nothing: the value is in the first cell only, as the file has it.</summary>
    First = 1,
}

/// <summary>What happens to a row with an error such as <c>#N/A</c> in a cell.</summary>
public enum CellErrors
{
    /// <summary>The row is rejected with the reason <c>cell_error</c>.</summary>
    Reject = 0,

    /// <summary>The cell is a missing value.</summary>
    Missing = 1,
}

/// <summary>
/// Reads sheets of Excel workbooks (.xlsx, .xlsb, .xls). Numbers, booleans, dates and times keep their types; times of day are text; a text that
/// looks like a number stays text. Blank rows are skipped, and so are columns with neither a name nor a value.
/// </summary>
/// <remarks>
/// Limits of the reader: error cells are told from empty ones in .xlsx and .xlsb only, in .xls they are missing values; an .xlsb is held in memory as a compressed .xlsx while it is read.
/// A shard depends on the whole file, so an edit reads all of its shards again; unchanged ranges of rows give the same batches as before.
/// </remarks>
[Source("excel", Aliases = ["excel_connector"])]
public sealed partial class ExcelSource(ExcelSource.Options options) : Source
{
    public sealed record Options
    {
        /// <summary>File, folder or pattern (<c>data/*.xlsx</c>) to read.</summary>
        [Required]
        public string FilePath { get; init; } = "";

        /// <summary>
        /// Name of a sheet, or its number from 1; <c>*</c> for all sheets, hidden ones too, one below the other with a column <c>sheet</c>.
        /// Without it, the first visible sheet that is not empty.
        /// </summary>
        public string? Sheet { get; init; }

        /// <summary>
        /// Row of the column names, counted from 1 as Excel does; rows above it are left out. 0: there is none, columns are named <c>column_1</c>…
        /// Without it, the first of the first 25 rows that is all text and more than half as wide as the table.
        /// </summary>
        [Range(0, 1_048_576)]
        public int? HeaderRow { get; init; }

        /// <summary>What the other cells of a merged range hold: <c>repeat</c> or <c>first</c>.</summary>
        public MergedCells Merged { get; init; } = MergedCells.Repeat;

        /// <summary>What happens to a row with an error cell: <c>reject</c> or <c>missing</c>.</summary>
        public CellErrors Errors { get; init; } = CellErrors.Reject;
    }

    public override string FilePath => options.FilePath;

    public override async IAsyncEnumerable<Shard> ListShardsAsync(InputFiles inputs, ShardCut cut, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var file in await inputs.ListAsync(options.FilePath, cancellation))
        {
            using var local = await inputs.OpenAsync(file.Path, cancellation);
            await using var content = File.OpenRead(local.Path);
            var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation));
            foreach (var shard in await Task.Run(() => Cut(file, local.Path, sha256, cut, cancellation), cancellation))
            {
                yield return shard;
            }
        }
    }

    public override async Task<ShardRows> ReadAsync(InputFiles inputs, Shard shard, Schema? schema, CancellationToken cancellation)
    {
        using var local = await inputs.OpenAsync(shard.File, cancellation);
        return await Task.Run(() => Read(local.Path, shard, schema, cancellation), cancellation);
    }

    ShardRows Read(string path, Shard shard, Schema? schema, CancellationToken cancellation)
    {
        var range = JsonSerializer.Deserialize<ExcelRange>(shard.Detail!)!;
        using var book = new ExcelBook(path, shard.File);
        while (book.Index < range.Sheet && book.NextSheet())
        {
        }

        var names = ExcelTable.Names(null, range.Columns);
        var columns = range.Columns.Select(_ => new ExcelColumn()).ToArray();
        var rejected = new List<RejectedRecord>();
        var seen = 0;
        foreach (var (number, cells) in ExcelTable.Filled(book, options.Merged))
        {
            cancellation.ThrowIfCancellationRequested();
            if (number == range.Header)
            {
                names = ExcelTable.Names(cells, range.Columns, range.WithSheet);
            }

            if (number < shard.FirstLine || number <= range.Header || ExcelTable.IsBlank(cells))
            {
                continue;
            }

            if (seen == shard.Records)
            {
                break;
            }

            seen++;
            if (options.Errors == CellErrors.Reject && Array.FindIndex(range.Columns, at => cells[at].Kind == ExcelKind.Error) is var bad and >= 0)
            {
                rejected.Add(new RejectedRecord(number, names[bad], "cell_error", cells[range.Columns[bad]].Text!));
                continue;
            }

            for (var i = 0; i < columns.Length; i++)
            {
                columns[i].Add(cells[range.Columns[i]]);
            }
        }

        if (seen != shard.Records)
        {
            throw new SourceException($"The Excel file \"{shard.File}\" has changed: found {seen:N0} rows from row {shard.FirstLine:N0}, expected {shard.Records:N0}. Run again.");
        }

        return new ShardRows(Build(book.Name, range, names, columns, schema), rejected);
    }

    static Batch Build(string sheet, ExcelRange range, string[] names, ExcelColumn[] columns, Schema? schema)
    {
        var rows = columns.Length == 0 ? 0 : columns[0].Rows;
        var found = new Dictionary<string, ExcelColumn>(StringComparer.Ordinal);
        if (range.WithSheet)
        {
            var constant = new ExcelColumn();
            for (var row = 0; row < rows; row++)
            {
                constant.Add(new ExcelCell(ExcelKind.Text, 0, sheet));
            }

            found.Add(ExcelTable.SheetColumn, constant);
        }

        for (var i = 0; i < names.Length; i++)
        {
            found.Add(names[i], columns[i]);
        }

        schema ??= new Schema(found.Select(column => column.Value.Infer(column.Key)));
        return new Batch(schema, schema.Select(field => found.TryGetValue(field.Name, out var column) ? column.Build(field) : ExcelColumn.Missing(field.Type, rows)), rows);
    }
}

/// <summary>What a shard of a workbook needs besides its file.</summary>
/// <param name="Sheet">Position of the sheet, from 0.</param>
/// <param name="Header">Row of the names, from 1; 0 when there is none.</param>
/// <param name="Columns">Positions of the columns that have a name or a value somewhere in the sheet, from 0.</param>
/// <param name="WithSheet">Whether the name of the sheet is a column.</param>
sealed record ExcelRange(int Sheet, int Header, int[] Columns, bool WithSheet);
