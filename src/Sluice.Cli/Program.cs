using System.CommandLine;
using Sluice.Cli.Commands;

var root = new RootCommand("Sluice turns raw data into versioned, checked, ML-ready datasets.")
{
    RunCommand.Create(),
    ServeCommand.Create(),
    ExplainCommand.Create(),
    DatasetsCommand.Create(),
    StepsCommand.Create(),
    ApplyCommand.Create(),
    ReadCommand.Create(),
    QuarantineCommand.Create(),
};

// The host and the run engine stop cleanly on Ctrl-C themselves; the library must not cut them off.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
