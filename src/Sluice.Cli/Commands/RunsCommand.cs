using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice runs approve</c> and <c>refuse</c>: the decision that a run of a served app waits for when it has spent its budget.</summary>
static class RunsCommand
{
    const string KeyVariable = "SLUICE_KEY";

    static readonly Argument<string> run = new("run") { Description = "Id of the run." };
    static readonly Option<string> url = new("--url") { Description = "Address of the app.", DefaultValueFactory = _ => "http://127.0.0.1:7071" };
    static readonly Option<string> by = new("--by") { Description = "Who decides, for the record. Default: the name of this user.", DefaultValueFactory = _ => Environment.UserName };
    static readonly Option<string?> note = new("--note") { Description = "Why, for the record." };

    public static Command Create()
    {
        var budget = new Option<decimal>("--budget") { Required = true, Description = "US dollars that the run may spend in all, what is spent already included." };
        var approve = new Command("approve", "Let a run that has spent its budget go on.") { run, budget, by, note, url };
        Shell.Act(approve, (parsed, cancellation) => SendAsync(parsed, "approve", parsed.GetValue(budget), cancellation));
        var refuse = new Command("refuse", "End a run that has spent its budget. What was answered is kept.") { run, by, note, url };
        Shell.Act(refuse, (parsed, cancellation) => SendAsync(parsed, "refuse", null, cancellation));
        return new Command("runs", $"Decide on runs of an app that is served. Where it wants a key, it is taken from the variable {KeyVariable}.") { approve, refuse };
    }

    static async Task<int> SendAsync(ParseResult parsed, string decision, decimal? usd, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(parsed.GetRequiredValue(url), UriKind.Absolute, out var app) || app.Scheme is not ("http" or "https"))
        {
            return Shell.Invalid(parsed, $"--url is '{parsed.GetValue(url)}'; expected an address such as http://127.0.0.1:7071.");
        }

        using var http = new HttpClient();
        var id = parsed.GetRequiredValue(run);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app, $"/api/v1/runs/{Uri.EscapeDataString(id)}/{decision}"))
        {
            Content = JsonContent.Create(new { by = parsed.GetValue(by), budget_usd = usd, note = parsed.GetValue(note) }),
        };
        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key)
        {
            request.Headers.Add("x-functions-key", key);
        }

        try
        {
            using var response = await http.SendAsync(request, cancellation);
            return Show(parsed, id, response.IsSuccessStatusCode, (int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
        }
        catch (HttpRequestException error)
        {
            return Shell.Fail(parsed, ExitCodes.Failed, $"The app at {app} cannot be reached: {error.Message} Is it running? Name it with --url.");
        }
    }

    static int Show(ParseResult parsed, string id, bool done, int status, string body)
    {
        if (!done)
        {
            return Shell.Fail(parsed, status is 400 ? ExitCodes.Invalid : ExitCodes.Failed, ErrorOf(body) ?? (status is 401 or 403
                ? $"The app wants a key ({status}). Set the variable {KeyVariable}."
                : $"The app answered {status}."));
        }

        var answer = JsonSerializer.Deserialize<JsonElement>(body);
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(answer);
            return ExitCodes.Done;
        }

        AnsiConsole.WriteLine(answer.GetProperty("budget_usd") is { ValueKind: JsonValueKind.Number } usd
            ? string.Create(CultureInfo.InvariantCulture, $"Run {id} may spend {usd.GetDecimal():0.00####} US dollars and goes on.")
            : $"Run {id} was refused a higher budget and ends.");
        return ExitCodes.Done;
    }

    static string? ErrorOf(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(body).GetProperty("error").GetString();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Not the app's own answer: a proxy, a page.
            return null;
        }
    }
}
