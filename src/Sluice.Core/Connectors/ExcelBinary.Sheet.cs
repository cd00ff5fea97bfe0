using System.Globalization;
using System.IO.Compression;
using System.Xml;

namespace Sluice.Connectors;

// Rows and cells of a sheet, [MS-XLSB] 2.4.
static partial class ExcelBinary
{
    const int MaxRows = 1_048_576, MaxColumns = 16_384;
    const int RowHdr = 0, Blank = 1, Rk = 2, Error = 3, Boolean = 4, Real = 5, Inline = 6, Shared = 7, FormulaText = 8, FormulaNumber = 9, FormulaBoolean = 10, FormulaError = 11, RichInline = 62;
    const int MergeCell = 176;

    static void WriteSheet(Biff12 part, ZipArchive target, string name)
    {
        using var sheet = part;
        using var copy = Create(target, name, "worksheet", Main);
        var merged = new List<string>();
        long row = -1, column = -1;
        copy.WriteStartElement("sheetData", Main);
        while (sheet.Next(type => type is RowHdr or (>= Rk and <= FormulaError) or RichInline or MergeCell))
        {
            if (sheet.Type == MergeCell)
            {
                merged.Add(Range(sheet));
                continue;
            }

            var next = sheet.UInt32();
            if (sheet.Type == RowHdr)
            {
                if (row >= 0)
                {
                    copy.WriteEndElement();
                }

                (row, column) = (Ascending("row", next, row, MaxRows), -1);
                copy.WriteStartElement("row", Main);
                copy.WriteAttributeString("r", Text(row + 1));
                continue;
            }

            column = Ascending("column", next, column, MaxColumns);
            if (row < 0)
            {
                throw new InvalidDataException("a cell comes before the first row");
            }

            WriteCell(sheet, copy, Name(row, column));
        }

        if (row >= 0)
        {
            copy.WriteEndElement();
        }

        copy.WriteEndElement();
        WriteMerged(copy, merged);
    }

    static void WriteCell(Biff12 sheet, XmlWriter copy, string name)
    {
        // Style in three bytes, flags in the last.
        var style = sheet.UInt32() & 0xFFFFFF;
        if (sheet.Type == RichInline)
        {
            sheet.UInt8();
        }

        var (type, value) = sheet.Type switch
        {
            Rk => ("n", Number(sheet.Rk())),
            Real or FormulaNumber => ("n", Number(sheet.Double())),
            Boolean or FormulaBoolean => ("b", sheet.UInt8() == 0 ? "0" : "1"),
            Error or FormulaError => ("e", ErrorText(sheet.UInt8())),
            Shared => ("s", Text(sheet.UInt32())),
            _ => ("str", Escaped(sheet.Text())),
        };
        copy.WriteStartElement("c", Main);
        copy.WriteAttributeString("r", name);
        copy.WriteAttributeString("s", Text(style));
        copy.WriteAttributeString("t", type);
        copy.WriteStartElement("v", Main);
        copy.WriteString(value);
        copy.WriteEndElement();
        copy.WriteEndElement();
    }

    static void WriteMerged(XmlWriter copy, List<string> merged)
    {
        if (merged.Count == 0)
        {
            return;
        }

        copy.WriteStartElement("mergeCells", Main);
        foreach (var range in merged)
        {
            copy.WriteStartElement("mergeCell", Main);
            copy.WriteAttributeString("ref", range);
            copy.WriteEndElement();
        }

        copy.WriteEndElement();
    }

    static string Range(Biff12 sheet)
    {
        var (top, bottom, left, right) = (sheet.UInt32(), sheet.UInt32(), sheet.UInt32(), sheet.UInt32());
        return top <= bottom && bottom < MaxRows && left <= right && right < MaxColumns
            ? $"{Name(top, left)}:{Name(bottom, right)}"
            : throw new InvalidDataException($"a merged range goes from row {top} to {bottom} and column {left} to {right}");
    }

    // So that no file makes the rows of others come twice.
    static long Ascending(string what, uint next, long last, long limit) =>
        next > last && next < limit ? next : throw new InvalidDataException($"{what} {next + 1L} comes after {what} {last + 1}; expected ascending ones to {limit:N0}");

    static string Name(long row, long column)
    {
        var letters = "";
        for (var rest = column + 1; rest > 0; rest = (rest - 1) / 26)
        {
            letters = (char)('A' + ((rest - 1) % 26)) + letters;
        }

        return letters + Text(row + 1);
    }

    static string Number(double number) => double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : throw new InvalidDataException("a cell has a number that is not finite");

    static string ErrorText(int code) => code switch
    {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2A => "#N/A",
        0x2B => "#GETTING_DATA",
        _ => "#ERROR",
    };
}
