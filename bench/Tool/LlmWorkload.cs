using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Llm.Loopback;

namespace Sluice.Bench;

/// <summary>
/// The same question asked of the same seeded tickets in two ways, through the command line and the real client, on a server of this machine that counts what a
/// provider would charge: every row by itself to the dear model, against batches, filters first, columns that are needed, a cascade, answers that are kept, and what a search finds by itself.
/// </summary>
static class LlmWorkload
{
    // Invented, of the order of a large and a small model of 2026.
    static readonly LoopbackPrice dear = new(3, 0.3m, 3.75m, 15), cheap = new(0.25m, 0.025m, 0.3125m, 1.25m);

    static readonly string[] subjects = ["The parcel", "My order", "The invoice", "Your app", "The blue lamp", "The refund", "A courier", "The subscription"];
    static readonly string[] events = ["arrived late", "was broken", "is missing", "was charged twice", "works well", "came early", "cannot be opened", "was changed without asking"];
    static readonly string[] moods = ["and I am furious", "and I am pleased", "and I do not mind", "which is a shame", "thank you", "so I want my money back"];

    public static async Task RunAsync(string sluice, int rows, string folder)
    {
        Directory.CreateDirectory(folder);
        await using var server = await LoopbackModels.StartAsync();
        server.Prices["dear"] = dear;
        server.Prices["cheap"] = cheap;
        server.Answer = Answer;
        WriteTickets(Path.Combine(folder, "tickets.csv"), rows, 0);
        File.WriteAllText(Path.Combine(folder, "plain.yaml"), Plain);
        File.WriteAllText(Path.Combine(folder, "optimised.yaml"), Optimised);
        File.WriteAllText(Path.Combine(folder, "batched.yaml"), Batched);

        var lines = new List<Line> { await MeasureAsync("plain: a call for each row, filters last", sluice, Run("plain.yaml"), folder, server) };
        lines.Add(await MeasureAsync("optimised", sluice, Run("optimised.yaml"), folder, server));
        var agreed = Agreement(Path.Combine(folder, "plain.csv"), Path.Combine(folder, "optimised.csv"));

        // In a store of their own: the search and the pipeline that it finds take no answers of the runs before.
        lines.Add(await MeasureAsync("batched: 100 rows a call, the column named", sluice, ["run", "batched.yaml", "--store", "other", "--json"], folder, server));
        lines.Add(await MeasureAsync(
            "the search itself, on 200 rows, no labels", sluice,
            ["prompts", "search", "batched.yaml", "--step", "details,mood,complaints", "--metric", "f1", "--models", "cheap", "-o", ".", "--store", "other", "--json"], folder, server));

        // The dearest of the best is the one that answers most alike.
        var found = Directory.GetFiles(folder, "batched-*.yaml").OrderBy(f => f.Length).ThenBy(f => f, StringComparer.Ordinal).LastOrDefault() ?? throw new InvalidOperationException("The search found nothing.");
        lines.Add(await MeasureAsync("batched, as the search found it", sluice, ["run", found, "--store", "third", "--json"], folder, server));
        var alike = Agreement(Path.Combine(folder, "plain.csv"), Path.Combine(folder, "batched.csv"));
        WriteTickets(Path.Combine(folder, "tickets.csv"), rows, rows / 100);
        lines.Add(await MeasureAsync("optimised, again with 1 % new rows", sluice, Run("optimised.yaml"), folder, server));

        Console.WriteLine($"{rows:N0} tickets. A call answers after 10 ms and 0.1 ms for each token that it writes; a token is four characters.");
        Console.WriteLine($"{"",-44}{"calls",8}{"tokens in",13}{"tokens out",12}{"US dollars",12}{"seconds",9}");
        foreach (var line in lines)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line.Name,-44}{line.Calls,8:N0}{line.Input,13:N0}{line.Output,12:N0}{line.Usd,12:0.0000}{line.Seconds,9:0.0}"));
        }

        foreach (var line in lines.Skip(1))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{line.Name}: calls 1/{(double)lines[0].Calls / line.Calls:0.0}, tokens 1/{(double)(lines[0].Input + lines[0].Output) / (line.Input + line.Output):0.0}, cost 1/{lines[0].Usd / line.Usd:0.0}, time 1/{lines[0].Seconds / line.Seconds:0.0}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"as found: rows in both results: {alike.Both:N0}, the same in every column: {alike.Same:N0}; only in plain: {alike.Left:N0}, only in that: {alike.Right:N0}"));
        Console.WriteLine(await File.ReadAllTextAsync(found));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rows in both results: {agreed.Both:N0}, of these the same in every column: {agreed.Same:N0}; only in plain: {agreed.Left:N0}, only in optimised: {agreed.Right:N0}"));
    }

    // Whole rows are sent, as is easiest to write: so no two questions are equal.
    const string Plain = """
        name: plain
        optimize: false
        steps:
          - { id: rows, type: csv, config: { file_path: tickets.csv } }
          - id: details
            type: llm_process
            config: { type: enrich, prompt: 'Name the thing that the ticket is about and what happened to it', output: [{ name: thing }, { name: event }], model: dear, batch_size: 1, cache_ttl_hours: 0 }
          - { id: mood, type: llm_process, config: { type: classify, prompt: 'How the customer feels', labels: [angry, calm, pleased], model: dear, batch_size: 1, cache_ttl_hours: 0 } }
          - { id: complaints, type: semantic_filter, config: { prompt: 'the customer complains', model: dear, batch_size: 1, cache_ttl_hours: 0 } }
          - { id: german, type: filter, config: { condition: "country = 'DE'" } }
          - { id: out, type: csv_sink, config: { file_path: plain.csv } }

        """;

    const string Optimised = """
        name: optimised
        steps:
          - { id: rows, type: csv, config: { file_path: tickets.csv } }
          - { id: german, type: filter, config: { condition: "country = 'DE'" } }
          - { id: complaints, type: semantic_filter, config: { prompt: 'the customer complains in {{ text }}', model: dear, cascade: { model: cheap, label_budget: 200 } } }
          - id: details
            type: llm_process
            config: { type: enrich, prompt: 'Name the thing that {{ text }} is about and what happened to it', output: [{ name: thing }, { name: event }], model: dear }
          - { id: mood, type: llm_process, config: { type: classify, prompt: 'How the customer feels in {{ text }}', labels: [angry, calm, pleased], model: dear, cascade: { model: cheap, label_budget: 200 } } }
          - { id: out, type: csv_sink, config: { file_path: optimised.csv } }

        """;

    // As one who knows of batches writes it, in the order of plain: what a search starts from.
    const string Batched = """
        name: batched
        steps:
          - { id: rows, type: csv, config: { file_path: tickets.csv } }
          - { id: german, type: filter, config: { condition: "country = 'DE'" } }
          - id: details
            type: llm_process
            config: { type: enrich, prompt: 'Name the thing that {{ text }} is about and what happened to it', output: [{ name: thing }, { name: event }], model: dear }
          - { id: mood, type: llm_process, config: { type: classify, prompt: 'How the customer feels in {{ text }}', labels: [angry, calm, pleased], model: dear } }
          - { id: complaints, type: semantic_filter, config: { prompt: 'the customer complains in {{ text }}', model: dear } }
          - { id: out, type: csv_sink, config: { file_path: batched.csv } }

        """;

    static string[] Run(string pipeline) => ["run", pipeline, "--store", "store", "--json"];

    static void WriteTickets(string file, int rows, int more)
    {
        var random = new Random(42);
        var text = new StringBuilder("id,country,text\n");
        for (var i = 0; i < rows + more; i++)
        {
            // Of a day's tickets many say the same: numbers that repeat as often as there are few of them.
            var number = random.Next(1 + (random.Next(2) == 0 ? 3 : rows));
            text.Append(CultureInfo.InvariantCulture, $"{i},{(random.Next(2) == 0 ? "DE" : "FR")},\"{Pick(subjects, random)} {number} {Pick(events, random)}, {Pick(moods, random)}.\"\n");
        }

        File.WriteAllText(file, text.ToString());
    }

    static string Pick(string[] words, Random random) => words[random.Next(words.Length)];

    static async Task<Line> MeasureAsync(string name, string sluice, string[] arguments, string folder, LoopbackModels server)
    {
        var before = (server.Calls.Count, server.Bill, Input: server.PaidCalls.Sum(c => c.Reply!.InputTokens), Output: server.PaidCalls.Sum(c => c.Reply!.OutputTokens));
        var start = new ProcessStartInfo(sluice) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["Sluice__Llm__Providers__bench__Endpoint"] = server.OpenAI;
        foreach (var (model, price) in new[] { ("dear", dear), ("cheap", cheap) })
        {
            start.Environment[$"Sluice__Llm__Models__{model}__Provider"] = "bench";
            start.Environment[$"Sluice__Llm__Models__{model}__ContextTokens"] = "128000";
            start.Environment[$"Sluice__Llm__Models__{model}__MaxOutputTokens"] = "16000";
            foreach (var (setting, value) in price.Settings)
            {
                start.Environment[$"Sluice__Llm__Models__{model}__{setting}"] = value;
            }
        }

        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var seconds = watch.Elapsed.TotalSeconds;
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}{await output}");
        }

        return new Line(
            name, server.Calls.Count - before.Count, server.PaidCalls.Sum(c => c.Reply!.InputTokens) - before.Input,
            server.PaidCalls.Sum(c => c.Reply!.OutputTokens) - before.Output, server.Bill - before.Bill, seconds);
    }

    static LoopbackReply Answer(LoopbackCall call)
    {
        var instructions = string.Concat(((JsonArray)call.Body["messages"]!).Select(m => m!["content"]!.ToJsonString()));
        var schema = call.Body["response_format"]?.ToJsonString() ?? "";
        string[] fields = [.. ((JsonObject)call.Body["response_format"]!["json_schema"]!["schema"]!["properties"]!["results"]!["items"]!["properties"]!).Select(p => p.Key).Where(name => name != "id")];
        var isCheap = call.Model == "cheap";
        var results = new JsonArray([.. JsonDocument.Parse(call.Prompt).RootElement.GetProperty("items").EnumerateArray().Select(item =>
        {
            var data = item.GetProperty("data");
            var result = Result(fields, (data.ValueKind == JsonValueKind.Array ? data[0] : data.GetProperty("text")).GetString()!, isCheap);
            result["id"] = item.GetProperty("id").GetInt32();
            return (JsonNode)result;
        })]);
        var text = new JsonObject { ["results"] = results }.ToJsonString();
        var tokens = (text.Length + 3) / 4;
        return new LoopbackReply { Text = text, InputTokens = (instructions.Length + schema.Length + 3) / 4, OutputTokens = tokens, Latency = TimeSpan.FromMilliseconds(10 + (tokens * 0.1)) };
    }

    /// <summary>The dear model is right. The cheap one is sure of nine texts in ten, and of a hundred of those wrong in one; of the others it is not sure and wrong in three of ten.</summary>
    static JsonObject Result(IEnumerable<string> fields, string text, bool isCheap)
    {
        var luck = Luck(text);
        var (sure, wrong) = (luck % 10 != 0, luck % 10 != 0 ? luck / 10 % 100 == 0 : luck / 10 % 10 < 3);
        var complains = moods.Take(1).Concat(moods.Skip(3).Take(1)).Concat(moods.Skip(5)).Any(m => text.Contains(m, StringComparison.Ordinal));
        var mood = text.Contains("furious", StringComparison.Ordinal) || text.Contains("money back", StringComparison.Ordinal) ? "angry"
            : text.Contains("pleased", StringComparison.Ordinal) || text.Contains("thank", StringComparison.Ordinal) ? "pleased" : "calm";
        return new JsonObject(fields.Select(field => KeyValuePair.Create(field, (JsonNode?)(field switch
        {
            "label" => !isCheap || !wrong ? mood : mood == "calm" ? "pleased" : "calm",
            "thing" => subjects.First(s => text.StartsWith(s, StringComparison.Ordinal)),
            "event" => events.First(e => text.Contains(e, StringComparison.Ordinal)),
            "confidence" => sure ? 0.97 : 0.6,

            // The condition of the filter, alone or beside other questions.
            _ => isCheap && wrong ? !complains : complains,
        }))));
    }

    // FNV-1a, whose low bits are mixed enough here.
    static int Luck(string text) => (int)(text.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u) % 100_000);

    static (int Both, int Same, int Left, int Right) Agreement(string left, string right)
    {
        var (a, b) = (Rows(left), Rows(right));
        var both = a.Keys.Where(b.ContainsKey).ToArray();
        return (both.Length, both.Count(id => a[id] == b[id]), a.Count - both.Length, b.Count - both.Length);
    }

    static Dictionary<string, string> Rows(string file) => File.ReadLines(file).Skip(1).ToDictionary(line => line.Split(',')[0], line => line, StringComparer.Ordinal);

    sealed record Line(string Name, int Calls, long Input, long Output, decimal Usd, double Seconds);
}
