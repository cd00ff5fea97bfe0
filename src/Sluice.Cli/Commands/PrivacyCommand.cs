using System.CommandLine;
using Sluice.Privacy.Differential;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice privacy budget …</c> and <c>sluice privacy aggregate …</c>: what may be told of a dataset, and telling it.</summary>
static class PrivacyCommand
{
    const int MaxShown = 20;

    public static Command Create() => new("privacy", "Tell of a dataset with differential privacy, within a budget that is kept for ever.")
    {
        new Command("budget", "Create, show and spend the privacy budget of a dataset.") { CreateBudget(), Show(), Spend() },
        PrivacyAggregateCommand.Create(),
    };

    static Argument<string> Dataset() => new("dataset") { Description = "Name of the dataset that the budget is of." };

    static Command CreateBudget()
    {
        var dataset = Dataset();
        var epsilon = new Option<decimal>("--epsilon") { Description = "Most ε that may ever be spent, for example 1.", Required = true };
        var delta = new Option<double>("--delta") { Description = "δ, below 1 by the number of rows. 0, the default: costs add up. Above: concentrated, many releases cost less." };
        var command = new Command("create", "Set how much may be told. It cannot be changed later.") { dataset, epsilon, delta };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            await using var store = OpenedStore.Making(parsed);
            var budget = new PrivacyBudget(store.Ledger, parsed.GetRequiredValue(dataset));
            try
            {
                await budget.OpenAsync(new BudgetLimit(parsed.GetRequiredValue(epsilon), parsed.GetValue(delta)), cancellation);
            }
            catch (DataException error)
            {
                return Shell.Invalid(parsed, error.Message);
            }

            return Print(parsed, parsed.GetRequiredValue(dataset), (await budget.ReadAsync(cancellation))!);
        });
        return command;
    }

    static Command Show()
    {
        var dataset = Dataset();
        var command = new Command("show", "Show what was told and what may still be.") { dataset };
        Shell.Act(command, (parsed, cancellation) => OpenedStore.WithAsync(parsed, async store =>
        {
            var name = parsed.GetRequiredValue(dataset);
            return await new PrivacyBudget(store.Ledger, name).ReadAsync(cancellation) is { } state
                ? Print(parsed, name, state)
                : Shell.Invalid(parsed, $"The dataset '{name}' has no privacy budget. Create one: sluice privacy budget create {name} --epsilon 1");
        }));
        return command;
    }

    static Command Spend()
    {
        var dataset = Dataset();
        var id = new Option<string>("--id") { Description = "Name of the release, once per dataset.", Required = true };
        var epsilon = new Option<decimal>("--epsilon") { Description = "ε that it costs.", Required = true };
        var query = new Option<string>("--query") { Description = "What was told, in words. Default: told elsewhere.", DefaultValueFactory = _ => "told elsewhere" };
        var command = new Command("spend", "Book a release that was made elsewhere.") { dataset, id, epsilon, query };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            return await OpenedStore.WithAsync(parsed, async store =>
            {
                var (budget, cost) = (new PrivacyBudget(store.Ledger, parsed.GetRequiredValue(dataset)), parsed.GetRequiredValue(epsilon));
                try
                {
                    await budget.SpendAsync(new BudgetSpend(parsed.GetRequiredValue(id), parsed.GetRequiredValue(query), cost, (double)(cost * cost) / 2), cancellation);
                }
                catch (DataException error)
                {
                    return Shell.Fail(parsed, ExitCodes.GateFailed, error.Message);
                }

                return Print(parsed, parsed.GetRequiredValue(dataset), (await budget.ReadAsync(cancellation))!);
            });
        });
        return command;
    }

    static int Print(ParseResult parsed, string dataset, BudgetState state)
    {
        var left = Math.Max(0, (double)state.Limit.Epsilon - state.Spent());
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(new { dataset, state.Limit, spent = state.Spent(), left, state.Spends });
            return ExitCodes.Done;
        }

        AnsiConsole.MarkupLineInterpolated($"[bold]{dataset}[/]: ε {state.Spent():0.####} of {state.Limit.Epsilon} spent, {left:0.####} left{(state.Limit.Delta > 0 ? $", δ {state.Limit.Delta}" : "")}.");
        if (state.Spends.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("release", "query", "ε");
            foreach (var spend in state.Spends.TakeLast(MaxShown))
            {
                table.AddRow(Markup.Escape(spend.Id), Markup.Escape(spend.Query), $"{spend.Epsilon}");
            }

            AnsiConsole.Write(table);
        }

        return ExitCodes.Done;
    }
}
