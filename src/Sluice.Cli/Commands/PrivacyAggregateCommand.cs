using System.CommandLine;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Privacy.Differential;
using Sluice.Steps;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary>What is asked of a column.</summary>
enum PrivateQuery
{
    Count,
    Sum,
    Mean,
    Histogram,
    Quantile,
}

/// <summary><c>sluice privacy aggregate IN QUERY</c>: one number, or one per value, with noise; paid for before it is shown.</summary>
static class PrivacyAggregateCommand
{
    // Of a mean: what lies beyond is noise in any case.
    const int Digits = 6;

    public static Command Create()
    {
        var input = new Argument<string>("in") { Description = "File, folder or glob to read, or DATASET@VERSION." };
        var query = new Argument<PrivateQuery>("query") { Description = "count, sum, mean, histogram or quantile." };
        var column = new Option<string>("--column") { Description = "Column that is asked about.", Required = true };
        var epsilon = new Option<decimal>("--epsilon") { Description = "ε to spend: less is more noise.", Required = true };
        var budget = new Option<string?>("--budget") { Description = "Dataset whose budget pays. Default: that of DATASET@VERSION." };
        var id = new Option<string>("--id") { Description = "Name of the release: it is drawn once.", Required = true };
        var low = new Option<decimal?>("--low") { Description = "Sum, mean, quantile: least value; what is below counts as it. Declared from knowledge, not from the data." };
        var high = new Option<decimal?>("--high") { Description = "Sum, mean, quantile: largest value." };
        var grid = new Option<decimal>("--grid") { Description = "Sum, mean, quantile: step that values are rounded to. Default: 1.", DefaultValueFactory = _ => 1 };
        var at = new Option<decimal>("--at") { Description = "Quantile: which, 0 to 1. Default: 0.5, the median.", DefaultValueFactory = _ => 0.5m };
        var values = new Option<string[]>("--value") { Description = "Histogram: a value to count; given once for each. Others are left out." };
        var command = new Command("aggregate", "Tell one thing of a column with differential privacy.") { input, query, column, epsilon, budget, id, low, high, grid, at, values };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            var (what, name) = (parsed.GetValue(query), parsed.GetRequiredValue(input));
            var version = NamedVersion.Is(name) ? name.Split('@', 2) : null;
            if ((parsed.GetValue(budget) ?? version?[0]) is not { } dataset)
            {
                return Shell.Invalid(parsed, $"'{name}' is a file, and a budget belongs to a dataset. Name the one that pays with --budget.");
            }

            if (what is PrivateQuery.Sum or PrivateQuery.Mean or PrivateQuery.Quantile && (parsed.GetValue(low) is null || parsed.GetValue(high) is null))
            {
                return Shell.Invalid(parsed, $"A {what.ToString().ToLowerInvariant()} needs --low and --high: bounds that one row's value lies in, declared and not read from the data.");
            }

            if (what == PrivateQuery.Histogram && parsed.GetValue(values) is not { Length: > 0 })
            {
                return Shell.Invalid(parsed, "A histogram needs the values to count, each with --value: those that occur would tell of rows.");
            }

            return await OpenedStore.WithAsync(parsed, store => TellAsync(store));

            async Task<int> TellAsync(OpenedStore store)
            {
                var columns = await ColumnAsync(store, name, version, parsed.GetRequiredValue(column), what is PrivateQuery.Sum or PrivateQuery.Mean or PrivateQuery.Quantile, cancellation);
                var ledger = new PrivacyBudget(store.Ledger, dataset);
                var aggregates = new PrivateAggregates(ledger);
                var (release, cost) = (parsed.GetRequiredValue(id), parsed.GetRequiredValue(epsilon));
                var (from, to, step) = (parsed.GetValue(low) ?? 0, parsed.GetValue(high) ?? 0, parsed.GetValue(grid));
                object? result;
                try
                {
                    result = what switch
                    {
                        PrivateQuery.Count => await aggregates.CountAsync(release, columns, cost, cancellation),
                        PrivateQuery.Sum => await aggregates.SumAsync(release, columns, from, to, step, cost, cancellation),
                        PrivateQuery.Mean => await aggregates.MeanAsync(release, columns, from, to, step, cost, cancellation) is { } mean ? Math.Round(mean, Digits) : null,
                        PrivateQuery.Quantile => await aggregates.QuantileAsync(release, columns, parsed.GetValue(at), from, to, step, cost, cancellation),
                        _ => await aggregates.HistogramAsync(release, columns, parsed.GetValue(values)!, cost, cancellation),
                    };
                }
                catch (DataException error)
                {
                    return Shell.Fail(parsed, ExitCodes.GateFailed, error.Message);
                }

                return await ShowAsync(parsed, dataset, release, what, result, ledger, cancellation);
            }
        });
        return command;
    }

    static async Task<int> ShowAsync(ParseResult parsed, string dataset, string release, PrivateQuery query, object? result, PrivacyBudget budget, CancellationToken cancellation)
    {
        var state = (await budget.ReadAsync(cancellation))!;
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { dataset, release, query = query.ToString().ToLowerInvariant(), result, spent = state.Spent(), limit = state.Limit.Epsilon });
            return ExitCodes.Done;
        }

        if (result is IReadOnlyDictionary<string, long> counts)
        {
            foreach (var (value, count) in counts)
            {
                AnsiConsole.MarkupLineInterpolated($"{count,12:N0}  {value}");
            }
        }
        else
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]{result ?? "no rows to speak of"}[/]");
        }

        AnsiConsole.MarkupLineInterpolated($"[grey]{query.ToString().ToLowerInvariant()} with noise, release '{release}'; ε {state.Spent():0.####} of {state.Limit.Epsilon} of '{dataset}' is spent.[/]");
        return ExitCodes.Done;
    }

    // Only the one column is kept.
    static async Task<IReadOnlyList<Column>> ColumnAsync(OpenedStore store, string input, string[]? version, string column, bool isNumber, CancellationToken cancellation)
    {
        if (version is not null)
        {
            var (entry, _) = await store.Datasets.ShowAsync(version[0], version[1], cancellation);
            return await ReadAsync(await store.Datasets.OpenAsync(entry.Dataset, entry.Version, cancellation), column, isNumber, cancellation);
        }

        IReadOnlyList<Column> columns = [];
        await SingleRun.WithAsync(input, null, evidenceOnly: false, async run =>
        {
            columns = await ReadAsync(await run.Catalogue.OpenAsync(run.Outcome.Dataset, run.Outcome.Version!, cancellation), column, isNumber, cancellation);
            return ExitCodes.Done;
        }, cancellation);
        return columns;
    }

    static async Task<IReadOnlyList<Column>> ReadAsync(DatasetRows rows, string column, bool isNumber, CancellationToken cancellation)
    {
        var field = rows.Schema.FirstOrDefault(f => f.Name == column)
            ?? throw new DataException($"There is no column '{column}'. There are: {string.Join(", ", rows.Schema.Select(f => f.Name))}.");
        if (isNumber && !Numbers.IsNumber(field.Type))
        {
            throw new DataException($"The column '{column}' is {field.Type.ToString().ToLowerInvariant()}; expected numbers. Count it, or make a histogram.");
        }

        var parts = new List<Column>();
        await foreach (var batch in rows.ReadAsync(cancellation))
        {
            parts.Add(batch[column]);
        }

        return parts;
    }
}
