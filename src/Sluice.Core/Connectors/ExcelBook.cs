using System.IO.Compression;
using System.Text;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace Sluice.Connectors;

/// <summary>A workbook open for reading, sheet by sheet and row by row. Every fault of the file is one <see cref="SourceException"/>.</summary>
sealed class ExcelBook : IDisposable
{
    /// <summary>Bytes that the parts of an .xlsx or .xlsb may have unpacked. Shared texts are held in memory, and a small file can hold gigabytes of them.</summary>
    public const long MaxUnpackedBytes = 1L << 30;

    readonly string shown;
    readonly FileStream stream;
    readonly IExcelDataReader reader;
    Stream? content;

    static ExcelBook()
    {
        // Workbooks before Excel 97 are in the code pages of their countries.
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
    }

    /// <param name="path">The file.</param>
    /// <param name="shown">Its name for messages.</param>
    public ExcelBook(string path, string shown)
    {
        this.shown = shown;
        stream = File.OpenRead(path);
        try
        {
            reader = Guard(() =>
            {
                content = Checked();
                return ExcelReaderFactory.CreateReader(content, new ExcelReaderConfiguration { LeaveOpen = true });
            });
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Position of the current sheet, from 0.</summary>
    public int Index { get; private set; }

    public string Name => reader.Name ?? "";

    public bool IsHidden => reader.VisibleState is not (null or "visible");

    /// <summary>Moves to the next sheet.</summary>
    public bool NextSheet()
    {
        Index++;
        return Guard(reader.NextResult);
    }

    /// <summary>Goes back to the first sheet.</summary>
    public void Reset()
    {
        Index = 0;
        Guard(() =>
        {
            reader.Reset();
            return true;
        });
    }

    /// <summary>Ranges of merged cells of the current sheet.</summary>
    public CellRange[] Merged => Guard(() => reader.MergeCells) ?? [];

    /// <summary>Rows of the current sheet, in order, with their numbers as Excel shows them. The array is used again for the next row.</summary>
    public IEnumerable<(int Number, ExcelCell[] Cells)> Rows()
    {
        var errors = Guard(() => ExcelErrors.Find(Again, Index));
        var cells = new ExcelCell[Guard(() => reader.FieldCount)];
        for (var row = 0; Guard(reader.Read); row++)
        {
            var width = Math.Min(cells.Length, reader.FieldCount);
            for (var column = 0; column < cells.Length; column++)
            {
                cells[column] = column < width ? ExcelCell.Of(Value(column)) : default;
                if (cells[column].Kind == ExcelKind.Missing && errors.TryGetValue((row, column), out var error))
                {
                    cells[column] = ExcelCell.OfError(error);
                }
            }

            yield return (row + 1, cells);
        }
    }

    public void Dispose()
    {
        reader.Dispose();
        content?.Dispose();
        stream.Dispose();
    }

    // What the library reads, a second time: a copy in memory, or the file.
    Stream Again() => content is MemoryStream copy ? new MemoryStream(copy.GetBuffer(), 0, (int)copy.Length, writable: false) : new FileStream(stream.Name, FileMode.Open, FileAccess.Read, FileShare.Read);

    object? Value(int column) => Guard(() => reader.GetValue(column));

    /// <summary>What the library is to read.</summary>
    Stream Checked()
    {
        Span<byte> head = stackalloc byte[2];
        if (stream.ReadAtLeast(head, 2, throwOnEndOfStream: false) == 0)
        {
            throw new SourceException($"The Excel file \"{shown}\" is empty: found 0 bytes, expected an .xlsx, .xlsb or .xls workbook. Save it again, or leave it out.");
        }

        stream.Position = 0;
        if (!head.SequenceEqual("PK"u8))
        {
            return stream;
        }

        using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        var unpacked = zip.Entries.Sum(entry => entry.Length);
        if (unpacked > MaxUnpackedBytes)
        {
            throw new SourceException(
                $"The Excel file \"{shown}\" unpacks to {unpacked:N0} bytes; the limit is {MaxUnpackedBytes:N0}. Save its sheets as CSV or in several files.");
        }

        if (ExcelStrict.Is(zip) || ExcelBinary.Is(zip))
        {
            return ExcelStrict.Is(zip) ? ExcelStrict.Usual(zip) : ExcelBinary.Usual(zip);
        }

        stream.Position = 0;
        return stream;
    }

    /// <summary>
    /// The library meets a damaged file with whatever exception comes up in its parser, so that all but ours and the system's own mean the same:
    /// this file cannot be read.
    /// </summary>
    T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidPasswordException cause)
        {
            throw new SourceException(
                $"The Excel file \"{shown}\" is protected by a password. Open it in Excel, remove the password (File, Info, Protect Workbook) and save it.", cause);
        }
        catch (Exception cause) when (cause is not (SourceException or OutOfMemoryException or OperationCanceledException))
        {
            throw new SourceException(
                $"The Excel file \"{shown}\" cannot be read: {cause.Message.TrimEnd('.')}. Expected a whole .xlsx, .xlsb or .xls workbook. Open it in Excel and save it again.", cause);
        }
    }
}
