using System.CommandLine;
using Spectre.Console;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice steps [TYPE]</c>: the catalogue.</summary>
static class StepsCommand
{
    public static Command Create()
    {
        var type = new Argument<string?>("type") { Description = "Show one capability with its options.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("steps", "List sources, steps and sinks; or the options of one.") { type };
        Shell.Act(command, (parsed, _) => Task.FromResult(Show(parsed, parsed.GetValue(type))));
        return command;
    }

    static int Show(ParseResult parsed, string? type)
    {
        if (type is not null)
        {
            // A name may be a source and a sink: both are shown.
            var found = Enum.GetValues<CapabilityKind>().Select(kind => Catalog.Default.Find(kind, type)).OfType<CapabilityInfo>().ToList();
            return found.Count > 0
                ? Several(parsed, found)
                : Shell.Invalid(parsed, $"'{type}' is not in the catalogue. It has: {string.Join(", ", Catalog.Default.All.Select(c => c.Type))}.");
        }

        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(Catalog.Default.All);
            return ExitCodes.Done;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("type", "kind", "what it does");
        foreach (var capability in Catalog.Default.All)
        {
            table.AddRow(Markup.Escape(capability.Type), capability.Kind.ToString().ToLowerInvariant(), Markup.Escape(capability.Summary));
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("sluice steps TYPE shows the options of one.");
        return ExitCodes.Done;
    }

    static int Several(ParseResult parsed, List<CapabilityInfo> capabilities)
    {
        if (parsed.GetValue(Shell.Json))
        {
            Shell.Print(capabilities);
        }
        else
        {
            capabilities.ForEach(Describe);
        }

        return ExitCodes.Done;
    }

    static void Describe(CapabilityInfo capability)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]{capability.Type}[/] ({capability.Kind.ToString().ToLowerInvariant()}): {capability.Summary}");
        if (capability.Aliases.Count > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"also: {string.Join(", ", capability.Aliases)}");
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("option", "type", "default", "meaning");
        Rows(table, capability.Options, "");
        AnsiConsole.Write(table);
    }

    static void Rows(Table table, IReadOnlyList<OptionInfo> options, string prefix)
    {
        foreach (var option in options)
        {
            var range = option.Range is null ? "" : $" ({option.Range})";
            table.AddRow(
                Markup.Escape(prefix + option.Name), Markup.Escape(option.Type + range), Markup.Escape(option.Required ? "required" : option.Default ?? "none"), Markup.Escape(option.Summary));
            Rows(table, option.Options, prefix + option.Name + ".");
        }
    }
}
