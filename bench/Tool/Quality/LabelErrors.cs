using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Labels;

namespace Sluice.Bench.Quality;

/// <summary>
/// Our ranking of suspected label errors beside what people said: every folder with given labels, out-of-sample chances and a file of reviewed
/// rows, of whom five looked at each. A label is wrong where fewer than three of them agree with it. Figure: the share of wrong labels among the first k reviewed
/// rows, k being the number of wrong ones among the reviewed.
/// </summary>
sealed partial class LabelErrors : QualityTask
{
    public override string Area => "embedding";

    public override string Name => "label errors";

    public override string Folder => "labelerrors";

    public override IEnumerable<QualityRow> Measure(string folder)
    {
        foreach (var set in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            if (!File.Exists(Path.Combine(set, "pyx.npy")) || !File.Exists(Path.Combine(set, "given_labels.npy")) || !File.Exists(Path.Combine(set, "mturk.json")))
            {
                continue;
            }

            var (values, classes) = Read(Path.Combine(set, "pyx.npy"));
            var labels = Read(Path.Combine(set, "given_labels.npy")).Values;
            var chances = LabelledVectors.Of([.. values.Select(v => (float)v)], classes, [.. labels.Select(v => (int)v)], classes);
            var wrong = Wrong(Path.Combine(set, "mturk.json"));
            var model = ConfidentModel.Fit(chances, LabelErrorFilter.PruneByNoiseRate);
            var judged = Enumerable.Range(0, chances.Rows).Select(row => model.Judge(chances.Row(row), chances.Labels[row])).ToArray();
            var k = wrong.Values.Count(w => w);
            var ours = Precision(wrong, k, row => (judged[row].Suspicion, judged[row].Quality));

            // Both of cleanlab's rankings by its own definitions, the better of which is its figure.
            var margin = Precision(wrong, k, row => (values[(row * classes) + (int)labels[row]] - Other(values, row, classes, (int)labels[row]), 0));
            var self = Precision(wrong, k, row => (values[(row * classes) + (int)labels[row]], 0));
            yield return new QualityRow(
                Path.GetFileName(set), "precision at k", ours, Math.Max(margin, self), $"cleanlab's better ranking, measured here; k = {k} wrong of {wrong.Count} reviewed");
            var found = wrong.Where(w => judged[w.Key].IsError).ToList();
            yield return new QualityRow(
                Path.GetFileName(set), "precision of flagged", found.Count == 0 ? 0 : found.Count(w => w.Value) / (double)found.Count, null,
                $"{judged.Count(j => j.IsError)} flagged of {judged.Length}, {found.Count} of them reviewed; {found.Count(w => w.Value)} of {k} wrong ones are flagged");
        }
    }

    static double Other(double[] values, int row, int classes, int label)
    {
        var largest = 0.0;
        for (var j = 0; j < classes; j++)
        {
            largest = j == label ? largest : Math.Max(largest, values[(row * classes) + j]);
        }

        return largest;
    }

    static double Precision(Dictionary<int, bool> wrong, int k, Func<int, (double, double)> score) =>
        wrong.Keys.OrderBy(score).ThenBy(row => row).Take(k).Count(row => wrong[row]) / (double)k;

    static Dictionary<int, bool> Wrong(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return json.RootElement.EnumerateArray().ToDictionary(e => e.GetProperty("id").GetInt32(), e => e.GetProperty("mturk").GetProperty("given").GetInt32() < 3);
    }

    // Whole numbers and doubles, which NpyFile of the engine, made for vectors, does not read.
    static (double[] Values, int Columns) Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        var header = Header().Match(Encoding.ASCII.GetString(bytes, 10, length));
        var body = bytes.AsSpan(10 + length);
        double[] values = header.Groups[1].Value switch
        {
            "<f8" => MemoryMarshal.Cast<byte, double>(body).ToArray(),
            "<f4" => [.. MemoryMarshal.Cast<byte, float>(body).ToArray().Select(v => (double)v)],
            "<u2" => [.. MemoryMarshal.Cast<byte, ushort>(body).ToArray().Select(v => (double)v)],
            "<i4" => [.. MemoryMarshal.Cast<byte, int>(body).ToArray().Select(v => (double)v)],
            "<i8" => [.. MemoryMarshal.Cast<byte, long>(body).ToArray().Select(v => (double)v)],
            "|u1" => [.. body.ToArray().Select(v => (double)v)],
            var other => throw new InvalidDataException($"'{path}' holds {other}; expected f4, f8, u1, u2, i4 or i8."),
        };
        return (values, header.Groups[2].Success ? int.Parse(header.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : 1);
    }

    [GeneratedRegex(@"'descr': '([^']+)', 'fortran_order': False, 'shape': \(\d+,(?: (\d+))?\)")]
    private static partial Regex Header();
}
