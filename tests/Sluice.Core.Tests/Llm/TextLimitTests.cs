using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm;
using Sluice.Privacy;
using Sluice.Tests.Runs;

namespace Sluice.Tests.Llm;

/// <summary>Long texts are shortened before they are sent, by a rule that is written down, and rows say so.</summary>
public sealed class TextLimitTests
{
    static string? Shortened(string text, int tokens, TextCut cut, string question = "")
    {
        var into = new PooledText();
        return new TextLimit(tokens, cut, question).Shorten(Encoding.UTF8.GetBytes(text), into) ? Encoding.UTF8.GetString(into.Written) : null;
    }

    static string Yaml(string options) => TestRuns.Source + $"  - {{ id: m, type: llm_process, config: {{ type: classify, prompt: 'Is the {{{{ text }}}} about a warranty?', labels: [yes, no], {options} }} }}\n";

    static JsonObject Yes(JsonElement data) => new() { ["label"] = data.GetProperty("text").GetString()!.Contains("warranty", StringComparison.Ordinal) ? "yes" : "no" };

    [Fact]
    public void Ends_are_two_thirds_of_beginning_and_one_of_end_cut_between_words()
    {
        var text = string.Join(' ', Enumerable.Range(100, 200));

        Assert.Equal("100 101 102 103 104 105 106 107 108 […] 296 297 298 299", Shortened(text, 20, TextCut.Ends));
        Assert.Null(Shortened("100 101", 20, TextCut.Ends));
    }

    [Fact]
    public void Sentences_with_rare_words_of_the_question_are_kept_in_their_order()
    {
        var filler = string.Concat(Enumerable.Range(0, 40).Select(i => $"The box number {i} stood in the hall. "));
        var text = filler + "The warranty ends in May. " + filler + "Nobody extended the warranty of the box. " + filler;

        var kept = Shortened(text, 40, TextCut.Sentences, "Is the warranty of the box extended?");

        Assert.Equal(" […] The warranty ends in May. […] Nobody extended the warranty of the box. […] ", kept);
    }

    [Fact]
    public void Where_no_sentence_has_to_do_with_the_question_the_ends_are_kept()
    {
        var text = string.Concat(Enumerable.Range(0, 60).Select(i => $"Line {i} says this. "));

        Assert.Equal(Shortened(text, 30, TextCut.Ends), Shortened(text, 30, TextCut.Sentences, "warranty"));
    }

    [Fact]
    public void Whatever_the_text_it_stays_within_the_limit_and_whole_letters()
    {
        var random = new Random(8);
        string[] pieces = ["漢字。", "naïve ", "😀", "word ", "a", ".\n\n", "! ", new string('x', 90), " ", "question? "];
        for (var round = 0; round < 300; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 120)).Select(_ => pieces[random.Next(pieces.Length)]));
            var tokens = random.Next(1, 60);
            foreach (var cut in Enum.GetValues<TextCut>())
            {
                if (Shortened(text, tokens, cut, "naïve question word 漢字") is { } kept)
                {
                    Assert.True(Encoding.UTF8.GetByteCount(kept) <= Math.Max(3 * tokens, TextLimit.Gap.Length), $"round {round}: {kept}");
                    Assert.DoesNotContain('\uFFFD', kept);
                    Assert.All(kept.Split("[…]", StringSplitOptions.TrimEntries), part => Assert.Contains(Letters(part), Letters(text), StringComparison.Ordinal));
                }
                else
                {
                    Assert.True(Encoding.UTF8.GetByteCount(text) <= 3 * tokens);
                }
            }
        }
    }

    static string Letters(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    [Theory]
    [InlineData("text_cut: ends", "no")]
    [InlineData("text_cut: sentences", "yes")]
    public async Task A_run_sends_less_and_says_which_texts_were_cut(string cut, string answer)
    {
        var filler = string.Concat(Enumerable.Range(0, 200).Select(i => $"Point {i} is about delivery. "));
        var (whole, less) = (new ScriptedModels { Row = Yes }, new ScriptedModels { Row = Yes });
        foreach (var (models, options) in new[] { (whole, "batch_size: 10"), (less, $"batch_size: 10, max_text_tokens: 100, {cut}") })
        {
            await using var runs = new TestRuns { Models = models };
            runs.Write("data.csv", $"id,text\n1,short warranty\n2,{filler}One warranty holds. {filler}\n");

            var run = await runs.RunAsync(Yaml(options));

            var record = await runs.RecordAsync(run.Outcome);
            Assert.Equal(models == whole ? 0 : 1, record.Steps.Single(s => s.Step == "m").Failures.Where(f => f.Key.StartsWith("llm_text_cut", StringComparison.Ordinal)).Sum(f => f.Value));
            Assert.EndsWith(models == whole ? "|yes" : $"|{answer}", (await runs.RowsAsync(run.Version))[1], StringComparison.Ordinal);
        }

        Assert.InRange((double)less.Paid.Input / whole.Paid.Input, 0.01, 0.1);
        Assert.Contains("Texts of more than 100 tokens were shortened: […] stands for what was left out.", less.Calls[0].System, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Personal_data_at_the_cut_is_masked_before()
    {
        var models = new ScriptedModels { Row = Yes };
        await using var runs = new TestRuns { Models = models };
        var words = string.Join(' ', Enumerable.Range(0, 40).Select(i => $"mail{i.ToString(CultureInfo.InvariantCulture)}.person@example.com and"));
        runs.Write("data.csv", $"id,text\n1,{words}\n");

        await runs.RunAsync(Yaml("max_text_tokens: 30"));

        Assert.DoesNotContain("person", models.Calls.Single().Prompt, StringComparison.Ordinal);
        Assert.Contains("[…]", models.Calls.Single().Prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ id: m, type: reduce, config: { group_by: [id], prompt: 'p {{ text }}', output: [{ name: s }], max_text_tokens: 9 } }")]
    [InlineData("{ id: m, type: resolve, config: { on: [text], max_text_tokens: 9 } }")]
    public async Task A_step_that_asks_about_several_rows_refuses_it(string step)
    {
        await using var runs = new TestRuns { Models = new ScriptedModels { Row = Yes } };
        runs.Write("data.csv", "id,text\n1,a\n");

        var error = await Assert.ThrowsAsync<PipelineException>(() => runs.RunAsync(TestRuns.Source + $"  - {step}\n"));

        Assert.Contains("Texts are shortened where a question is about one row, and this step asks about several together.", error.Message, StringComparison.Ordinal);
    }
}
