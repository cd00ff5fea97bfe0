namespace Sluice.EndToEnd;

/// <summary>What the setting Sluice:UnitLog wrote over all starts of a run: <c>start|done|found KIND PASS UNIT RUN</c>.</summary>
public sealed class UnitLines
{
    readonly Dictionary<string, Counts> units = new(StringComparer.Ordinal);

    public UnitLines(string file)
    {
        foreach (var line in File.Exists(file) ? File.ReadAllLines(file) : [])
        {
            var words = line.Split(' ');

            // Each chain of a pipeline has units of its own; the rest of the run's id is another one where a start was killed before the run began.
            var chain = words[4].LastIndexOf(".c", StringComparison.Ordinal);
            var unit = string.Join(' ', words[1..4]) + (chain < 0 ? "" : words[4][chain..]);
            if (!units.TryGetValue(unit, out var counts))
            {
                units[unit] = counts = new Counts();
            }

            switch (words[0])
            {
                case "start":
                    counts.Started++;
                    break;
                case "done":
                    counts.Done++;
                    break;
                case "found":
                    counts.Found++;
                    break;
                default:
                    throw new InvalidDataException($"Line '{line}' of the unit log is none.");
            }
        }
    }

    public int Units => units.Count;

    public int Started => units.Values.Sum(u => u.Started);

    public int Done => units.Values.Sum(u => u.Done);

    /// <summary>Units that were worked on to the end more than once.</summary>
    public IReadOnlyList<string> DoneTwice => [.. units.Where(u => u.Value.Done > 1).Select(u => $"unit '{u.Key}' was done {u.Value.Done} times")];

    /// <summary>Units that were started and never ended.</summary>
    public IReadOnlyList<string> Unfinished => [.. units.Where(u => u.Value.Done + u.Value.Found == 0).Select(u => $"unit '{u.Key}' never ended")];

    sealed class Counts
    {
        public int Started { get; set; }

        public int Done { get; set; }

        public int Found { get; set; }
    }
}
