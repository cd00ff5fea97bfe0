using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sluice.Connectors;

public sealed partial class ExcelSource
{
    List<Shard> Cut(InputFile file, string path, string sha256, ShardCut cut, CancellationToken cancellation)
    {
        using var book = new ExcelBook(path, file.Path);
        var shards = new List<Shard>();
        foreach (var sheet in Sheets(book, file.Path))
        {
            var header = options.HeaderRow ?? ExcelTable.FindHeader(FirstRows(path, file.Path, sheet));
            Seek(book, sheet);
            var (columns, ends) = Scan(book, file.Path, header, cut, cancellation);
            var detail = JsonSerializer.Serialize(new ExcelRange(sheet, header, columns, options.Sheet == "*"));
            foreach (var (firstRow, records) in ends)
            {
                var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{sha256} {detail} {firstRow} {records}")));
                shards.Add(new Shard(file.Path, 0, file.Bytes, hash, firstRow, records, detail));
            }
        }

        return shards.Count > 0 ? shards : throw new SourceException(
            $"The Excel file \"{file.Path}\" has no rows{(options.Sheet is null or "*" ? "" : $" in sheet \"{options.Sheet}\"")} below its column names. Expected at least one. "
            + "Choose another sheet with the option sheet, or set header_row.");
    }

    /// <summary>Positions of the sheets to read.</summary>
    List<int> Sheets(ExcelBook book, string shown)
    {
        var names = new List<string>();
        var filled = new List<(int Index, bool Hidden)>();
        do
        {
            names.Add(book.Name);
            if (book.Rows().Any(row => !ExcelTable.IsBlank(row.Cells)))
            {
                filled.Add((book.Index, book.IsHidden));
            }
        }
        while (book.NextSheet());

        if (options.Sheet == "*")
        {
            return [.. filled.Select(sheet => sheet.Index)];
        }

        if (options.Sheet is null)
        {
            return [.. filled.OrderBy(sheet => sheet.Hidden).ThenBy(sheet => sheet.Index).Take(1).Select(sheet => sheet.Index)];
        }

        var index = names.IndexOf(options.Sheet);
        if (index < 0 && int.TryParse(options.Sheet, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= names.Count)
        {
            index = number - 1;
        }

        return index >= 0 ? [index] : throw new SourceException(
            $"The Excel file \"{shown}\" has no sheet \"{options.Sheet}\". It has: {string.Join(", ", names.Select(name => $"\"{name}\""))}. "
            + $"Set sheet to one of them, to a number from 1 to {names.Count}, or to \"*\".");
    }

    static List<(int Number, ExcelCell[] Cells)> FirstRows(string path, string shown, int sheet)
    {
        using var book = new ExcelBook(path, shown);
        Seek(book, sheet);
        return ExcelTable.FirstRows(book);
    }

    static void Seek(ExcelBook book, int sheet)
    {
        book.Reset();
        while (book.Index < sheet && book.NextSheet())
        {
        }
    }

    /// <summary>One pass over the sheet: which columns are used, and where shards end.</summary>
    (int[] Columns, List<(int FirstRow, int Records)> Ends) Scan(ExcelBook book, string shown, int header, ShardCut cut, CancellationToken cancellation)
    {
        var used = new SortedSet<int>();
        var ends = new List<(int, int)>();
        int first = 0, records = 0;
        long bytes = 0;
        foreach (var (number, cells) in ExcelTable.Filled(book, options.Merged))
        {
            cancellation.ThrowIfCancellationRequested();
            if (number < header || ExcelTable.IsBlank(cells))
            {
                continue;
            }

            used.UnionWith(Enumerable.Range(0, cells.Length).Where(at => cells[at].Kind != ExcelKind.Missing));
            if (number == header)
            {
                continue;
            }

            var text = Encoding.UTF8.GetBytes(string.Join('\u001f', cells.Select(cell => cell.Display())));
            first = records == 0 ? number : first;
            records++;
            bytes += text.Length;
            if (records == cut.MaxRecords || cut.EndsAfter(bytes, bytes / records, RowHash.Bytes(text)))
            {
                ends.Add((first, records));
                (records, bytes) = (0, 0);
            }
        }

        if (records > 0)
        {
            ends.Add((first, records));
        }

        return used.Count <= cut.MaxColumns ? ([.. used], ends) : throw new SourceException(
            $"The Excel file \"{shown}\" has {used.Count:N0} columns in sheet \"{book.Name}\"; the limit is {cut.MaxColumns:N0}. Remove columns or split the sheet.");
    }
}
