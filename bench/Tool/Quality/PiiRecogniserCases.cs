using System.Text;
using System.Text.Json;
using Sluice.Privacy;

namespace Sluice.Bench.Quality;

/// <summary>
/// Single texts with the number of findings that another tool's own tests expect of one recogniser: for information, since some differ on purpose.
/// A recogniser of theirs is compared with the kind of ours that has its name.
/// </summary>
sealed class PiiRecogniserCases : QualityTask
{
    // Names that differ for one thing.
    static readonly Dictionary<string, string> kinds = new(StringComparer.Ordinal)
    {
        ["us_ssn"] = "ssn",
        ["ip"] = "ip_address",
        ["us_bank"] = "us_bank_number",
        ["ph_mobile_number"] = "phone",
        ["tr_phone_number"] = "phone",
    };

    public override string Area => "tabular";

    public override string Name => "PII recogniser cases";

    public override string Folder => "pii";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            var (same, all, missed, extra) = (0, 0, 0, 0);
            var worst = new List<(string Name, int Wrong, int All)>();
            var unknown = new List<string>();
            foreach (var recogniser in document.RootElement.EnumerateObject())
            {
                var name = recogniser.Name.Replace("_recognizer", "", StringComparison.Ordinal);
                var kind = kinds.GetValueOrDefault(name, name);
                if (!PiiScanner.Entities.Contains(kind))
                {
                    unknown.Add(name);
                    continue;
                }

                var (before, beforeAll) = (same, all);
                foreach (var (text, expected) in Cases(recogniser.Value))
                {
                    var found = Count(text, kind);
                    all++;
                    same += found == expected ? 1 : 0;
                    missed += found < expected ? 1 : 0;
                    extra += found > expected ? 1 : 0;
                }

                worst.Add((name, all - beforeAll - (same - before), all - beforeAll));
            }

            var differing = string.Join(", ", worst.Where(w => w.Wrong > 0).OrderByDescending(w => w.Wrong).Take(25).Select(w => $"{w.Name} {w.Wrong}/{w.All}"));
            yield return new QualityRow(
                Path.GetFileNameWithoutExtension(file), "share of equal counts", (double)same / Math.Max(1, all), null,
                $"{same} of {all} cases of {worst.Count} kinds; fewer found in {missed}, more in {extra}. Differ: {differing}. Not ours: {string.Join(", ", unknown)}");
        }
    }

    static IEnumerable<(string Text, int Expected)> Cases(JsonElement tests)
    {
        foreach (var test in tests.EnumerateArray())
        {
            foreach (var one in test.TryGetProperty("cases", out var cases) ? cases.EnumerateArray().ToList() : [])
            {
                if (one.ValueKind == JsonValueKind.Object && one.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
                    && one.TryGetProperty("expected_len", out var expected) && expected.ValueKind == JsonValueKind.Number)
                {
                    yield return (text.GetString()!, expected.GetInt32());
                }
            }
        }
    }

    static int Count(string text, string kind)
    {
        var spans = new List<PiiSpan>();
        var scope = new PiiScope { MinConfidence = 0, Entities = new HashSet<string> { kind } };
        new PiiScanner(scope).Scan(Encoding.UTF8.GetBytes(text), ColumnContext.None, spans);
        return spans.Count;
    }
}
