namespace Sluice.Privacy;

/// <summary>Personal data in a cell: bytes [Start, End).</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">Byte after the last.</param>
/// <param name="Entity">Kind: <c>email</c>, <c>us_itin</c>, <c>person</c>.</param>
/// <param name="Confidence">0 to 1.</param>
public readonly record struct PiiSpan(int Start, int End, string Entity, double Confidence)
{
    public int Length => End - Start;
}
