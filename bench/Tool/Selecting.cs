using System.Diagnostics;
using System.Globalization;
using Sluice.Embedding;
using Sluice.Selection;
using Sluice.VectorSpace;

namespace Sluice.Bench;

/// <summary>k-center over a file of seeded vectors, which the peer reads too.</summary>
static class Selecting
{
    /// <summary>Points around 1,000 centres, in the same order and with the same numbers on every machine.</summary>
    public static void Write(string path, int rows, int dimensions)
    {
        const int centres = 1_000;
        var random = new Random(42);
        var places = new float[centres * dimensions];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = Normal(random);
        }

        using var stream = File.Create(path);
        NpyFile.WriteHeader(stream, rows, dimensions);
        var vector = new float[dimensions];
        for (var row = 0; row < rows; row++)
        {
            var centre = random.Next(centres) * dimensions;
            for (var i = 0; i < dimensions; i++)
            {
                vector[i] = places[centre + i] + (0.5f * Normal(random));
            }

            NpyFile.WriteRows(stream, vector);
        }
    }

    public static void Run(string path, int count)
    {
        using var table = VectorRows.Open([path]);
        var watch = Stopwatch.StartNew();
        var selection = new KCenter(table, []);
        while (selection.Chosen.Count < count && selection.Next(out _, default))
        {
        }

        var radius = selection.Radius(default);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sluice: {count:N0} of {table.Rows:N0} × {table.Dimensions} in {watch.Elapsed.TotalSeconds:F2} s, radius {radius:F4}, first {string.Join(' ', selection.Chosen.Take(5))}, last {selection.Chosen[^1]}"));
    }

    static float Normal(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
