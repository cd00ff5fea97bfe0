using System.Globalization;
using System.Text.Json;
using Sluice.Connectors;

namespace Sluice.Bench.Quality;

/// <summary>Workbooks that openpyxl reads are read with the same cells; others are read or refused with one clear error.</summary>
sealed class ExcelCoverage : QualityTask
{
    const string Reference = ".openpyxl.json";

    public override string Area => "tabular";

    public override string Name => "Excel coverage";

    public override string Folder => "excel";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".xls" or ".xlsx" or ".xlsb" or ".xlsm").Order(StringComparer.Ordinal).ToList();
        foreach (var group in files.GroupBy(f => Path.GetDirectoryName(f)!).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var data = Path.GetRelativePath(folder, group.Key);
            var known = group.Where(f => HasSheets(f + Reference)).ToList();
            var wrong = known.Where(f => !IsAs(f, f + Reference)).Select(Path.GetFileName).ToList();
            if (known.Count > 0)
            {
                yield return new(data, "cells as openpyxl's", 1 - ((double)wrong.Count / known.Count), 1, $"{known.Count} files; not: {(wrong.Count > 0 ? string.Join(", ", wrong) : "none")}");
            }

            var results = group.Select(f => (File: f, Accepted: FileReading.Accepts(new ExcelSource(new ExcelSource.Options { FilePath = f, Sheet = "*" }), f))).ToList();
            var refused = results.Where(r => r.Accepted == false).Select(r => Path.GetFileName(r.File));
            yield return new(data, "without a fault", (double)results.Count(r => r.Accepted is not null) / results.Count, 1, $"{results.Count} files; refused or with error cells: {string.Join(", ", refused)}");
        }
    }

    /// <summary>Of workbooks in the strict variant openpyxl shows no sheet.</summary>
    static bool HasSheets(string reference)
    {
        if (!File.Exists(reference))
        {
            return false;
        }

        using var json = JsonDocument.Parse(File.ReadAllBytes(reference));
        return json.RootElement.EnumerateObject().Any();
    }

    /// <summary>Every cell that the reference shows, sheet by sheet, in the same place.</summary>
    static bool IsAs(string file, string reference)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(reference));
            using var book = new ExcelBook(file, file);
            var sheets = 0;
            do
            {
                if (json.RootElement.TryGetProperty(book.Name, out var sheet))
                {
                    sheets++;
                    if (!IsAs(book, sheet.GetProperty("rows")))
                    {
                        return false;
                    }
                }
            }
            while (book.NextSheet());

            return sheets > 0;
        }
        catch (SourceException)
        {
            return false;
        }
    }

    static bool IsAs(ExcelBook book, JsonElement rows)
    {
        var (found, expected) = (0, rows.EnumerateArray().Sum(row => row.EnumerateArray().Count(cell => Text(cell).Length > 0)));
        foreach (var (number, cells) in book.Rows().TakeWhile(row => row.Number <= rows.GetArrayLength()))
        {
            for (var column = 0; column < Math.Min(cells.Length, rows[number - 1].GetArrayLength()); column++)
            {
                var text = cells[column].Kind is ExcelKind.Int64 or ExcelKind.Float64 ? Number(cells[column].Number) : cells[column].Display();
                if (Text(rows[number - 1][column]) != text)
                {
                    return false;
                }

                found += text.Length > 0 ? 1 : 0;
            }
        }

        return found == expected;
    }

    static string Text(JsonElement cell) => cell.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Number => Number(cell.GetDouble()),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Object when cell.GetProperty("v").GetString() is { } time => time.EndsWith("T00:00:00", StringComparison.Ordinal) ? time[..10] : time,
        _ => cell.GetString()!,
    };

    static string Number(double value) => value.ToString("G12", CultureInfo.InvariantCulture);
}
