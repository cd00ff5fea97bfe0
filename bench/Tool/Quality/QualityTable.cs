using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Sluice.Bench.Quality;

/// <summary>Runs the tasks and prints their figures beside the best known ones.</summary>
static class QualityTable
{
    const int MaxNote = 120;

    sealed record Line(string Task, QualityRow Row, double Seconds);

    /// <returns>Exit code: 0 where every row is at or above the best known, 1 where one falls short, 2 for wrong arguments.</returns>
    public static int Run(IReadOnlyList<string> args)
    {
        if (!Arguments.TryParse(args, out var arguments))
        {
            Console.Error.WriteLine("usage: bench/quality [AREA] [--task WORD] [--data DIR] [--json]");
            return 2;
        }

        var tasks = typeof(QualityTask).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(QualityTask)) && !t.IsAbstract)
            .Select(t => (QualityTask)Activator.CreateInstance(t)!).OrderBy(t => t.Area, StringComparer.Ordinal).ThenBy(t => t.Name, StringComparer.Ordinal).ToList();
        var chosen = tasks.Where(t => (arguments.Area ?? t.Area) == t.Area && t.Name.Contains(arguments.Task, StringComparison.OrdinalIgnoreCase)).ToList();
        if (chosen.Count == 0)
        {
            Console.Error.WriteLine($"No task fits. Areas: {string.Join(", ", tasks.Select(t => t.Area).Distinct())}.");
            return 2;
        }

        var lines = chosen.SelectMany(task => Measure(task, arguments)).ToList();
        var counted = lines.Where(line => line.Row.IsMet is not null).ToList();
        if (arguments.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(lines.Select(l => new { l.Task, l.Row.Data, l.Row.Figure, l.Row.Ours, l.Row.Best, l.Row.IsMet, l.Row.Note, l.Seconds })));
        }

        Console.WriteLine($"quality: {counted.Count(l => l.Row.IsMet == true)} of {counted.Count} rows at or above the best known");
        return counted.TrueForAll(l => l.Row.IsMet == true) ? 0 : 1;
    }

    static IEnumerable<Line> Measure(QualityTask task, Arguments arguments)
    {
        var folder = Path.Combine(arguments.Data, task.Folder);
        if (!Directory.Exists(folder))
        {
            Console.Error.WriteLine($"{task.Name}: skipped, '{folder}' is absent.");
            yield break;
        }

        var watch = Stopwatch.StartNew();
        foreach (var row in task.Measure(folder))
        {
            var line = new Line(task.Name, row, watch.Elapsed.TotalSeconds);
            if (!arguments.Json)
            {
                Print(line);
            }

            yield return line;
            watch.Restart();
        }
    }

    static void Print(Line line)
    {
        var row = line.Row;
        var best = row.Best is { } value ? Number(value) : "";
        var verdict = row.IsMet switch { true => "ok", false => "SHORT", null => "" };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{line.Task,-34} {row.Data,-26} {row.Figure,-22} {Number(row.Ours),9} {best,9} {verdict,-5} {line.Seconds,7:0.0} s  {Shorten(row.Note)}"));
    }

    // A line a figure; --json has the whole note.
    static string Shorten(string note) => note.Length <= MaxNote ? note : note[..MaxNote] + "…";

    static string Number(double value) => value.ToString(Math.Abs(value) >= 1000 ? "0" : "0.000", CultureInfo.InvariantCulture);

    sealed record Arguments(string? Area, string Task, string Data, bool Json)
    {
        public static bool TryParse(IReadOnlyList<string> args, out Arguments arguments)
        {
            arguments = new Arguments(null, "", Path.GetFullPath("../shared/data"), false);
            for (var i = 0; i < args.Count; i++)
            {
                var next = i + 1 < args.Count ? args[i + 1] : null;
                switch (args[i])
                {
                    case "--json": arguments = arguments with { Json = true }; break;
                    case "--data" when next is not null: arguments = arguments with { Data = Path.GetFullPath(next) }; i++; break;
                    case "--task" when next is not null: arguments = arguments with { Task = next }; i++; break;
                    case var area when arguments.Area is null && !area.StartsWith('-'): arguments = arguments with { Area = area }; break;
                    default: return false;
                }
            }

            return true;
        }
    }
}
