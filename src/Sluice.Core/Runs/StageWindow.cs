namespace Sluice.Runs;

/// <summary>The units of a stage that are scheduled together.</summary>
public sealed record StageWindow(int From, int To)
{
    /// <summary>Units in flight at most: what one orchestration's history and fan-in carry well (Azure guidance: 100 to 200).</summary>
    public const int MaxUnits = 200;

    public int Count => To - From;

    /// <param name="cursor">First unit.</param>
    /// <param name="units">Units of the stage.</param>
    /// <param name="inFlight">Units wanted in flight; never more than <see cref="MaxUnits"/> are.</param>
    public static StageWindow At(int cursor, int units, int inFlight = MaxUnits) =>
        new(cursor, Math.Min(units, cursor + Math.Clamp(inFlight, 1, MaxUnits)));
}
