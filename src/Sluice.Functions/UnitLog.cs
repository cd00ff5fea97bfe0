using Sluice.Functions.Activities;

namespace Sluice.Functions;

/// <summary>
/// A line for each unit that starts, is done, or is found done: what was run again after a crash, and what was not, can be read from it.
/// Off unless the setting <c>Sluice:UnitLog</c> names a file. Each line is one append, so a kill never leaves half of one.
/// </summary>
public sealed class UnitLog(string? path)
{
    readonly Lock gate = new();

    public void Write(string what, UnitRequest unit)
    {
        if (!string.IsNullOrEmpty(path))
        {
            lock (gate)
            {
                File.AppendAllText(path, $"{what} {unit.Kind} {unit.Pass} {unit.Unit} {unit.RunId}\n");
            }
        }
    }
}
