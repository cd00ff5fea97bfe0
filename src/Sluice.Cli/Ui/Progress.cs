using Sluice.Functions;
using Sluice.Runs;
using Spectre.Console;

namespace Sluice.Cli.Ui;

/// <summary>Live progress of a run: bars in a terminal, a line a stage elsewhere.</summary>
static class RunProgress
{
    /// <summary>Shows the stages of a run while <paramref name="run"/> goes on.</summary>
    public static async Task<T> ShowAsync<T>(RunWatch watch, string runId, bool quiet, Func<Task<T>> run)
    {
        if (quiet)
        {
            return await run();
        }

        return Shell.Errors.Profile.Capabilities.Interactive && Shell.Errors.Profile.Capabilities.Ansi && !Console.IsErrorRedirected
            ? await BarsAsync(watch, runId, run)
            : await LinesAsync(watch, runId, run);
    }

    static async Task<T> BarsAsync<T>(RunWatch watch, string runId, Func<Task<T>> run)
    {
        T result = default!;
        var progress = Shell.Errors.Progress().Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new SpinnerColumn());
        await progress.StartAsync(async context =>
        {
            ProgressTask? current = null;
            var gate = new Lock();
            void Open(string id, Stage stage)
            {
                lock (gate)
                {
                    if (id != runId)
                    {
                        return;
                    }

                    current?.Value(current.MaxValue);
                    current?.StopTask();
                    current = stage.Outcome is not null ? null : context.AddTask(Markup.Escape(Describe(stage)), maxValue: Math.Max(1, stage.Units));
                }
            }

            void Finish(Functions.Activities.UnitRequest unit)
            {
                lock (gate)
                {
                    if (unit.RunId == runId)
                    {
                        current?.Increment(1);
                    }
                }
            }

            result = await WatchedAsync(watch, Open, Finish, run);
        });
        return result;
    }

    static Task<T> LinesAsync<T>(RunWatch watch, string runId, Func<Task<T>> run) => WatchedAsync(
        watch,
        (id, stage) =>
        {
            if (id == runId && stage.Outcome is null)
            {
                Console.Error.WriteLine(Describe(stage));
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

    static string Describe(Stage stage) =>
        $"{stage.Title} ({stage.Units} {(stage.Units == 1 ? "unit" : "units")}{(stage.Reused > 0 ? $", {stage.Reused} reused" : "")})";
}
