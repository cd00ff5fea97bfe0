using System.Text;
using Sluice.Llm;

namespace Sluice.Tests.Llm;

/// <summary>Instructions are said once and without blanks that say nothing.</summary>
public sealed class CompactTextTests
{
    const string Prompt = """
        Say   what the customer wants.  


            Examples:
            - "where is  it": status
            - money back: refund
            - money back: refund

            Input: late
            Output: status

            Input: broken
            Output: status

            Input: late
            Output: status
        """;

    [Fact]
    public void What_says_nothing_is_left_out_and_all_else_stays()
    {
        Assert.Equal("""
            Say what the customer wants.

            Examples:
            - "where is  it": status
            - money back: refund

            Input: late
            Output: status

            Input: broken
            Output: status
            """.ReplaceLineEndings("\n"), CompactText.Of(Prompt));
    }

    [Fact]
    public void A_second_time_changes_nothing_and_no_line_is_lost()
    {
        var random = new Random(3);
        string[] lines = ["- a", "- b  c", "text", "  deep", "", "", "\"q  q\"", "1. one", "more   text  "];
        for (var round = 0; round < 300; round++)
        {
            var text = string.Join('\n', Enumerable.Range(0, random.Next(1, 15)).Select(_ => lines[random.Next(lines.Length)]));

            var compact = CompactText.Of(text);

            Assert.Equal(compact, CompactText.Of(compact));
            Assert.Equal(Said(text), Said(compact));
            Assert.True(compact.Length <= text.Length);
        }

        static string[] Said(string text) => [.. text.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Where(line => line.Length > 0).Distinct().Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void A_call_says_each_thing_once()
    {
        AnswerField[] fields = [.. Enumerable.Range(0, 6).Select(i => new AnswerField { Name = $"field_{i}", Description = $"what the {i}th paragraph of the contract says of the buyer's duties" })];
        var (usual, compact) = (Tokens(false), Tokens(true));

        // Of a step with described fields and examples that were pasted twice, as bytes by three: what calls are filled by.
        Assert.InRange((double)compact / usual, 0.5, 0.75);
        Assert.DoesNotContain("duties", AnswerCheck.SchemaOf(fields, isDescribed: false), StringComparison.Ordinal);
        Assert.Contains("duties", CallText.System(Prompt, fields, null, compact: true), StringComparison.Ordinal);

        int Tokens(bool compact) =>
            Encoding.UTF8.GetByteCount(CallText.System(Prompt, fields, null, compact) + new Question("m", "", fields, new Extract.Options { Output = fields, Compact = compact }).AnswerSchema) / 3;
    }
}
