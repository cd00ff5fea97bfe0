namespace Sluice.Runs;

/// <summary>The units of a stage that are scheduled together.</summary>
public sealed record StageWindow(int From, int To)
{
    /// <summary>Units in flight at most: what one orchestration's history and fan-in carry well (Azure guidance: 100 to 200).</summary>
    public const int MaxUnits = 200;

    public int Count => To - From;

    public static StageWindow At(int cursor, int units) => new(cursor, Math.Min(units, cursor + MaxUnits));
}
