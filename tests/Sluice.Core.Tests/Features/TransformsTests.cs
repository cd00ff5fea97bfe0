using System.Globalization;
using System.Text;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Features;
using Sluice.Storage;
using Sluice.Tests.Runs;

namespace Sluice.Core.Tests.Features;

/// <summary>A version with every transform, made once.</summary>
public sealed class TrainedVersion : IAsyncLifetime, IAsyncDisposable
{
    public const string Header = "id,city,age,income,joined,note,zip,vip,mail";

    const string Yaml = """
        name: t
        dataset: t
        seed: 11
        steps:
          - { id: read, type: csv, config: { file_path: data.csv, null_values: [NA] } }
          - { id: clean, type: data_cleaning, config: { operations: [strip_whitespace, remove_duplicates], duplicate_keys: [id], columns: [city, income] } }
          - { id: check, type: quality_validation }
          - { id: adults, type: filter, config: { condition: 'age >= 18 OR age IS NULL', reason: minor } }
          - { id: split, type: split, config: { ratios: { train: 0.7, test: 0.3 } } }
          - { id: cities, type: data_cleaning, config: { operations: [handle_missing], columns: [city, income], missing_strategy: median } }
          - { id: fill, type: impute_missing, config: { columns: [age] } }
          - { id: derive, type: derive_columns, config: { columns: { per_year: income / age, mail: lower(mail) } } }
          - { id: dates, type: date_parts, config: { columns: [joined], parts: [year, weekday, hour], cyclic: [month] } }
          - { id: words, type: text_features, config: { columns: [note], ngrams: word, ngram_max: 2, dimensions: 16 } }
          - { id: groups, type: group_features, config: { group_by: [city, vip], columns: [income, age], figures: [mean, std, count] } }
          - { id: target, type: encode_categoricals, config: { columns: [zip], method: target, target: income, keep_columns: true } }
          - { id: frequency, type: encode_categoricals, config: { columns: [zip], method: frequency, keep_columns: true } }
          - { id: count, type: encode_categoricals, config: { columns: [zip], method: count, keep_columns: true } }
          - { id: ordinal, type: encode_categoricals, config: { columns: [zip], method: ordinal } }
          - { id: hash, type: encode_categoricals, config: { columns: [mail], method: hashing, buckets: 8 } }
          - { id: hot, type: encode_categoricals, config: { columns: [city, vip], max_categories: 4 } }
          - { id: poly, type: polynomial_features, config: { columns: [age, income], ratios: true } }
          - { id: z, type: scale_numericals, config: { columns: [income], keep_columns: true } }
          - { id: robust, type: scale_numericals, config: { columns: [age], method: robust, keep_columns: true } }
          - { id: bins, type: scale_numericals, config: { columns: [age], method: bins, keep_columns: true } }
          - { id: minmax, type: scale_numericals, config: { columns: [age_x_age], method: min_max, clip: true } }
          - { id: maxabs, type: scale_numericals, config: { columns: [age_x_income], method: max_abs } }
          - { id: quantile, type: scale_numericals, config: { columns: [per_year], method: quantile } }
          - { id: log, type: scale_numericals, config: { columns: [income_x_income], method: log1p } }

        """;

    internal TestRuns Runs { get; } = new();

    public Batch Version { get; private set; } = null!;

    public TransformDocument Document { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Runs.Write("data.csv", Header + "\n" + string.Concat(Lines().Select(line => line + "\n")));
        Document = await TrainAsync(Runs, Yaml);
        var parts = new List<Batch>();
        await foreach (var part in (await Runs.Catalogue.OpenAsync("t", Document.DatasetVersion, CancellationToken.None)).ReadAsync(CancellationToken.None))
        {
            parts.Add(part);
        }

        Version = Batch.Concat(parts);
    }

    public ValueTask DisposeAsync() => Runs.DisposeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    /// <summary>Runs a pipeline; gives the document of its version, read back from its bytes.</summary>
    internal static async Task<TransformDocument> TrainAsync(TestRuns runs, string yaml)
    {
        var run = await runs.RunAsync(yaml, batchBytes: 2_000);
        var (entry, manifest) = await runs.Catalogue.ShowAsync("t", run.Version, CancellationToken.None);
        return TransformDocument.Parse(TransformDocument.Of(entry.Version, manifest).ToBytes());
    }

    public static IEnumerable<string> Lines(int rows = 400, int seed = 3)
    {
        var random = new Random(seed);
        string[] cities = ["Berlin", " Paris", "Oslo ", "Rome", "Kyiv", "Žilina", "NA", ""];
        string[] notes = ["good value", "Bad, bad!", "", "NA", "ok 123", "no idea what to say"];
        for (var i = 0; i < rows; i++)
        {
            var line = new StringBuilder().Append(random.Next(15) == 0 ? random.Next(rows) : i).Append(',').Append(cities[random.Next(cities.Length)]).Append(',')
                .Append(random.Next(8) == 0 ? "" : random.Next(10, 90).ToString(CultureInfo.InvariantCulture)).Append(',')
                .Append(random.Next(9) == 0 ? "NA" : (random.Next(1, 99_999) / 100.0).ToString(CultureInfo.InvariantCulture)).Append(',')
                .Append(CultureInfo.InvariantCulture, $"{2000 + random.Next(25)}-0{random.Next(1, 10)}-{random.Next(10, 28)}T0{random.Next(10)}:{random.Next(10, 60)}:00").Append(',')
                .Append(notes[random.Next(notes.Length)].Replace(",", "", StringComparison.Ordinal)).Append(',')
                .Append(CultureInfo.InvariantCulture, $"0{random.Next(10, 16)}00").Append(',').Append(random.Next(2) == 0 ? "true" : "false").Append(',')
                .Append(CultureInfo.InvariantCulture, $"User{random.Next(9)}@Example.com");
            yield return line.ToString();
        }
    }
}

/// <summary>What a version's transforms make of a row is what the version has, to the byte: no skew between training and serving.</summary>
public sealed class TransformsTests(TrainedVersion trained) : IClassFixture<TrainedVersion>
{
    [Fact]
    public async Task A_row_that_is_served_is_the_row_of_the_version()
    {
        var served = await ServeAsync(new Transforms(trained.Document), "data.csv");

        var expected = Rows(trained.Version);
        Assert.InRange(expected.Count, 250, 400);
        Assert.Equal(trained.Version.Schema.Select(f => f.Name).Where(name => name != "split"), served.Schema.Select(f => f.Name));
        foreach (var (id, row) in Rows(served).Where(r => expected.ContainsKey(r.Key)))
        {
            // A training row was encoded out of fold: with its own target, no row that is served is.
            var compared = row.Where(cell => expected[id]["split"] != "train" || cell.Key != "zip_target").ToList();
            Assert.All(compared, cell => Assert.Equal($"{id} {cell.Key} {expected[id][cell.Key]}", $"{id} {cell.Key} {cell.Value}"));
        }
    }

    [Fact]
    public async Task A_row_alone_becomes_what_it_becomes_among_others()
    {
        var transforms = new Transforms(trained.Document);
        var together = Rows(await ServeAsync(transforms, "data.csv"));
        foreach (var line in TrainedVersion.Lines().DistinctBy(l => l.Split(',')[0]).Where((_, i) => i % 40 == 0))
        {
            trained.Runs.Write("one.csv", $"{TrainedVersion.Header}\n{line}\n");

            var alone = Rows(await ServeAsync(transforms, "one.csv"));

            Assert.All(alone, row => Assert.Equal(together[row.Key], row.Value));
        }
    }

    [Fact]
    public void The_document_is_complete_and_the_same_each_time()
    {
        Assert.Equal(("sluice-transforms", 1, "t"), (trained.Document.Format, trained.Document.Version, trained.Document.Dataset));
        Assert.DoesNotContain(trained.Document.Steps, s => s.Type is "split" or "remove_duplicates" or "quality_validation");
        Assert.Equal("clean/0:strip_whitespace", trained.Document.Steps[0].Id);
        Assert.Equal(trained.Document.ToBytes(), TransformDocument.Parse(trained.Document.ToBytes()).ToBytes());
        Assert.Equal(new Transforms(trained.Document).Output, new Schema(trained.Document.Output));
    }

    [Fact]
    public void What_training_never_saw_is_found()
    {
        var row = Text("1,Atlantis,40,100,2024-01-31T10:00:00,hello,99999,true,a@b.c", "2,Berlin,forty,100,2024-01-31T10:00:00,hello,10115,true,a@b.c");

        var result = new Transforms(trained.Document).Apply(row);

        Assert.Equal(1, result.Rows.Rows);
        Assert.Equal(0, result.Rows.OriginOf(0));
        Assert.Equal([("wrong_type", 1L)], result.Rejected.Select(r => (r.Key, r.Value)));
        Assert.Equal(1, result.Findings["unknown_category:city"]);
        Assert.Equal(1, result.Findings["unknown_group:city"]);
        Assert.Equal("1", result.Rows["city_infrequent"].Display(0));
    }

    [Fact]
    public void A_column_that_is_not_there_is_refused_or_missing()
    {
        var row = Text("1,Berlin,40,100,2024-01-31T10:00:00,hello,10115,true,a@b.c");
        var less = row.Select(row.Schema.Select(f => f.Name).Where(n => n is not ("city" or "note")).ToHashSet());

        var error = Assert.Throws<DataException>(() => new Transforms(trained.Document).Apply(less));
        var result = new Transforms(trained.Document).Apply(less, MissingColumn.Missing);

        Assert.StartsWith("The rows lack columns 'city', 'note', which training had; they have: id, age, income, joined, zip, vip, mail.", error.Message, StringComparison.Ordinal);
        Assert.True(result.Rows["note_length"].IsNull(0));
        Assert.Equal(1, result.Rows.Rows);
    }

    [Fact]
    public async Task A_file_may_have_columns_in_some_of_its_records_only()
    {
        // Far apart, so that they are read in different pieces.
        var filler = new string('x', 3_000);
        var lines = Enumerable.Range(0, 12_000).Select(i => i == 0
            ? """{"id": 0, "city": "Berlin", "age": 40, "income": 1, "joined": "2024-01-31T10:00:00", "note": "a", "zip": "01000", "vip": true, "mail": "a@b.c"}"""
            : $$"""{"id": {{i}}, "city": "Oslo", "other": "{{filler}}"}""");
        await File.WriteAllLinesAsync(Path.Combine(trained.Runs.Folder, "sparse.jsonl"), lines);
        await using var store = new MemoryStore();

        var rows = await TransformedFile.OfAsync(
            new Transforms(trained.Document), new JsonSource(new() { FilePath = "sparse.jsonl" }), new FolderInputs([trained.Runs.Folder], trained.Runs.Folder),
            MissingColumn.Refuse, new BatchFiles(store), CancellationToken.None);

        Assert.Equal((12_000L, 12_000L), (rows.RowsRead, rows.Rows));
        Assert.Equal(["other"], rows.Ignored);
    }

    [Fact]
    public void A_document_of_other_code_or_another_format_is_refused()
    {
        var other = trained.Document with { Steps = [.. trained.Document.Steps.Select(s => s with { CodeVersion = s.CodeVersion + 1 })] };
        var later = trained.Document with { Version = 2 };

        Assert.StartsWith("Step 'clean/0:strip_whitespace' (strip_whitespace) was fitted by version 2 of its code", Assert.Throws<DataException>(() => new Transforms(other)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Found format 'sluice-transforms' version 2", Assert.Throws<DataException>(() => TransformDocument.Parse(later.ToBytes())).Message, StringComparison.Ordinal);
        Assert.StartsWith("This is no document of transforms:", Assert.Throws<DataException>(() => TransformDocument.Parse("[1]"u8)).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "The document names the step 'other' (x)",
            Assert.Throws<DataException>(() => new Transforms(trained.Document with { Steps = [new TransformStep("other", "x", 1, null)] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Features_that_look_back_are_refused_for_new_rows()
    {
        await using var runs = new TestRuns();
        runs.Write("data.csv", "id,c,x\n1,a,5\n2,a,6\n");

        var error = await Assert.ThrowsAsync<DataException>(() => TrainedVersion.TrainAsync(
            runs, TestRuns.Source + "  - { id: past, type: window_features, config: { order_by: id, group_by: [c], columns: [x], lags: [1] } }\n"));

        Assert.StartsWith("Step 'past' cannot be applied to new rows, columns: It looks back at earlier rows, which new rows do not bring along.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_learned_does_not_depend_on_the_rows_put_aside()
    {
        const string Yaml = TestRuns.Source + """
              - { id: split, type: split, config: { strategy: group, column: id, ratios: { train: 0.6, test: 0.4 } } }
              - { id: far, type: remove_outliers, config: { columns: [x] } }
              - { id: odd, type: remove_outliers, config: { outlier_method: knn, columns: [x] } }
              - { id: mend, type: repair_errors }
              - { id: mean, type: handle_missing, config: { columns: [x], missing_strategy: mean } }
              - { id: fill, type: impute_missing, config: { columns: [x] } }
              - { id: words, type: text_features, config: { columns: [c], ngrams: character, dimensions: 8 } }
              - { id: groups, type: group_features, config: { group_by: [c], columns: [x] } }
              - { id: target, type: encode_categoricals, config: { columns: [c], method: target, target: x, keep_columns: true } }
              - { id: hot, type: encode_categoricals, config: { columns: [c], keep_columns: true } }
              - { id: count, type: encode_categoricals, config: { columns: [c], method: count } }
              - { id: z, type: scale_numericals, config: { columns: [x], keep_columns: true } }
              - { id: robust, type: scale_numericals, config: { columns: [x], method: robust } }

            """;
        await using var runs = new TestRuns();
        runs.Write("data.csv", Csv(_ => false));
        var before = await TrainedVersion.TrainAsync(runs, Yaml);
        var test = (await runs.RowsAsync(before.DatasetVersion)).Where(r => r.Split('|')[3] == "test").Select(r => r.Split('|')[0]).ToHashSet();
        runs.Write("data.csv", Csv(id => test.Contains($"{id}")));

        var after = await TrainedVersion.TrainAsync(runs, Yaml);

        Assert.Equal(40, test.Count);
        Assert.NotEqual(before.DatasetVersion, after.DatasetVersion);
        Assert.Equal(before.Steps.Select(s => $"{s.Id} {s.Fitted}"), after.Steps.Select(s => $"{s.Id} {s.Fitted}"));

        static string Csv(Func<int, bool> changed) =>
            "id,c,x\n" + string.Concat(Enumerable.Range(0, 100).Select(i => changed(i) ? $"{i},other,{1000 + i}\n" : $"{i},c{i % 4},{(i % 9 == 0 ? "" : $"{i % 7}")}\n"));
    }

    async Task<Batch> ServeAsync(Transforms transforms, string file)
    {
        await using var store = new MemoryStore();
        var source = new CsvSource(new CsvSource.Options { FilePath = file, NullValues = ["NA"] });
        var rows = await TransformedFile.OfAsync(transforms, source, new FolderInputs([trained.Runs.Folder], trained.Runs.Folder), MissingColumn.Refuse, new BatchFiles(store), CancellationToken.None);
        var parts = new List<Batch>();
        await foreach (var part in rows.ReadAsync(CancellationToken.None))
        {
            parts.Add(part);
        }

        Assert.Equal(rows.RowsRead, rows.Rows + rows.Rejected.Values.Sum());
        return Batch.Concat(parts);
    }

    /// <summary>Cells by column, by id; of rows with one id the first.</summary>
    static Dictionary<string, Dictionary<string, string>> Rows(Batch batch)
    {
        var rows = new Dictionary<string, Dictionary<string, string>>();
        for (var row = 0; row < batch.Rows; row++)
        {
            rows.TryAdd(batch["id"].Display(row), batch.Schema.Zip(batch.Columns).ToDictionary(c => c.First.Name, c => c.Second.IsNull(row) ? "missing" : c.Second.Display(row)));
        }

        return rows;
    }

    static Batch Text(params string[] lines) => Sluice.Core.Tests.Steps.DirtyTable.Text(
        [.. TrainedVersion.Header.Split(',').Select((name, column) => (name, lines.Select(line => line.Split(',')[column] is { Length: > 0 } cell ? cell : null).ToArray()))]);
}
