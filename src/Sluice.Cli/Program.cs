using System.CommandLine;
using Sluice.Cli.Commands;
using Spectre.Console;

var root = new RootCommand("Sluice turns raw data into versioned, checked, ML-ready datasets.")
{
    RunCommand.Create(),
    RunsCommand.Create(),
    ServeCommand.Create(),
    ExplainCommand.Create(),
    CompareCommand.Create(),
    DatasetsCommand.Create(),
    StepsCommand.Create(),
    ApplyCommand.Create(),
    SchemaCommand.Create(),
    ReadCommand.Create(),
    ProfileCommand.Create(),
    MapCommand.Create(),
    DriftCommand.Create(),
    CheckCommand.Create(),
    PiiCommand.Create(),
    PrivacyCommand.Create(),
    CheckSplitCommand.Create(),
    QuarantineCommand.Create(),
    EvidenceCommand.Create(),
    ChangesCommand.Create(),
    UndoCommand.Create(),
    CheckVectorsCommand.Create(),
    RepairCommand.Create(),
    FeaturesCommand.Create(),
    MatchCommand.Create(),
    LabelsCommand.Create(),
    ModelsCommand.Create(),
    CostCommand.Create(),
    PromptsCommand.Create(),
};

if (Console.IsOutputRedirected)
{
    // Piped output is read by programs: no colours, and no tables folded to the width of a terminal that is not there.
    AnsiConsole.Profile.Capabilities.Ansi = false;
    AnsiConsole.Profile.Width = 200;
}

// The host and the run engine stop cleanly on Ctrl-C themselves; the library must not cut them off.
var parsed = root.Parse(args);
var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });

// The library's own code for a command line that is wrong is 1, which means a refused gate here.
return parsed.Errors.Count > 0 ? Sluice.Cli.ExitCodes.Invalid : exitCode;
