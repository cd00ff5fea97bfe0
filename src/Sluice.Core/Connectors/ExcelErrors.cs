using System.IO.Compression;
using System.Xml;

namespace Sluice.Connectors;

/// <summary>
/// Cells of a sheet of an .xlsx, or of an .xlsb as one, that hold an error (<c>#N/A</c>), by row and column from 0. ExcelDataReader 3.6 shows them as empty, and an
/// empty cell is another thing. In the older .xls they stay empty.
/// </summary>
static class ExcelErrors
{
    public static Dictionary<(int Row, int Column), string> Find(Func<Stream> open, int sheet)
    {
        var errors = new Dictionary<(int, int), string>();
        using var stream = open();
        Span<byte> head = stackalloc byte[2];
        if (stream.ReadAtLeast(head, 2, throwOnEndOfStream: false) < 2 || !head.SequenceEqual("PK"u8))
        {
            return errors;
        }

        stream.Position = 0;
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
        if (Part(zip, sheet) is not { } part)
        {
            return errors;
        }

        using var xml = XmlReader.Create(part.Open(), new XmlReaderSettings { CloseInput = true });
        int row = -1, column = -1;
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            if (xml.LocalName == "row")
            {
                row = int.TryParse(xml.GetAttribute("r"), out var number) ? number - 1 : row + 1;
                column = -1;
            }
            else if (xml.LocalName == "c")
            {
                column = ColumnOf(xml.GetAttribute("r")) ?? column + 1;
                if (xml.GetAttribute("t") == "e" && !xml.IsEmptyElement)
                {
                    errors[(row, column)] = ValueOf(xml);
                }
            }
        }

        return errors;
    }

    static ZipArchiveEntry? Part(ZipArchive zip, int sheet)
    {
        var ids = new List<string>();
        foreach (var element in Elements(zip, "xl/workbook.xml", "sheet"))
        {
            // The relationship's namespace is not the same in strict workbooks.
            ids.Add(element.GetValueOrDefault("id") ?? "");
        }

        if (sheet >= ids.Count)
        {
            return null;
        }

        var target = Elements(zip, "xl/_rels/workbook.xml.rels", "Relationship").FirstOrDefault(e => e.GetValueOrDefault("Id") == ids[sheet])?.GetValueOrDefault("Target");
        return target is null ? null : zip.GetEntry(target.StartsWith('/') ? target[1..] : "xl/" + target);
    }

    static IEnumerable<Dictionary<string, string>> Elements(ZipArchive zip, string part, string name)
    {
        if (zip.GetEntry(part) is not { } entry)
        {
            yield break;
        }

        using var xml = XmlReader.Create(entry.Open(), new XmlReaderSettings { CloseInput = true });
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == name)
            {
                var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
                while (xml.MoveToNextAttribute())
                {
                    attributes[xml.LocalName] = xml.Value;
                }

                yield return attributes;
            }
        }
    }

    static string ValueOf(XmlReader cell)
    {
        var depth = cell.Depth;
        while (cell.Read() && !(cell.NodeType == XmlNodeType.EndElement && cell.Depth == depth))
        {
            if (cell.NodeType == XmlNodeType.Text && cell.Value.StartsWith('#'))
            {
                return cell.Value;
            }
        }

        return "#ERROR";
    }

    static int? ColumnOf(string? reference)
    {
        var column = 0;
        foreach (var c in reference ?? "")
        {
            if (!char.IsAsciiLetter(c))
            {
                break;
            }

            column = (column * 26) + (char.ToUpperInvariant(c) - 'A' + 1);
        }

        return column == 0 ? null : column - 1;
    }
}
