using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm;

namespace Sluice.Tests.Llm;

/// <summary>A language model that a test writes: it answers each row by a function, and counts what it was asked and what that cost.</summary>
sealed class ScriptedModels : LanguageModels
{
    readonly ConcurrentQueue<ModelRequest> calls = new();
    readonly ConcurrentDictionary<string, int> asked = new(StringComparer.Ordinal);

    /// <summary>The answer to a row's data, without its id.</summary>
    public required Func<JsonElement, JsonObject> Row { get; init; }

    /// <summary>What a call gives in the place of its usual answer; null: that.</summary>
    public Func<AskedCall, ModelAnswer?> Call { get; init; } = _ => null;

    /// <summary>Answers come after it.</summary>
    public Task Until { get; init; } = Task.CompletedTask;

    /// <summary>Told of each call when it is asked, by its number.</summary>
    public Action<int> Began { get; init; } = _ => { };

    public ModelInfo Info { get; init; } = new("test/model", new TokenPrice(3m, 0.3m, 15m), 100_000, 20_000, []);

    /// <summary>Calls that were asked, in order.</summary>
    public IReadOnlyList<ModelRequest> Calls => [.. calls];

    /// <summary>Rows that calls held, in order of the calls.</summary>
    public IReadOnlyList<int> Sizes => [.. Calls.Select(c => AskedCall.Of(c, 0).Items.Count)];

    /// <summary>How often each row's data was asked for.</summary>
    public IReadOnlyDictionary<string, int> Asked => asked;

    /// <summary>What was paid for answers that were given.</summary>
    public TokenUsage Paid { get; private set; }

    public override ModelInfo? Find(string model, out string? reason)
    {
        reason = model is "default" || model == Info.Id ? null : $"There is no model '{model}'.";
        return reason is null ? Info : null;
    }

    public override async Task<ModelAnswer> AskAsync(ModelRequest request, CancellationToken cancellation)
    {
        calls.Enqueue(request);
        var call = AskedCall.Of(request, calls.Count);
        foreach (var item in call.Items)
        {
            asked.AddOrUpdate(item.GetProperty("data").GetRawText(), 1, (_, count) => count + 1);
        }

        Began(call.Number);

        // As a real one, it lets others go on meanwhile.
        await Task.Yield();
        await Until.WaitAsync(cancellation);
        var answer = Call(call) ?? call.Answer(Row);
        lock (calls)
        {
            Paid += answer.Usage + answer.Wasted;
        }

        return answer;
    }
}

/// <summary>A call as the model gets it.</summary>
sealed record AskedCall(ModelRequest Request, IReadOnlyList<JsonElement> Items, int Number)
{
    public static AskedCall Of(ModelRequest request, int number) =>
        new(request, [.. JsonDocument.Parse(request.Prompt).RootElement.GetProperty("items").EnumerateArray()], number);

    /// <summary>Results for the items, each by the function.</summary>
    public JsonArray Results(Func<JsonElement, JsonObject> row) => new([.. Items.Select(item =>
    {
        var result = row(item.GetProperty("data"));
        result["id"] = item.GetProperty("id").GetInt32();
        return result;
    })]);

    public ModelAnswer Answer(Func<JsonElement, JsonObject> row) => Answer(Results(row));

    public ModelAnswer Answer(JsonArray results) => Answer(new JsonObject { ["results"] = results }.ToJsonString());

    public ModelAnswer Answer(string text, AnswerFinish finish = AnswerFinish.Stop) =>
        new("test/model", text, finish, new TokenUsage((Request.Prompt.Length / 3) + 7, 5, (text.Length / 3) + 1), $"call-{Number}");
}
