using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm.Loopback;

namespace Sluice.EndToEnd;

/// <summary>
/// Kills runs that ask a language model while calls are being made, starts them again until they end by themselves, and compares what they leave, what they asked and what
/// they say that it cost with an undisturbed run and with the log of the model's server.
/// </summary>
public sealed class AskingKills(int rows, int seed, bool twice = false) : IDisposable
{
    const string Yaml = """
        name: asked
        steps:
          - { id: rows, type: csv, config: { file_path: data.csv } }
          - { id: mood, type: llm_process, config: { type: classify, prompt: 'Mood of {{ text }}', labels: [good, bad, neither], batch_size: 5, concurrency: 4 } }
          - { id: complaints, type: semantic_filter, config: { prompt: 'somebody complains in {{ text }}', batch_size: 5, concurrency: 4 } }
          - { id: story, type: reduce, config: { group_by: [label], prompt: 'What the {{ text }} rows are about', output: [{ name: about }], fold_size: 10, concurrency: 4 } }

        """;

    // Of one batch of rows four, and the table is two or three.
    const int CallsAtOnce = 12;

    readonly TestFolder folder = new();

    /// <summary>What an undisturbed run gives.</summary>
    public RunImage Expected { get; private set; } = null!;

    /// <summary>Calls of an undisturbed run.</summary>
    public int Calls { get; private set; }

    public async Task MeasureAsync()
    {
        var run = await RunAsync("undisturbed", [], twice: false);
        Expected = run.Image ?? throw new InvalidOperationException(string.Join('\n', run.Problems));
        Calls = run.Calls;
    }

    /// <summary>One disturbed run.</summary>
    /// <param name="name">Names its folder.</param>
    /// <param name="kills">After how many more calls each start is killed, and whether that call is answered then.</param>
    public async Task<KilledAsking> KillAsync(string name, params (int Calls, bool IsAnswered)[] kills)
    {
        var run = await RunAsync(name, kills, twice);
        return run.Image is null ? run : run with { Problems = [.. run.Problems, .. run.Image.Differences(Expected)] };
    }

    public void Dispose() => folder.Dispose();

    async Task<KilledAsking> RunAsync(string name, IReadOnlyList<(int Calls, bool IsAnswered)> moments, bool twice)
    {
        var home = folder[name];
        Directory.CreateDirectory(home);
        Write(home);
        await using var server = await LoopbackModels.StartAsync();
        server.Prices["m"] = LoopbackPrice.Usual;
        var settings = new Dictionary<string, string>
        {
            ["Sluice__Durable__DeliverTwice"] = twice ? "true" : "false",
            ["Sluice__Llm__Providers__p__Endpoint"] = server.OpenAI,
            ["Sluice__Llm__Models__m__Provider"] = "p",
            ["Sluice__Llm__Models__m__ContextTokens"] = "100000",
            ["Sluice__Llm__DefaultModel"] = "m",

            // Places of calls that a kill cut off are free half a minute later: there are enough for all kills.
            ["Sluice__Llm__Models__m__Concurrency"] = "40",
        };
        foreach (var (setting, value) in LoopbackPrice.Usual.Settings)
        {
            settings[$"Sluice__Llm__Models__m__{setting}"] = value;
        }

        string[] arguments = ["run", "pipeline.yaml", "--store", "store", "--json", "--batch-bytes", "4000"];
        var kills = 0;
        foreach (var (calls, isAnswered) in moments)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var last = server.Calls.Count + calls;
            server.AnswerAsync = async (call, cancellation) =>
            {
                if (call.Number + 1 >= last)
                {
                    reached.TrySetResult();
                    await (isAnswered ? Task.CompletedTask : Task.Delay(Timeout.Infinite, cancellation));
                }

                return Answer(call);
            };
            using var doomed = SluiceProcess.Start(home, settings, arguments);
            await Task.WhenAny(reached.Task, doomed.EndsWithinAsync(SluiceProcess.Limit));
            kills += doomed.Kill() ? 1 : 0;
        }

        server.AnswerAsync = null;
        server.Answer = Answer;
        using var process = SluiceProcess.Start(home, settings, arguments);
        var end = await process.EndAsync();
        if (end.ExitCode != 0)
        {
            return new KilledAsking(kills, null, server.Calls.Count, 0, [$"the last start did not succeed: {end}"]);
        }

        var image = RunImage.Read(Path.Combine(home, "store"), "asked");
        var cost = (await SluiceProcess.RunAsync(home, "cost", "asked", "--store", "store", "--json")).Json["runs"]![0]!;
        var repeated = server.Calls.Count - server.Calls.Select(c => c.Body["messages"]!.ToJsonString()).Distinct(StringComparer.Ordinal).Count();
        var problems = Problems(server, cost, Records(home), repeated, kills).ToList();
        Directory.Delete(home, recursive: true);
        return new KilledAsking(kills, image, server.Calls.Count, repeated, problems) { InDoubt = (long?)cost["inDoubt"]?["calls"] ?? 0 };
    }

    /// <summary>What is wrong with what was asked and with what it is said to have cost.</summary>
    static IEnumerable<string> Problems(LoopbackModels server, JsonNode cost, int records, int repeated, int kills)
    {
        // Every call is either written down or was cut off: so what was made again is what was cut off, and never one that is written down.
        var lost = server.Calls.Count - records;
        if (lost != repeated || lost > kills * CallsAtOnce)
        {
            yield return $"{server.Calls.Count} calls, {records} of them written down, {repeated} made again after {kills} kills with at most {CallsAtOnce} calls at once";
        }

        var (total, doubt) = ((decimal)cost["total"]!["costUsd"]!, (decimal?)cost["inDoubt"]?["mostUsd"] ?? 0);
        if (server.Bill < total || server.Bill > total + doubt)
        {
            yield return $"the bill is {server.Bill}; {total} is written down and at most {doubt} in doubt";
        }

        if (((long?)cost["inDoubt"]?["calls"] ?? 0) < lost)
        {
            yield return $"{lost} calls were cut off, {cost["inDoubt"]?["calls"]} are in doubt";
        }
    }

    /// <summary>Calls that are written down.</summary>
    static int Records(string home)
    {
        var runs = Path.Combine(home, "store", "data", "objects", "runs");
        return Directory.Exists(runs) ? Directory.GetDirectories(runs).Select(run => Path.Combine(run, "calls")).Where(Directory.Exists).Sum(calls => Directory.GetFiles(calls, "*.json", SearchOption.AllDirectories).Length) : 0;
    }

    void Write(string home)
    {
        var random = new Random(seed);
        string[] words = ["parcel", "late", "lamp", "refund", "broken", "invoice", "courier", "thanks"];
        File.WriteAllText(Path.Combine(home, "pipeline.yaml"), Yaml);
        File.WriteAllLines(Path.Combine(home, "data.csv"), Enumerable.Range(0, rows)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{words[random.Next(words.Length)]} {words[random.Next(words.Length)]} {random.Next(rows)}")).Prepend("id,text"));
    }

    /// <summary>The answer is a function of the question alone, whoever asks and when.</summary>
    static LoopbackReply Answer(LoopbackCall call)
    {
        var schema = call.Body["response_format"]?.ToJsonString() ?? "";
        var results = new JsonArray([.. JsonDocument.Parse(call.Prompt).RootElement.GetProperty("items").EnumerateArray().Select(item =>
        {
            var data = item.GetProperty("data").GetRawText();
            var result = new JsonObject { ["id"] = item.GetProperty("id").GetInt32() };
            var luck = data.Sum(c => c);
            (string Name, JsonNode Value) field = schema.Contains("holds", StringComparison.Ordinal) ? ("holds", luck % 3 != 0)
                : schema.Contains("neither", StringComparison.Ordinal) ? ("label", luck % 2 == 0 ? "good" : "bad")
                : ("about", string.Create(CultureInfo.InvariantCulture, $"{data.Length} and {luck}"));
            result[field.Name] = field.Value;
            return (JsonNode)result;
        })]);
        return new LoopbackReply { Text = new JsonObject { ["results"] = results }.ToJsonString(), InputTokens = call.Prompt.Length / 4, OutputTokens = 20, Latency = TimeSpan.FromMilliseconds(15) };
    }
}

/// <summary>What a disturbed run that asks left.</summary>
/// <param name="Kills">How often it was alive at its kill.</param>
/// <param name="Image">What it gave; null when it gave nothing.</param>
/// <param name="Calls">Calls that came to the model.</param>
/// <param name="Repeated">Of these, calls that had come before.</param>
/// <param name="Problems">What is not as it should be.</param>
public sealed record KilledAsking(int Kills, RunImage? Image, int Calls, int Repeated, IReadOnlyList<string> Problems)
{
    /// <summary>Calls that the run says it does not know the cost of.</summary>
    public long InDoubt { get; init; }

    public override string ToString() =>
        $"{Kills} kills, {Calls} calls, {Repeated} of them made again, {InDoubt} in doubt" + (Problems.Count == 0 ? ": identical" : ": " + string.Join("; ", Problems));
}
