using System.Text;
using Sluice.Repair;

namespace Sluice.Labels;

/// <summary>A column of labels as text, whatever its type; an empty or blank one is none.</summary>
static class LabelTexts
{
    public static TextColumn Of(Batch batch, string column) => (TextColumn)CellTexts.Of(batch.Select(new HashSet<string>([column], StringComparer.Ordinal)))[0];

    public static bool IsLabel(TextColumn texts, int row) => !texts.IsNull(row) && texts[row].ContainsAnyExcept(" \t\r\n"u8);

    /// <summary>Number of each row's label among the names, which are in ordinal order; -1: none, or one that is not among them.</summary>
    public static int[] Codes(TextColumn texts, IReadOnlyList<string> names)
    {
        var known = new Dictionary<ulong, int>();
        for (var i = 0; i < names.Count; i++)
        {
            known[Cell(names[i])] = i;
        }

        var codes = new int[texts.Rows];
        for (var row = 0; row < codes.Length; row++)
        {
            codes[row] = IsLabel(texts, row) && known.TryGetValue(RowHash.Bytes(texts[row]), out var code) ? code : -1;
        }

        return codes;
    }

    /// <summary>A label as a cell.</summary>
    public static ulong Cell(string name) => RowHash.Bytes(Encoding.UTF8.GetBytes(name));

    /// <summary>Labels as cells of a <see cref="Steps.RowSample"/>; 0: none.</summary>
    public static ulong[] Cells(TextColumn texts)
    {
        var cells = new ulong[texts.Rows];
        for (var row = 0; row < cells.Length; row++)
        {
            cells[row] = IsLabel(texts, row) ? RowHash.Bytes(texts[row]) : 0;
        }

        return cells;
    }
}
