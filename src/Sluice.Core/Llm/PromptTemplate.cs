using System.Text.RegularExpressions;
using Sluice.Steps;

namespace Sluice.Llm;

/// <summary>
/// A prompt with <c>{{ column }}</c> in it. A row's value is never put there: it would be read as an instruction. The name stands there instead, and the values
/// travel apart, as JSON.
/// </summary>
sealed partial class PromptTemplate(string text)
{
    /// <summary>Columns that the prompt names, each once, in its order.</summary>
    public IReadOnlyList<string> Columns { get; } = [.. Placeholder.Matches(text).Select(m => m.Groups[1].Value).Distinct(StringComparer.Ordinal)];

    /// <summary>The prompt with names of data fields in place of the placeholders.</summary>
    public string Instruction { get; } = Placeholder.Replace(text, m => $"\"{m.Groups[1].Value}\"").Trim();

    /// <summary>Columns that are sent with each row.</summary>
    /// <param name="input">Columns that there are.</param>
    /// <param name="more">Columns that are wanted besides.</param>
    public IReadOnlyList<string> Sent(Schema input, IReadOnlyList<string> more)
    {
        var named = Columns.Concat(more).Distinct(StringComparer.Ordinal).ToArray();
        return named.Length > 0 ? named : [.. input.Select(f => f.Name)];
    }

    /// <summary>Reports columns that do not exist.</summary>
    public void Check(Schema input, IReadOnlyList<string> more, StepProblems problems)
    {
        foreach (var column in Columns)
        {
            problems.Column(input, "prompt", column);
        }

        for (var i = 0; i < more.Count; i++)
        {
            problems.Column(input, $"columns[{i}]", more[i]);
        }
    }

    [GeneratedRegex(@"\{\{\s*([^{}]+?)\s*\}\}")]
    static partial Regex Placeholder { get; }
}
