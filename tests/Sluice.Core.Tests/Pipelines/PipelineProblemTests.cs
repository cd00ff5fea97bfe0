using System.Diagnostics;
using Sluice.Pipelines;

namespace Sluice.Tests.Pipelines;

public sealed class PipelineProblemTests
{
    const string Source = "  - {id: in, type: csv, config: {file_path: a.csv}}\n";

    /// <summary>The quality step of the seed to the letter; deep_analysis needs a language model and is not an option here.</summary>
    internal const string SeedStep = """
        - name: "validate_quality"
          type: "quality_validation"
          config:
            schema:
              required_columns: ["id", "name", "email"]
            business_rules:
              - type: "range"
                column: "age"
                min: 0
                max: 150
              - type: "regex"
                column: "email"
                pattern: "^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$"
            deep_analysis: true  # Use LLM for semantic validation
            min_quality_score: 85.0
        """;

    [Fact]
    public void The_pattern_of_the_seed_is_taken_as_it_stands_and_the_rest_is_still_checked()
    {
        var text = "name: a\nsteps:\n- {id: in, type: csv, config: {file_path: a.csv}}\n" + SeedStep;

        Assert.Equal(
            [
                "p.yaml:17:5: 'deep_analysis' is not an option of quality_validation. It has: anything, business_rules, high, low, min_quality_score, schema.",
            ],
            Problems(text));
    }

    [Fact]
    public void The_fix_that_is_shown_works()
    {
        var fix = @"pattern: '^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$'";
        var step = SeedStep.Replace(@"pattern: ""^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$""", fix, StringComparison.Ordinal)
            .Replace("    deep_analysis: true  # Use LLM for semantic validation\n", "", StringComparison.Ordinal);

        var pipeline = Pipeline.Parse("name: a\nsteps:\n- {id: in, type: csv, config: {file_path: a.csv}}\n" + step, null, FakeCapabilities.Catalog);

        var given = ((FakeCapabilities.FakeValidation)pipeline.Steps[0].Step).Given;
        Assert.Equal(@"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$", given.BusinessRules[1].Pattern);
        Assert.Equal((0, 150), (given.BusinessRules[0].Min, given.BusinessRules[0].Max));
        Assert.Equal(["id", "name", "email"], given.Schema!.RequiredColumns);
        Assert.Equal(85.0, given.MinQualityScore);
    }

    [Theory]
    [InlineData(@"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$", @"'\.'")]
    [InlineData(@"\d{4}-\d{2}", @"'\d'")]
    public void A_text_whose_backslashes_can_only_mean_themselves_is_taken_with_advice(string pattern, string escape)
    {
        var text = $"name: a\nsteps:\n{Source}  - {{id: v, type: quality_validation, config: {{business_rules: [{{type: regex, column: b, pattern: \"{pattern}\"}}]}}}}\n";

        var pipeline = Pipeline.Parse(text, "p.yaml", FakeCapabilities.Catalog);

        Assert.Equal(pattern, ((FakeCapabilities.FakeValidation)pipeline.Steps[0].Step).Given.BusinessRules[0].Pattern);
        Assert.Equal(
            $"p.yaml:4:{text.Split('\n')[3].IndexOf('\\') + 1}: {escape} is not an escape that YAML's double quotes know. Put the text in single quotes, where a backslash is a backslash: '{pattern}' It was taken as it stands.",
            Assert.Single(pipeline.Advice));
        Assert.Equal(pipeline.Hash, Pipeline.Parse(text.Replace('"', '\''), "p.yaml", FakeCapabilities.Catalog).Hash);
    }

    [Theory]
    [InlineData("name: \"it's \\\"\\d\\\"\"\n", @"p.yaml:1:15: '\d' is not an escape that YAML's double quotes know. Put the text in single quotes, where a backslash is a backslash: name: 'it''s ""\d""'")]
    [InlineData("name: \"x\\n\\d\"\n", @"p.yaml:1:11: '\d' is not an escape that YAML's double quotes know. Put the text in single quotes, where a backslash is a backslash: name: 'x\n\d'")]
    [InlineData("name: \"\\bword\\b\"\n", @"p.yaml:1:7: The text holds the control character U+0008: in double quotes '\b' and its like are control characters. Put a regular expression in single quotes, where a backslash is a backslash.")]
    public void Escapes_of_regular_expressions_get_a_fix(string top, string expected) =>
        Assert.Equal([expected], Problems(top + "dataset: d\nsteps:\n" + Source));

    [Fact]
    public void Every_bad_escape_is_reported()
    {
        var text = "name: \"\\t\\d\"\ndataset: d\nsteps:\n" + Source + "  - {id: v, type: quality_validation, config: {business_rules: [{type: regex, column: a, pattern: \"\\t\\w'\\.\"}, {type: rgex, column: b}]}}\n";

        Assert.Equal(["1:10", "5:102", "5:118"], Problems(text).Select(p => string.Join(':', p.Split(':')[1..3])));
    }

    [Fact]
    public void Reports_everything_at_once_in_order()
    {
        var text = """
            nam: x
            seed: -1
            version: 2
            dataset: My Data
            steps:
              - id: in
                type: csv
                config: {file: a.csv, header: yes, delimiter: ab}
              - id: in
                typ: filtr
                depends_on: [out]
              - id: "bad id"
                type: quality_validaton
              - id: v
                type: quality_validation
                config:
                  min_quality_score: 120
                  low: 5
                  business_rules:
                    - {type: rage, column: [a]}
                    - {column: ~, min: "3"}
                depends_on: inn
            """;

        Assert.Equal(
            [
                "p.yaml:1:1: 'nam' is not a key of a pipeline. Did you mean 'name'?",
                "p.yaml:1:1: The pipeline needs 'name'. Write for instance: name: \"Customer data\".",
                "p.yaml:2:7: 'seed' is '-1'; expected a whole number from 0 to 2147483647.",
                "p.yaml:3:10: 'version' is '2'; it is the version of the pipeline format, and this Sluice reads 1. Versions of the dataset are counted by runs.",
                "p.yaml:4:10: 'dataset' is 'My Data'; expected 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit.",
                "p.yaml:8:13: csv needs the option 'file_path' (text).",
                "p.yaml:8:14: 'file' is not an option of csv. It has: delimiter, file_path, header.",
                "p.yaml:8:35: 'header' is 'yes'; expected true or false. Write true.",
                "p.yaml:8:51: 'delimiter' is 'ab'; expected a single character.",
                "p.yaml:9:5: A step needs 'type'.",
                "p.yaml:9:9: The id 'in' is given twice; the first is on line 6. Ids are unique.",
                "p.yaml:10:5: 'typ' is not a key of a step. Did you mean 'type'? Options belong under 'config'.",
                "p.yaml:11:18: 'in' depends on 'out', which does not exist. There are: bad id, in, v.",
                "p.yaml:12:9: The id 'bad id' is not allowed; expected 1 to 64 of A-Z, a-z, 0-9, '_' and '-'.",
                "p.yaml:13:11: There is no source, step or sink 'quality_validaton'. Did you mean 'quality_validation'?",
                "p.yaml:17:26: 'min_quality_score' is '120'; expected 0 to 100.",
                "p.yaml:20:18: 'business_rules[0].type' is 'rage'; expected one of: range, regex. Did you mean 'range'?",
                "p.yaml:20:32: 'business_rules[0].column' is a list of 1; expected text.",
                "p.yaml:21:11: business_rules[1] needs the option 'type' (range | regex).",
                "p.yaml:21:20: 'business_rules[1].column' is nothing; expected text. Give it a value, or remove the line.",
                "p.yaml:21:28: 'business_rules[1].min' is the text '3'; expected a number. Remove the quotes.",
                "p.yaml:22:17: 'v' depends on 'inn', which does not exist. Did you mean 'in'?",
            ],
            Problems(text));
    }

    [Theory]
    [InlineData("  - {id: a, type: split, depends_on: b}\n  - {id: b, type: split, depends_on: [a]}\n", "These steps wait for each other: a → b → a. Remove one 'depends_on'.")]
    [InlineData("  - {id: a, type: split, depends_on: a}\n", "These steps wait for each other: a → a. Remove one 'depends_on'.")]
    [InlineData("  - {id: x, type: csv_connector, config: {file_path: b}}\n", "Nothing reads 'in', and it is not the last step: its rows would go nowhere. Let a step or a sink read it (depends_on: in), or remove it.")]
    [InlineData("  - {id: a, type: split, depends_on: in}\n  - {id: b, type: split, depends_on: in}\n", "Nothing reads 'a', and it is not the last step: its rows would go nowhere. Let a step or a sink read it (depends_on: a), or remove it.")]
    [InlineData("  - {id: a, type: split}\n  - {id: b, type: split, depends_on: [in, a]}\n", "'b' depends on 2 steps. It reads one: name only the step whose rows it reads; 'union' puts rows of several steps together, 'join' brings in the columns of a second.")]
    [InlineData("  - {id: o, type: csv, config: {file_path: b}, depends_on: in}\n  - {id: a, type: split, depends_on: o}\n", "'a' reads 'o', which is a sink: nothing comes out of it. Read what the sink reads: depends_on: [in].")]
    [InlineData("  - {id: a, type: split, depends_on: []}\n", "'depends_on' of 'a' is empty, and it is not a source. Name the step whose rows it reads.")]
    [InlineData("  - {id: x, type: csv_connector, config: {file_path: b}, depends_on: in}\n", "'x' is a source and cannot depend on 'in'. Remove 'depends_on'.")]
    [InlineData("  - {id: a, name: a, type: split}\n", "A step has both 'id' and 'name'. They mean the same: remove one.")]
    [InlineData("  - {id: a, type: quality_validation, config: {low: 3}}\n", "quality_validation: low 3 is above high 1.")]
    [InlineData("  - {id: a, type: split, config: {seed: 99999999999}}\n", "'seed' is '99999999999'; expected a whole number.")]
    [InlineData("  - {id: a, type: split, config: [1]}\n", "'config' of split is a list of 1; expected a mapping of options, one 'name: value' per line.")]
    [InlineData("  - {id: a, type: split, config: {api_key: 5f2, seed: 1}}\n", "'api_key' looks like a secret.")]
    [InlineData("  - {id: a, type: quality_validation, config: {anything: 'postgres://u:pw@h/db'}}\n", "'anything' looks like a secret.")]
    [InlineData("  - &a {id: a, type: split}\n", "'&a' is an anchor. A pipeline may not use anchors and aliases: write each value out where it is used.")]
    [InlineData("  - !x {id: a, type: split}\n", "'!x' is a tag. A pipeline may not use tags: remove it; put quotes around a value that should be text.")]
    [InlineData("  - {id: a, id: b, type: split}\n", "'id' is given twice; the first is on line 4. Remove one.")]
    [InlineData("  - {id: a, type: split, <<: {seed: 1}}\n", "'<<' merges another mapping. A pipeline may not use merge keys: write the values out.")]
    [InlineData("---\nname: b\n", "A second document starts here ('---'). A file holds one pipeline: put the second in its own file.")]
    [InlineData("optimization: {paralelism: 3, batch_bytes: 1}\n", "'paralelism' is not an option of optimization. Did you mean 'parallelism'?")]
    public void Refuses(string added, string expected) =>
        Assert.Contains(Problems("name: a\nsteps:\n" + Source + added), p => p.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("", "p.yaml:1:1: A pipeline is a mapping with 'name' and 'steps'; found an empty file.")]
    [InlineData("# nothing\n", "p.yaml:1:1: A pipeline is a mapping with 'name' and 'steps'; found an empty file.")]
    [InlineData("- a\n", "p.yaml:1:1: A pipeline is a mapping with 'name' and 'steps'; found a list of 1.")]
    [InlineData("name: a: b\n", "p.yaml:1:8: This is not valid YAML: a second ': ' follows on one line. Put the text in single quotes: key: 'a: b'.")]
    [InlineData("name: a\nsteps:\n\t- x\n", "This is not valid YAML: a tab is used to indent. Indent with spaces.")]
    [InlineData("name: 'a\n", "p.yaml:1:7: This is not valid YAML: this quote is never closed. Close it, or double a quote that belongs to the text.")]
    [InlineData("name: [a\nsteps: b", "This is not valid YAML: a '[' or '{' near here is never closed. Close it, or write one '- item' per line.")]
    [InlineData("name: a\n", "p.yaml:1:1: The pipeline needs 'steps': a list that begins with a source.")]
    [InlineData("name: a\nsteps: []\n", "p.yaml:2:8: 'steps' is empty. A pipeline needs at least a source.")]
    [InlineData("name: a\nsteps: x\n", "p.yaml:2:8: 'steps' is 'x'; expected a list, each entry with 'id', 'type' and 'config'.")]
    [InlineData("name: a\nsteps: [{id: s, type: split}]\n", "p.yaml:2:9: The pipeline has no source. Its first step reads data, for instance: type: csv, with config: {file_path: customers.csv}.")]
    [InlineData("name: データ\nsteps: [{id: s, type: csv, config: {file_path: a}}]\n", "p.yaml:1:7: No dataset name can be made from 'データ'. Add one with a-z, 0-9, '-' and '_': dataset: my-data.")]
    public void Refuses_whole_files(string text, string expected) => Assert.Contains(expected, Assert.Single(Problems(text)), StringComparison.Ordinal);

    [Fact]
    public void A_secret_is_not_repeated() =>
        Assert.DoesNotContain(Problems("name: a\npassword: hunter22\nsteps:\n" + Source), p => p.Contains("hunter22", StringComparison.Ordinal));

    [Fact]
    public void Bombs_end_quickly()
    {
        var watch = Stopwatch.StartNew();
        var laughs = "a0: &a0 [x, x]\n" + string.Concat(Enumerable.Range(1, 100).Select(i => $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n"));

        Assert.Contains(Problems(laughs), p => p.Contains("'&a0' is an anchor", StringComparison.Ordinal));
        Assert.Contains("Values are nested more than 32 deep", Assert.Single(Problems("name: " + new string('[', 1 << 19))), StringComparison.Ordinal);
        Assert.Contains("a pipeline may have 1,048,576", Assert.Single(Problems(new string('a', (1 << 20) + 1))), StringComparison.Ordinal);
        Assert.Contains("more than 100,000 values", Assert.Single(Problems("name: [" + string.Concat(Enumerable.Repeat("1,", 200_000)) + "]")), StringComparison.Ordinal);
        Assert.Contains("at most 500 are allowed", Problems("name: a\nsteps:\n" + string.Concat(Enumerable.Repeat("  - x\n", 501)))[0], StringComparison.Ordinal);
        Assert.True(Problems(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"key{i}: 1\n"))).Count <= 200);
        Assert.True(Problems(string.Concat(Enumerable.Range(0, 5_000).Select(i => $"k{i}: \"\\d\"\n"))).Count <= 200);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
    }

    static IReadOnlyList<string> Problems(string text) =>
        [.. Assert.Throws<PipelineException>(() => Pipeline.Parse(text, "p.yaml", FakeCapabilities.Catalog)).Problems.Select(p => p.ToString())];
}
