namespace Sluice.Bench.Quality;

/// <summary>A figure of one task on one data set.</summary>
/// <param name="Data">The data set, as its folder is called.</param>
/// <param name="Figure">What is measured: <c>F1</c>, <c>score, simple</c>.</param>
/// <param name="Ours">Our value.</param>
/// <param name="Best">The best known value; null: there is none, the row is for information.</param>
/// <param name="Note">Whose the best known is, or what else should be said.</param>
/// <param name="LowerIsBetter">For distances and errors.</param>
public sealed record QualityRow(string Data, string Figure, double Ours, double? Best, string Note, bool LowerIsBetter = false)
{
    /// <summary>At or above the best known; null where there is none.</summary>
    public bool? IsMet => Best is null ? null : LowerIsBetter ? Ours <= Best : Ours >= Best;
}

/// <summary>Something whose quality is measured on data that others have published figures for. A new one is a class in one file: they are found by reflection.</summary>
public abstract class QualityTask
{
    /// <summary>What it belongs to, the argument of <c>bench/quality</c>: <c>tabular</c>, <c>embedding</c>, <c>text</c>.</summary>
    public abstract string Area { get; }

    /// <summary>In words, as in the table.</summary>
    public abstract string Name { get; }

    /// <summary>Folder of its data sets beneath the data folder; nothing is measured where it is absent.</summary>
    public abstract string Folder { get; }

    /// <summary>Measures every data set found in <paramref name="folder"/>: found by looking, not by a list of names, and in ordinal order.</summary>
    public abstract IEnumerable<QualityRow> Measure(string folder);
}
