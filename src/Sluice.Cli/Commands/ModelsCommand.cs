using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Functions;
using Sluice.Llm;
using Sluice.Llm.Providers;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice models</c>: language models that are configured, what they cost, what names go to them, and whether they answer.</summary>
static class ModelsCommand
{
    public static Command Create()
    {
        var ask = new Option<bool>("--ask") { Description = "Ask each model that a task or a fallback goes to for one word. It costs a few tokens." };
        var command = new Command("models", "List language models: prices, limits, names that stand for them; with --ask, whether they answer.") { ask };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            var builder = SluiceApp.CreateBuilder(Shell.StoreSetting(parsed));
            builder.Logging.ClearProviders();
            using var host = builder.Build();
            var routes = host.Services.GetRequiredService<ModelRoutes>();
            var health = parsed.GetValue(ask) ? await AskAsync(host.Services.GetRequiredService<LanguageModels>(), routes, cancellation) : [];
            Show(parsed, routes, health);
            return health.Values.All(h => h.Answered) ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    static async Task<Dictionary<string, Health>> AskAsync(LanguageModels models, ModelRoutes routes, CancellationToken cancellation)
    {
        var health = new Dictionary<string, Health>();
        foreach (var entry in routes.Entries.Where(e => RolesOf(routes, e).Length > 0))
        {
            var watch = Stopwatch.StartNew();
            try
            {
                var request = new ModelRequest { Model = entry.Name, Prompt = "Answer with the word ok.", MaxOutputTokens = 16, Timeout = TimeSpan.FromSeconds(30) };
                var answer = await models.AskAsync(request, cancellation);
                // A fallback that answered is no sign of health.
                health[entry.Name] = answer.Model == entry.Spec.Id
                    ? new Health(true, $"answered in {watch.Elapsed.TotalSeconds:0.0} s", answer.Usage.Input + answer.Usage.Output)
                    : new Health(false, $"did not answer; {answer.Model} did", answer.Usage.Input + answer.Usage.Output);
            }
            catch (Exception e) when (e is ModelException or TransientException)
            {
                health[entry.Name] = new Health(false, e.Message, 0);
            }
        }

        return health;
    }

    static string[] RolesOf(ModelRoutes routes, ModelEntry entry) =>
        [.. ModelRoutes.Tasks.Where(t => routes.ForTask(t) == entry), .. routes.Fallbacks.Contains(entry) ? ["fallback"] : Array.Empty<string>()];

    static void Show(ParseResult parsed, ModelRoutes routes, Dictionary<string, Health> health)
    {
        var list = ModelList.Default;
        var aliases = list.Aliases.Values.Where(a => routes.Find(a.Name, out _) is not null).ToList();
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new
            {
                list.Checked,
                Models = routes.Entries.Select(e => new { e.Name, e.Spec.Id, e.Spec.Price, e.Spec.ContextTokens, e.Spec.MaxOutputTokens, e.Spec.Vision, e.Spec.Thinking, e.Limits, e.Spec.Notes, Roles = RolesOf(routes, e), Health = health.GetValueOrDefault(e.Name) }),
                Aliases = aliases.Select(a => new { a.Name, Answers = routes.Find(a.Name, out _)!.Candidates[0].Spec.Id, routes.Find(a.Name, out _)!.Notes }),
            });
            return;
        }

        if (routes.Entries.Count == 0)
        {
            AnsiConsole.WriteLine("No language model is configured: steps that could use one do without, and say so.");
            AnsiConsole.WriteLine("A key is enough: export Sluice__Llm__Providers__anthropic__Key=… (or openai, gemini). docs/language-models.md has the rest.");
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("model", "$ in", "$ kept", "$ out", "context", "can", "limits", "answers to");
        if (health.Count > 0)
        {
            table.AddColumn("asked");
        }

        foreach (var entry in routes.Entries)
        {
            List<string> row = [entry.Name == entry.Spec.Id ? entry.Name : $"{entry.Name} ({entry.Spec.Id})", .. Prices(entry.Spec.Price), $"{entry.Spec.ContextTokens:N0}", Abilities(entry.Spec), Limits(entry.Limits), string.Join(", ", RolesOf(routes, entry))];
            if (health.Count > 0)
            {
                row.Add(health.GetValueOrDefault(entry.Name)?.Message ?? "");
            }

            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"US dollars for a million tokens, from the list of {list.Checked:yyyy-MM-dd} unless Sluice:Llm:Models says otherwise.");
        foreach (var note in routes.Entries.SelectMany(e => e.Spec.Notes.Select(n => $"{e.Name}: {n}")).Concat(aliases.Select(a => a.Note).OfType<string>()))
        {
            AnsiConsole.WriteLine(note);
        }
    }

    static string[] Prices(TokenPrice? price) => price is null ? ["?", "?", "?"] : [Money(price.Input), Money(price.CachedInput), Money(price.Output)];

    static string Money(decimal price) => price.ToString("0.00##", CultureInfo.InvariantCulture);

    static string Abilities(ModelSpec spec) => string.Join(", ", new[] { spec.Vision ? "vision" : "", spec.Thinking == ThinkingKind.None ? "" : "thinking" }.Where(a => a.Length > 0));

    static string Limits(ModelLimits limits) => string.Join(", ", new[]
    {
        limits.RequestsPerMinute is { } requests ? $"{requests:N0} calls/min" : "", limits.TokensPerMinute is { } tokens ? $"{tokens:N0} tokens/min" : "", $"{limits.Concurrency} at once",
    }.Where(l => l.Length > 0));

    sealed record Health(bool Answered, string Message, long Tokens);
}
