using System.Globalization;
using System.Text;

namespace Sluice.EndToEnd;

/// <summary>A CSV as people make them, by a seed: eight mixed columns, blanks around values, duplicates, wrong types, outliers, broken records.</summary>
public static class DirtyTable
{
    static readonly string[] cities = ["Oslo", "Paris", "Zürich", "New York", "São Paulo", "Nowhere"];
    static readonly string[] notes = ["", "", "fine", "said \"\"no\"\", twice", "first line\nsecond line", "a,b", "naïve café"];

    /// <summary>The pipeline that goes with it, from <c>data.csv</c> to <c>out/rows.csv</c>.</summary>
    public const string Pipeline = """
        name: "Dirty table"
        dataset: dirty
        steps:
          - id: rows
            type: csv
            config:
              file_path: data.csv
          - id: validate
            type: quality_validation
            config:
              schema:
                required_columns: [id, name, amount]
              business_rules:
                - type: range
                  column: score
                  min: 0
                  max: 100
                - type: regex
                  column: name
                  pattern: '^\s*\w+ \w+\s*$'
              min_quality_score: 40
          - id: clean
            type: data_cleaning
            config:
              operations: [strip_whitespace, remove_duplicates, fix_types]
              columns: [name, city, amount, score, signup]
          - id: known
            type: filter
            config:
              condition: "city <> 'Nowhere' AND score >= 5"
              reason: unknown_place
          - id: split
            type: split
            config:
              strategy: stratified
              column: city
          - id: fill
            type: data_cleaning
            config:
              operations: [handle_missing, remove_outliers]
              missing_strategy: median
              columns: [name, city, amount, score, signup]
              outlier_method: iqr
          - id: out
            type: csv_sink
            config:
              file_path: out/rows.csv
        """;

    /// <summary>A pipeline of several chains: two tables put together, joined with a third that is tidied first, and two outputs.</summary>
    public const string Graph = """
        name: "Dirty graph"
        dataset: dirty
        steps:
          - { id: rows, type: csv, config: { file_path: data.csv } }
          - { id: more, type: csv_connector, config: { file_path: more.csv } }
          - { id: cities, type: csv_connector, config: { file_path: cities.csv } }
          - { id: tidy, type: strip_whitespace, depends_on: cities }
          - { id: both, type: union, depends_on: [rows, more] }
          - { id: clean, type: data_cleaning, config: { operations: [strip_whitespace, remove_duplicates, fix_types], columns: [name, city, amount, score, signup] } }
          - { id: placed, type: join, config: { 'on': [city], how: left }, depends_on: [clean, tidy] }
          - { id: all, type: csv_sink, config: { file_path: out/all.csv } }
          - { id: known, type: filter, config: { condition: "city <> 'Nowhere' AND score >= 5", reason: unknown_place }, depends_on: placed }
          - { id: split, type: split, config: { strategy: stratified, column: country } }
          - { id: fill, type: data_cleaning, config: { operations: [handle_missing, remove_outliers], missing_strategy: median, columns: [name, city, amount, score, signup], outlier_method: iqr } }
          - { id: out, type: csv_sink, config: { file_path: out/rows.csv } }
        """;

    /// <summary>The datasets of its chains.</summary>
    public static IReadOnlyList<string> GraphDatasets { get; } = ["dirty", "dirty-rows", "dirty-more", "dirty-tidy", "dirty-placed"];

    /// <summary>Writes the tables of the pipeline of several chains, and that.</summary>
    public static void WriteGraph(string folder, int rows, int seed)
    {
        Write(folder, rows / 2, seed + 1);
        File.Move(Path.Combine(folder, "data.csv"), Path.Combine(folder, "more.csv"));
        Write(folder, rows - (rows / 2), seed);
        File.WriteAllText(Path.Combine(folder, "cities.csv"), "city,country\nOslo, Norway\nParis,France\nZürich, Switzerland\nNew York,USA\nSão Paulo,Brazil\n");
        File.WriteAllText(Path.Combine(folder, "pipeline.yaml"), Graph);
    }

    /// <summary>Writes table and pipeline; gives the pipeline's path.</summary>
    public static string Write(string folder, int rows, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder("id,name,city,amount,score,signup,active,note\n");
        var line = "";
        for (var id = 1; id <= rows; id++)
        {
            // One row in fifty is the one before once more, byte for byte.
            line = id > 1 && random.Next(50) == 0 ? line : Row(id, random);
            text.Append(line);
            if (random.Next(1_500) == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{id},too,few\n");
            }
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "data.csv"), text.ToString());
        var pipeline = Path.Combine(folder, "pipeline.yaml");
        File.WriteAllText(pipeline, Pipeline);
        return pipeline;
    }

    static string Row(int id, Random random)
    {
        var name = $"{Blanks(random)}{(random.Next(40) == 0 ? "?" : $"Name{random.Next(2_000)} Surname{random.Next(500)}")}{Blanks(random)}";
        var amount = random.Next(30) switch
        {
            0 => "",
            1 => "n/a",
            2 => "abc",
            3 => (random.NextDouble() * 1e6).ToString("0.00", CultureInfo.InvariantCulture),
            _ => (random.NextDouble() * 200).ToString("0.00", CultureInfo.InvariantCulture),
        };
        var score = random.Next(25) switch
        {
            0 => "",
            1 => "-",
            2 => random.Next(100, 400).ToString(CultureInfo.InvariantCulture),
            _ => random.Next(0, 101).ToString(CultureInfo.InvariantCulture),
        };
        var day = new DateOnly(2020, 1, 1).AddDays(random.Next(2_000));
        var signup = random.Next(20) switch
        {
            0 => "",
            1 => day.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture),
            _ => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };
        var active = random.Next(15) == 0 ? "" : random.Next(3) == 0 ? "no" : "yes";
        return $"{id},{name},{cities[random.Next(cities.Length)]},{amount},{score},{signup},{active},\"{notes[random.Next(notes.Length)]}\"\n";
    }

    static string Blanks(Random random) => random.Next(8) == 0 ? "  " : "";
}
