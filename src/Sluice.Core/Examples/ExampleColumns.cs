using Sluice.Steps;

namespace Sluice.Examples;

/// <summary>Where the parts of an example are: one column of messages, columns of the prompt and one of the answer, or one of whole texts.</summary>
/// <param name="Messages">Column of messages as JSON; null for columns of prompt and answer.</param>
/// <param name="Prompt">Columns of the prompt; one of them has something.</param>
/// <param name="Completion">Column of the answer.</param>
/// <param name="Text">Column of whole texts; null for the others.</param>
sealed record ExampleColumns(string? Messages, IReadOnlyList<string> Prompt, string? Completion, string? Text = null)
{
    // As the tools of the trade name them: OpenAI and Hugging Face, ShareGPT, Alpaca, then pairs.
    static readonly string[] messages = ["messages", "conversations"];
    static readonly (string[] Prompt, string Completion)[] pairs =
    [
        (["instruction", "input"], "output"), (["instruction"], "output"), (["prompt"], "completion"), (["prompt"], "response"), (["instruction"], "response"), (["question"], "answer"),
    ];

    public IReadOnlyList<string> Names => Text is not null ? [Text] : Messages is not null ? [Messages] : Completion is null ? Prompt : [.. Prompt, Completion];

    /// <summary>The columns that are named, or that have the usual names; none where nothing fits.</summary>
    public static ExampleColumns Of(ValidateLlmData.Options options, Schema schema)
    {
        if (options.Text is not null || options.Messages is not null || options.Prompt.Count > 0 || options.Completion is not null)
        {
            return new ExampleColumns(options.Messages, options.Prompt, options.Completion, options.Text);
        }

        var (prompt, completion) = pairs.FirstOrDefault(p => p.Prompt.Append(p.Completion).All(schema.Has));
        return messages.FirstOrDefault(schema.Has) is { } one ? new ExampleColumns(one, [], null) : new ExampleColumns(null, prompt ?? [], completion);
    }

    public void Plan(Schema schema, StepProblems problems)
    {
        if (Text is { } text)
        {
            PlanText(schema, text, problems);
            return;
        }

        if (Messages is not null && Prompt.Count + (Completion is null ? 0 : 1) > 0)
        {
            problems.Add("messages", "Both messages and prompt or completion are given. Keep one: a column of messages, or columns of prompt and answer.");
        }
        else if (Messages is null && (Prompt.Count == 0 || Completion is null))
        {
            problems.Add(
                Prompt.Count == 0 ? "prompt" : "completion",
                $"No examples are found in the columns {schema.Names}. Expected messages or conversations, instruction with output, prompt with completion or response, or question with answer. "
                + "Name them with messages, with prompt and completion, or with text for texts that are no questions and answers.");
        }

        if (Messages is { } one)
        {
            problems.Column(schema, "messages", one);
        }

        for (var i = 0; i < Prompt.Count; i++)
        {
            problems.Column(schema, $"prompt[{i}]", Prompt[i]);
        }

        if (Completion is { } answer)
        {
            problems.Column(schema, "completion", answer);
        }
    }

    void PlanText(Schema schema, string text, StepProblems problems)
    {
        problems.Column(schema, "text", text);
        if (Messages is not null || Prompt.Count > 0 || Completion is not null)
        {
            problems.Add("text", "Both text and messages, prompt or completion are given. Keep text for whole texts, or the others for questions and answers.");
        }
    }
}
