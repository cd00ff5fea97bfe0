using Sluice.Batches;
using Sluice.Core.Tests.Steps;

namespace Sluice.Core.Tests.Matching;

/// <summary>Made-up people, and the same people written with slips.</summary>
static class People
{
    static readonly string[] starts = ["Ka", "Be", "Mo", "Ti", "Sar", "Jo", "Wil", "Hen", "Os", "Fre", "Lu", "Ag", "Pe", "Ro"];
    static readonly string[] ends = ["lina", "rnard", "nika", "mothy", "ah", "sef", "helm", "rietta", "kar", "derick", "cinda", "nes", "tronella", "berta"];
    static readonly string[] names = ["Smith", "Okafor", "Lindqvist", "Marchetti", "Nakamura", "Petrov", "Oyelaran", "Haugen", "Delacroix", "Zielinski", "Abernathy", "Castellano"];
    static readonly string[] streets = ["Tullaroop", "Giblin", "Goldfinch", "Maltby", "Forbes", "Milne", "Crescent Hill", "Oakmont", "Larkspur", "Windermere"];

    public static string?[][] Make(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new[]
        {
            starts[random.Next(starts.Length)] + ends[random.Next(ends.Length)], names[random.Next(names.Length)] + ends[random.Next(ends.Length)],
            $"{random.Next(1, 400)} {streets[random.Next(streets.Length)]} Street", $"{random.Next(1930, 2005)}-{random.Next(1, 13):00}-{random.Next(1, 29):00}",
            $"{random.Next(10_000_000, 99_999_999)}",
        })];
    }

    /// <summary>One slip in each of two columns, and the phone now and then left out.</summary>
    public static string?[][] Misspelt(string?[][] people, int seed)
    {
        var random = new Random(seed);
        return [.. people.Select(person =>
        {
            var copy = person.ToArray();
            for (var slips = 0; slips < 2; slips++)
            {
                var column = random.Next(3);
                var at = random.Next(1, copy[column]!.Length - 1);
                copy[column] = copy[column]!.Remove(at, 1);
            }

            copy[4] = random.Next(5) == 0 ? null : copy[4];
            return copy;
        })];
    }

    public static Batch Table(IReadOnlyList<string?[]> people) => DirtyTable.Text(
        [.. new[] { "given", "name", "street", "born", "phone" }.Select((column, i) => (column, people.Select(p => p[i]).ToArray()))]);
}
