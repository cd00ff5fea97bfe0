using System.IO.Compression;
using System.Text;

namespace Sluice.Connectors;

/// <summary>
/// Workbooks in ISO 29500 Strict ("Strict Open XML Spreadsheet" in Excel's list of formats) differ from others in the names of their XML
/// namespaces. ExcelDataReader 3.6 does not know those and would show empty sheets, so it is given a copy with the usual names.
/// </summary>
static class ExcelStrict
{
    const string Namespace = "http://purl.oclc.org/ooxml/";

    static readonly (string Strict, string Usual)[] names =
    [
        ("http://purl.oclc.org/ooxml/spreadsheetml/main", "http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
        ("http://purl.oclc.org/ooxml/officeDocument/relationships", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    ];

    public static bool Is(ZipArchive zip)
    {
        if (zip.GetEntry("xl/workbook.xml") is not { } workbook)
        {
            return false;
        }

        using var reader = new StreamReader(workbook.Open());
        var head = new char[2000];
        return new string(head, 0, reader.ReadBlock(head)).Contains(Namespace, StringComparison.Ordinal);
    }

    /// <summary>The workbook with the usual names, in memory. The caller has limited its size.</summary>
    public static MemoryStream Usual(ZipArchive zip)
    {
        var copy = new MemoryStream();
        using (var target = new ZipArchive(copy, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in zip.Entries.Where(entry => entry.FullName.EndsWith(".xml", StringComparison.Ordinal) || entry.FullName.EndsWith(".rels", StringComparison.Ordinal)))
            {
                using var reader = new StreamReader(entry.Open());
                var text = reader.ReadToEnd();
                foreach (var (strict, usual) in names)
                {
                    text = text.Replace(strict, usual, StringComparison.Ordinal);
                }

                using var writer = target.CreateEntry(entry.FullName, CompressionLevel.Fastest).Open();
                writer.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        copy.Position = 0;
        return copy;
    }
}
