using System.Globalization;
using System.Text;

namespace Sluice.Bench.Forecasts;

/// <summary>A table and a pipeline that asks about it, of one seed: how many rows, how long their texts are, how many are equal, what is asked, what is known already.</summary>
sealed record Workload(int Seed, int Rows, string Lengths, double Repeated, string Steps, int KnownRows, long BatchBytes)
{
    static readonly string[] words = ["parcel", "late", "lamp", "refund", "of", "the", "was", "broken", "invoice", "unsatisfactory", "a", "courier", "rang", "twice", "thank", "you", "subscription"];

    public static Workload Of(int seed)
    {
        var random = new Random(seed);
        var rows = (int)Math.Exp(Math.Log(250) + (random.NextDouble() * Math.Log(12)));
        return new Workload(
            seed, rows, Pick("even", "lognormal", "pareto", "two kinds"), Pick(0.0, 0.0, 0.3, 0.8), Pick("label", "note", "filter, note", "note, filter", "filter, label, note"),
            Pick(0, 0, rows / 3), Pick(1L << 20, 1L << 16));

        T Pick<T>(params T[] of) => of[random.Next(of.Length)];
    }

    public override string ToString() =>
        FormattableString.Invariant($"seed {Seed}: {Rows} rows of {Lengths} length, {Repeated:0%} repeated, {KnownRows} known; {Steps}; batches of {BatchBytes} bytes");

    public string Yaml => "name: p\nsteps:\n  - { id: rows, type: csv, config: { file_path: data.csv } }\n" + string.Concat(Steps.Split(", ").Select(step => "  - " + step switch
    {
        "label" => "{ id: label, type: llm_process, config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad, neither], batch_size: 50 } }",
        "note" => "{ id: note, type: llm_process, config: { type: enrich, prompt: 'What {{ text }} is about', output: [{ name: note }], batch_size: 20 } }",
        _ => "{ id: filter, type: semantic_filter, config: { prompt: 'somebody complains in {{ text }}', batch_size: 50 } }",
    } + "\n"));

    public void Write(string folder, int rows)
    {
        var random = new Random(Seed);
        var texts = new List<string>();
        var table = new StringBuilder("id,text\n");
        for (var i = 0; i < rows; i++)
        {
            var text = texts.Count > 0 && random.NextDouble() < Repeated ? texts[random.Next(texts.Count)] : Text(random);
            texts.Add(text);
            table.Append(CultureInfo.InvariantCulture, $"{i},{text}\n");
        }

        File.WriteAllText(Path.Combine(folder, "data.csv"), table.ToString());
    }

    string Text(Random random)
    {
        var length = Lengths switch
        {
            "even" => 2 + random.Next(30),
            "lognormal" => 12 * Math.Exp(Gauss(random)),
            "pareto" => 6 / Math.Pow(1 - random.NextDouble(), 1 / 1.5),
            _ => random.Next(10) == 0 ? 150 + random.Next(50) : 5 + random.Next(5),
        };
        return $"case {random.Next(1_000_000)} " + string.Join(' ', Enumerable.Range(0, (int)Math.Min(length, 600)).Select(_ => words[random.Next(words.Length)]));
    }

    public static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
