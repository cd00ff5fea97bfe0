using System.Text;
using System.Text.Json;
using Sluice.Features;

namespace Sluice.Examples;

/// <summary>Reads the examples of a batch: the words of each, and what is wrong with it by itself. Not for several threads at once.</summary>
sealed class ExampleReading(ExampleColumns columns, ValidateLlmData.Options options)
{
    readonly TextReading reading = new();
    readonly List<ulong> words = [];
    readonly HashSet<ulong> unique = [];

    /// <summary>Hashes of the words of the example that was read last, in order.</summary>
    public IReadOnlyList<ulong> Words => words;

    /// <summary>One for all examples of the same words, whatever their letter case and punctuation.</summary>
    public ulong Id => words.Aggregate(0x9E3779B97F4A7C15UL, (id, word) => RowHash.Mix(id ^ word, 0xC2B2AE3D27D4EB4F));

    public ExampleProblem Read(Batch batch, int row)
    {
        words.Clear();
        var problem = columns.Text is { } text ? Whole(batch[text], row) : columns.Messages is { } messages ? Messages(batch[messages], row) : Pair(batch, row);
        if (problem != ExampleProblem.None)
        {
            return problem;
        }

        unique.Clear();
        unique.UnionWith(words);
        return (words.Count < options.MinSequenceLength ? ExampleProblem.TooShort : 0)
            | (words.Count > options.MaxSequenceLength ? ExampleProblem.TooLong : 0)
            | (unique.Count < options.MinUniqueWords ? ExampleProblem.FewUniqueWords : 0);
    }

    ExampleProblem Whole(Column column, int row) => Add(Text(column, row)) ? ExampleProblem.None : ExampleProblem.Empty;

    ExampleProblem Pair(Batch batch, int row)
    {
        var hasPrompt = false;
        foreach (var name in columns.Prompt)
        {
            hasPrompt |= Add(Text(batch[name], row));
        }

        return Add(Text(batch[columns.Completion!], row)) && hasPrompt ? ExampleProblem.None : ExampleProblem.Empty;
    }

    // Messages of OpenAI's kind ({"role", "content"}) or ShareGPT's ({"from", "value"}): a system message at most first, then user and assistant in turn, the last the assistant's.
    ExampleProblem Messages(Column column, int row)
    {
        if (column.IsNull(row))
        {
            return ExampleProblem.Empty;
        }

        try
        {
            var json = new Utf8JsonReader(Text(column, row));
            using var document = JsonDocument.ParseValue(ref json);
            if (json.Read() || document.RootElement.ValueKind != JsonValueKind.Array)
            {
                return ExampleProblem.Unreadable;
            }

            return Turns(document.RootElement);
        }
        catch (JsonException)
        {
            return ExampleProblem.Unreadable;
        }
    }

    ExampleProblem Turns(JsonElement messages)
    {
        var (last, count, isFilled) = ("", 0, true);
        foreach (var message in messages.EnumerateArray())
        {
            // The one that may come now: a system message only first, a user's after it and after each answer.
            var role = Role(message);
            if (role is null || role == last || (role == "system" && count > 0) || (role == "assistant" && last != "user"))
            {
                return ExampleProblem.Unreadable;
            }

            (last, count) = (role, count + 1);
            isFilled &= Add(Encoding.UTF8.GetBytes(Content(message)));
        }

        return count == 0 ? ExampleProblem.Empty : last != "assistant" ? ExampleProblem.Unreadable : isFilled ? ExampleProblem.None : ExampleProblem.Empty;
    }

    static string? Role(JsonElement message) => message.ValueKind != JsonValueKind.Object ? null : (Member(message, "role") ?? Member(message, "from")) switch
    {
        "system" => "system",
        "user" or "human" => "user",
        "assistant" or "gpt" => "assistant",
        _ => null,
    };

    static string Content(JsonElement message) => Member(message, "content") ?? Member(message, "value") ?? "";

    static string? Member(JsonElement message, string name) => message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static ReadOnlySpan<byte> Text(Column column, int row) =>
        column.IsNull(row) ? [] : column is TextColumn text ? text[row] : Encoding.UTF8.GetBytes(column.Display(row));

    /// <summary>Adds words; false where there are none.</summary>
    bool Add(ReadOnlySpan<byte> text)
    {
        var found = reading.Words(text);
        words.AddRange(found);
        return found.Count > 0;
    }
}
