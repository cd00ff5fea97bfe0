using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Sluice.Connectors;

/// <summary>
/// Binary workbooks (.xlsb) are zip files as .xlsx are, whose parts are records instead of XML ([MS-XLSB]). ExcelDataReader does not read them, so it is given a copy in XML of what a table
/// is made of: sheets, rows, cells, shared texts, formats and merged ranges.
/// </summary>
static partial class ExcelBinary
{
    const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const string Package = "http://schemas.openxmlformats.org/package/2006/relationships", Workbook = "xl/workbook.bin";

    static readonly XmlWriterSettings xml = new() { Encoding = new UTF8Encoding(false), CloseOutput = true };

    public static bool Is(ZipArchive zip) => zip.GetEntry(Workbook) is not null;

    /// <summary>The workbook as .xlsx, compressed in memory. The caller has limited its size.</summary>
    public static MemoryStream Usual(ZipArchive zip)
    {
        var copy = new MemoryStream();
        using (var target = new ZipArchive(copy, ZipArchiveMode.Create, leaveOpen: true))
        {
            var targets = Targets(zip);
            var (sheets, is1904) = Sheets(zip, targets);
            WriteBook(target, sheets, is1904);
            WriteStyles(zip, target, targets.Values.FirstOrDefault(t => t.Type == "styles").Part);
            WriteTexts(zip, target, targets.Values.FirstOrDefault(t => t.Type == "sharedStrings").Part);
            for (var i = 0; i < sheets.Count; i++)
            {
                WriteSheet(Open(zip, sheets[i].Part), target, $"xl/worksheets/sheet{i + 1}.xml");
            }
        }

        copy.Position = 0;
        return copy;
    }

    // Parts that the workbook names, by id.
    static Dictionary<string, (string Type, string Part)> Targets(ZipArchive zip)
    {
        var targets = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        var part = zip.GetEntry("xl/_rels/workbook.bin.rels") ?? throw new InvalidDataException("the part xl/_rels/workbook.bin.rels is missing");
        using var relations = XmlReader.Create(part.Open(), new XmlReaderSettings { CloseInput = true });
        while (relations.Read())
        {
            if (relations is { NodeType: XmlNodeType.Element, LocalName: "Relationship" } && relations.GetAttribute("Id") is { } id && relations.GetAttribute("Target") is { } target)
            {
                var type = relations.GetAttribute("Type") ?? "";
                targets[id] = (type[(type.LastIndexOf('/') + 1)..], target.StartsWith('/') ? target[1..] : "xl/" + target);
            }
        }

        return targets;
    }

    static (IReadOnlyList<(string Name, uint State, string Part)> Sheets, bool Is1904) Sheets(ZipArchive zip, Dictionary<string, (string Type, string Part)> targets)
    {
        const int WbProp = 153, BundleSh = 156;
        var sheets = new List<(string, uint, string)>();
        var is1904 = false;
        using var book = Open(zip, Workbook);
        while (book.Next(type => type is WbProp or BundleSh))
        {
            if (book.Type == WbProp)
            {
                is1904 = (book.UInt32() & 1) != 0;
                continue;
            }

            var state = book.UInt32();
            book.UInt32();
            var (id, name) = (book.Text(), book.Text());

            // Sheets of charts and macros have no rows.
            if (targets.TryGetValue(id, out var target) && target.Type == "worksheet")
            {
                sheets.Add((name, state, target.Part));
            }
        }

        return (sheets, is1904);
    }

    static Biff12 Open(ZipArchive zip, string part) => new((zip.GetEntry(part) ?? throw new InvalidDataException($"the part {part} is missing")).Open());

    static void WriteBook(ZipArchive target, IReadOnlyList<(string Name, uint State, string Part)> sheets, bool is1904)
    {
        using (var book = Create(target, "xl/workbook.xml", "workbook", Main))
        {
            book.WriteStartElement("workbookPr", Main);
            book.WriteAttributeString("date1904", is1904 ? "1" : "0");
            book.WriteEndElement();
            book.WriteStartElement("sheets", Main);
            for (var i = 0; i < sheets.Count; i++)
            {
                book.WriteStartElement("sheet", Main);
                book.WriteAttributeString("name", Escaped(sheets[i].Name));
                book.WriteAttributeString("sheetId", Text(i + 1));
                book.WriteAttributeString("state", sheets[i].State switch { 0 => "visible", 1 => "hidden", _ => "veryHidden" });
                book.WriteAttributeString("id", Relations, $"r{i + 1}");
                book.WriteEndElement();
            }
        }

        using var relations = Create(target, "xl/_rels/workbook.xml.rels", "Relationships", Package);
        foreach (var (id, type, part) in sheets.Select((_, i) => ($"r{i + 1}", "worksheet", $"worksheets/sheet{i + 1}.xml")).Append(("s", "styles", "styles.xml")).Append(("t", "sharedStrings", "sharedStrings.xml")))
        {
            relations.WriteStartElement("Relationship", Package);
            relations.WriteAttributeString("Id", id);
            relations.WriteAttributeString("Type", $"{Relations}/{type}");
            relations.WriteAttributeString("Target", part);
            relations.WriteEndElement();
        }
    }

    // Formats of cells, by which numbers are told from dates.
    static void WriteStyles(ZipArchive zip, ZipArchive target, string? part)
    {
        const int Fmt = 44, Xf = 47, BeginCellXfs = 617, EndCellXfs = 618;
        var (formats, cells, isCell) = (new List<(int Id, string Code)>(), new List<int>(), false);
        using (var styles = part is null ? null : Open(zip, part))
        {
            while (styles?.Next(type => type is Fmt or Xf or BeginCellXfs or EndCellXfs) == true)
            {
                if (styles.Type == Fmt)
                {
                    formats.Add((styles.UInt16(), styles.Text()));
                }
                else if (styles.Type == Xf && isCell)
                {
                    styles.UInt16();
                    cells.Add(styles.UInt16());
                }

                isCell = styles.Type == BeginCellXfs || (styles.Type != EndCellXfs && isCell);
            }
        }

        using var copy = Create(target, "xl/styles.xml", "styleSheet", Main);
        copy.WriteStartElement("numFmts", Main);
        foreach (var (id, code) in formats)
        {
            copy.WriteStartElement("numFmt", Main);
            copy.WriteAttributeString("numFmtId", Text(id));
            copy.WriteAttributeString("formatCode", Escaped(code));
            copy.WriteEndElement();
        }

        copy.WriteEndElement();
        copy.WriteStartElement("cellXfs", Main);
        foreach (var format in cells)
        {
            copy.WriteStartElement("xf", Main);
            copy.WriteAttributeString("numFmtId", Text(format));
            copy.WriteAttributeString("applyNumberFormat", "1");
            copy.WriteEndElement();
        }
    }

    static void WriteTexts(ZipArchive zip, ZipArchive target, string? part)
    {
        const int SstItem = 19;
        using var copy = Create(target, "xl/sharedStrings.xml", "sst", Main);
        using var texts = part is null ? null : Open(zip, part);
        while (texts?.Next(type => type == SstItem) == true)
        {
            // What parts of the text look like comes after it.
            texts.UInt8();
            copy.WriteStartElement("si", Main);
            copy.WriteStartElement("t", Main);
            copy.WriteAttributeString("xml", "space", null, "preserve");
            copy.WriteString(Escaped(texts.Text()));
            copy.WriteEndElement();
            copy.WriteEndElement();
        }
    }

    /// <summary>Begins a part with its root; disposing ends all that is open.</summary>
    static XmlWriter Create(ZipArchive target, string part, string root, string ns)
    {
        var writer = XmlWriter.Create(target.CreateEntry(part, CompressionLevel.Fastest).Open(), xml);
        writer.WriteStartElement(root, ns);
        return writer;
    }

    /// <summary>Characters that XML cannot have, as .xlsx writes them: _x0001_.</summary>
    static string Escaped(string text)
    {
        if (!text.Contains("_x", StringComparison.Ordinal) && !text.Any(c => c < ' ' || c is >= '\uD800'))
        {
            return text;
        }

        var written = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                written.Append(text, i++, 2);
            }
            else if (char.IsSurrogate(text[i]))
            {
                written.Append('\uFFFD');
            }
            else if (!XmlConvert.IsXmlChar(text[i]) || text[i] == '\r' || text.AsSpan(i).StartsWith("_x"))
            {
                written.Append(CultureInfo.InvariantCulture, $"_x{(int)text[i]:X4}_");
            }
            else
            {
                written.Append(text[i]);
            }
        }

        return written.ToString();
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
