using System.Globalization;
using System.Text;

namespace Sluice.Bench;

/// <summary>
/// People with name, address, date of birth and phone; a fifth of the rows are earlier people with one or two letters left out. The same seed gives the same
/// bytes everywhere.
/// </summary>
static class PeopleTable
{
    const double Copies = 0.2;
    static readonly string[] syllables = ["ka", "be", "mon", "ti", "sar", "jo", "wil", "hen", "os", "fre", "lu", "ag", "pe", "ro", "na", "vi", "dal", "gus", "mer", "tha"];
    static readonly string[] streets = ["street", "avenue", "crescent", "lane", "road", "close"];

    public static void Write(string file, int rows, int seed)
    {
        var random = new Random(seed);
        using var writer = new StreamWriter(file, append: false, new UTF8Encoding(false), 1 << 20) { NewLine = "\n" };
        writer.WriteLine("given,name,street,suburb,born,phone");
        var people = new List<string[]>();
        for (var row = 0; row < rows; row++)
        {
            if (people.Count > 0 && random.NextDouble() < Copies)
            {
                writer.WriteLine(string.Join(',', Misspelt(people[random.Next(people.Count)], random)));
                continue;
            }

            people.Add(
            [
                Word(random, 2), Word(random, 3), $"{random.Next(1, 400)} {Word(random, 2)} {streets[random.Next(streets.Length)]}", Word(random, 3),
                new DateOnly(1930, 1, 1).AddDays(random.Next(27_000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), $"{random.Next(10_000_000, 99_999_999)}",
            ]);
            writer.WriteLine(string.Join(',', people[^1]));
        }
    }

    static string Word(Random random, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => syllables[random.Next(syllables.Length)]));

    static string[] Misspelt(string[] person, Random random)
    {
        string[] copy = [.. person];
        for (var slips = random.Next(1, 3); slips > 0; slips--)
        {
            var column = random.Next(4);
            copy[column] = copy[column].Remove(random.Next(1, copy[column].Length), 1);
        }

        return copy;
    }
}
