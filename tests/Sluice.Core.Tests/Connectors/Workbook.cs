using System.IO.Compression;
using System.Text;

namespace Sluice.Core.Tests.Connectors;

/// <summary>Writes a small .xlsx from the XML of its sheets' rows.</summary>
static class Workbook
{
    /// <summary>Style 1 is a date, 2 a date with time, 3 a time of day.</summary>
    const string Styles =
        """
        <styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>
        <borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0"/>
        <xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/><xf numFmtId="20" applyNumberFormat="1"/></cellXfs></styleSheet>
        """;

    /// <param name="file">Where to write.</param>
    /// <param name="sheets">Name, whether it is hidden, rows, merged ranges such as <c>A1:B2</c>.</param>
    public static void Write(string file, params (string Name, bool Hidden, object?[][] Rows, string[] Merged)[] sheets)
    {
        using var zip = ZipFile.Open(file, ZipArchiveMode.Create);
        Add(zip, "[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>");
        Add(zip, "xl/styles.xml", Styles);
        Add(
            zip,
            "xl/workbook.xml",
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>"
            + string.Concat(sheets.Select((sheet, i) => $"<sheet name=\"{sheet.Name}\" sheetId=\"{i + 1}\" r:id=\"r{i + 1}\"{(sheet.Hidden ? " state=\"hidden\"" : "")}/>")) + "</sheets></workbook>");
        Add(
            zip,
            "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
            + string.Concat(sheets.Select((_, i) => Relationship($"r{i + 1}", "worksheet", $"worksheets/sheet{i + 1}.xml"))) + Relationship("s", "styles", "styles.xml") + "</Relationships>");
        for (var i = 0; i < sheets.Length; i++)
        {
            var merged = sheets[i].Merged.Length == 0 ? "" : $"<mergeCells>{string.Concat(sheets[i].Merged.Select(range => $"<mergeCell ref=\"{range}\"/>"))}</mergeCells>";
            Add(
                zip,
                $"xl/worksheets/sheet{i + 1}.xml",
                $"<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{string.Concat(sheets[i].Rows.Select(Row))}</sheetData>{merged}</worksheet>");
        }
    }

    static string Relationship(string id, string type, string target) =>
        $"<Relationship Id=\"{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{type}\" Target=\"{target}\"/>";

    static string Row(object?[] cells, int row) => $"<row r=\"{row + 1}\">{string.Concat(cells.Select((cell, column) => Cell(cell, $"{(char)('A' + column)}{row + 1}")))}</row>";

    static string Cell(object? value, string at) => value switch
    {
        null => "",
        string error when error.StartsWith('#') => $"<c r=\"{at}\" t=\"e\"><v>{error}</v></c>",
        string text => $"<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>",
        bool flag => $"<c r=\"{at}\" t=\"b\"><v>{(flag ? 1 : 0)}</v></c>",
        DateTime { TimeOfDay.Ticks: 0 } day => $"<c r=\"{at}\" s=\"1\"><v>{day.ToOADate()}</v></c>",
        DateTime time => $"<c r=\"{at}\" s=\"2\"><v>{time.ToOADate():R}</v></c>",
        TimeOnly time => $"<c r=\"{at}\" s=\"3\"><v>{time.ToTimeSpan().TotalDays:R}</v></c>",
        _ => $"<c r=\"{at}\"><v>{value}</v></c>",
    };

    static void Add(ZipArchive zip, string name, string content)
    {
        using var stream = zip.CreateEntry(name).Open();
        stream.Write(Encoding.UTF8.GetBytes(content));
    }
}
