using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Sluice.Functions;
using Sluice.Runs;
using Spectre.Console;

namespace Sluice.Cli;

/// <summary>What every command shares: options, output for people or machines, and errors as one clear message with an exit code.</summary>
static class Shell
{
    public static Option<string?> Store { get; } = new("--store")
    {
        Description = "Folder that holds datasets, history and finished work. Default: the setting Sluice:Store, else '.sluice'.",
        Recursive = true,
    };

    public static Option<bool> Json { get; } = new("--json") { Description = "Print JSON for machines instead of text.", Recursive = true };

    /// <summary>Errors and progress go to standard error, so that standard output can be piped.</summary>
    public static IAnsiConsole Errors { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Problems shown to people at once: a file that is no pipeline at all can have thousands.</summary>
    const int MaxProblems = 20;

    // Nobody puts this output into HTML: quotes and letters stay as they are.
    static readonly JsonSerializerOptions Indented = new(DocumentJson.Options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs a command's body; what goes wrong is shown once and becomes the exit code.</summary>
    public static void Act(Command command, Func<ParseResult, CancellationToken, Task<int>> body)
    {
        command.Options.Add(Store);
        command.Options.Add(Json);
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return await body(parsed, cancellation);
            }
            catch (OperationCanceledException)
            {
                return Fail(parsed, ExitCodes.Cancelled, "Stopped. Finished work is kept; run the same command again to go on from here.");
            }
            catch (PipelineException error)
            {
                return Fail(parsed, ExitCodes.Invalid, error.Problems);
            }
            catch (OptionsValidationException error)
            {
                return Fail(parsed, ExitCodes.Invalid, error.Message);
            }
            catch (Exception error) when (Platform.IsStoreFailure(error) || error is SourceException or SinkException or StoreException or DataException or TransientException or BudgetException)
            {
                return Fail(parsed, ExitCodes.Of(error), error.Message);
            }
        });
    }

    public static void Print<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Indented));

    public static int Fail(ParseResult parsed, int exitCode, string message)
    {
        if (parsed.GetValue(Json))
        {
            Print(new { error = message, exitCode });
        }
        else
        {
            WriteError(message);
        }

        return exitCode;
    }

    static int Fail(ParseResult parsed, int exitCode, IReadOnlyList<Problem> problems)
    {
        if (parsed.GetValue(Json))
        {
            Print(new { error = "The pipeline cannot run.", exitCode, problems });
            return exitCode;
        }

        foreach (var problem in problems.Take(MaxProblems))
        {
            WriteError(problem.ToString());
        }

        if (problems.Count > MaxProblems)
        {
            Console.Error.WriteLine($"... and {problems.Count - MaxProblems:N0} more; --json has them all.");
        }

        Console.Error.WriteLine($"{problems.Count} {(problems.Count == 1 ? "problem" : "problems")}; nothing was run.");
        return exitCode;
    }

    // One line a message, whatever the width: it is read by editors and scripts too.
    static void WriteError(string message)
    {
        if (Console.IsErrorRedirected)
        {
            Console.Error.WriteLine("error: " + message);
            return;
        }

        Errors.Markup("[red]error:[/] ");
        Console.Error.WriteLine(message);
    }

    /// <summary>The store as the app's command line takes it; nothing when other settings say.</summary>
    public static string[] StoreSetting(ParseResult parsed) => parsed.GetValue(Store) is { } folder ? [$"--Sluice:Store={folder}"] : [];

    public static int Invalid(ParseResult parsed, string message) => Fail(parsed, ExitCodes.Invalid, message);
}
