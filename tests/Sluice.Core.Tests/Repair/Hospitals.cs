using Sluice.Batches;
using Sluice.Core.Tests.Steps;

namespace Sluice.Core.Tests.Repair;

/// <summary>A table in which columns depend on each other, and the same with known mistakes: slips, contradictions, other ways of writing.</summary>
static class Hospitals
{
    static readonly string[] cities = ["springfield", "riverside", "georgetown", "fairview", "clinton", "madison", "arlington", "ashland"];
    static readonly string[] owners = ["voluntary", "proprietary", "government"];

    public sealed record Pair(Batch Dirty, Batch Clean)
    {
        public static string Text(Batch rows, int column, int row) => rows[column].IsNull(row) ? "" : rows[column].Display(row);

        public bool IsWrong(int column, int row) => Text(Dirty, column, row) != Text(Clean, column, row);

        public IEnumerable<(int Column, int Row)> Wrong =>
            from column in Enumerable.Range(0, Dirty.Schema.Count) from row in Enumerable.Range(0, Dirty.Rows) where IsWrong(column, row) select (column, row);
    }

    public static Pair Of(int rows, int seed)
    {
        var random = new Random(seed);
        var clean = Enumerable.Range(0, rows).Select(row =>
        {
            var place = random.Next(cities.Length);
            return new string?[] { $"{10_000 + row}", cities[place], $"{60_000 + (place * 7)}", owners[place % 3], $"{random.Next(10, 99)} beds" };
        }).ToArray();
        var dirty = clean.Select(row => row.ToArray()).ToArray();
        foreach (var row in dirty)
        {
            switch (random.Next(30))
            {
                case 0:
                    var at = random.Next(2, row[1]!.Length - 2);
                    row[1] = row[1]!.Remove(at, 1).Insert(at, "x");
                    break;
                case 1:
                    row[3] = owners[(Array.IndexOf(owners, row[3]) + 1) % 3];
                    break;
                case 2:
                    row[2] = null;
                    break;
                case 3 or 4 or 5:
                    row[4] = row[4]!.Replace(" beds", ".0 Beds", StringComparison.Ordinal);
                    break;
            }
        }

        return new Pair(Table(dirty), Table(clean));
    }

    static Batch Table(string?[][] rows) => DirtyTable.Text(
        [.. new[] { "id", "city", "zip", "owner", "size" }.Select((name, column) => (name, rows.Select(row => row[column]).ToArray()))]);
}
