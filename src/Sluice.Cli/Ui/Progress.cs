using Sluice.Functions;
using Sluice.Runs;
using Spectre.Console;

namespace Sluice.Cli.Ui;

/// <summary>Live progress of a run: bars in a terminal, a line a stage elsewhere.</summary>
static class RunProgress
{
    /// <summary>Shows the stages of a run, and of all its chains, while <paramref name="run"/> goes on.</summary>
    public static async Task<T> ShowAsync<T>(RunWatch watch, RunRequest request, bool quiet, Func<Task<T>> run)
    {
        if (quiet)
        {
            return await run();
        }

        return Shell.Errors.Profile.Capabilities.Interactive && Shell.Errors.Profile.Capabilities.Ansi && !Console.IsErrorRedirected
            ? await BarsAsync(watch, Titles(request), run)
            : await LinesAsync(watch, Titles(request), run);
    }

    static async Task<T> BarsAsync<T>(RunWatch watch, Dictionary<string, string> titles, Func<Task<T>> run)
    {
        T result = default!;
        // Of many chains only what is in work is shown, or there would be more bars than the terminal has lines.
        var progress = Shell.Errors.Progress().HideCompleted(titles.Count > 1).Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new SpinnerColumn());
        await progress.StartAsync(async context =>
        {
            var open = new Dictionary<string, ProgressTask>(StringComparer.Ordinal);
            var gate = new Lock();
            void Opened(string id, Stage stage)
            {
                lock (gate)
                {
                    if (!titles.TryGetValue(id, out var title))
                    {
                        return;
                    }

                    if (open.Remove(id, out var before))
                    {
                        before.Value(before.MaxValue);
                        before.StopTask();
                    }

                    if (stage.Outcome is null)
                    {
                        open[id] = context.AddTask(Markup.Escape(title + Describe(stage)), maxValue: Math.Max(1, stage.Units));
                    }
                }
            }

            void Finish(Functions.Activities.UnitRequest unit)
            {
                lock (gate)
                {
                    if (open.TryGetValue(unit.RunId, out var current))
                    {
                        current.Increment(1);
                    }
                }
            }

            result = await WatchedAsync(watch, Opened, Finish, run);
        });
        return result;
    }

    static Task<T> LinesAsync<T>(RunWatch watch, Dictionary<string, string> titles, Func<Task<T>> run) => WatchedAsync(
        watch,
        (id, stage) =>
        {
            if (titles.TryGetValue(id, out var title) && stage.Outcome is null)
            {
                Console.Error.WriteLine(title + Describe(stage));
            }
        },
        _ => { },
        run);

    static async Task<T> WatchedAsync<T>(RunWatch watch, Action<string, Stage> open, Action<Functions.Activities.UnitRequest> finish, Func<Task<T>> run)
    {
        watch.StageOpened += open;
        watch.UnitFinished += finish;
        try
        {
            return await run();
        }
        finally
        {
            watch.StageOpened -= open;
            watch.UnitFinished -= finish;
        }
    }

    /// <summary>What stands before the stages of each run that is shown: of a chain, its dataset.</summary>
    static Dictionary<string, string> Titles(RunRequest request) => request.Graph is null ? new() { [request.RunId] = "" }
        : request.Graph.Select((link, i) => (Id: GraphRun.RunId(request.RunId, i), link.Dataset)).ToDictionary(c => c.Id, c => c.Dataset + ": ");

    static string Describe(Stage stage) =>
        $"{stage.Title} ({stage.Units} {(stage.Units == 1 ? "unit" : "units")}{(stage.Reused > 0 ? $", {stage.Reused} reused" : "")})";
}
