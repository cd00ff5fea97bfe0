using Sluice.Runs;
using Sluice.Steps;

namespace Sluice.Joins;

/// <summary>
/// A step that reads a second table beside the rows. The engine opens the table before anything is planned; what the table holds is an input of the run by
/// content and part of every memo key.
/// </summary>
public abstract class StepOverTable(TableReference? reference) : Step
{
    SideTable? table;

    /// <summary>Where the table is; null for a step that with its options reads none.</summary>
    internal TableReference? Reference => reference;

    internal bool IsOpen => reference is null || table is not null;

    /// <summary>Whether the table is the newest version of a dataset, which only the run decides.</summary>
    internal bool ReadsNewest => reference is { Dataset: not null, Version: null };

    /// <summary>What was opened, by content.</summary>
    internal IReadOnlyList<InputDigest> Digests => table?.Files ?? [];

    /// <summary>The table, once the step was put on it.</summary>
    /// <exception cref="InvalidOperationException">It was not: a fault of the caller.</exception>
    protected SideTable Table => table ?? throw new InvalidOperationException($"{GetType().Name} is planned before its table was opened.");

    public sealed override IReadOnlyList<string> SideFiles => reference?.File is { } file ? [file] : [];

    public override string DependsOn => table?.Content ?? "";

    // New rows come without the table.
    public sealed override Step? ForNewRows => null;

    /// <summary>The step on its table.</summary>
    internal StepOverTable On(SideTable opened)
    {
        var step = (StepOverTable)MemberwiseClone();
        step.table = opened;
        step.Opened();
        return step;
    }

    /// <summary>Called once on the step that was put on its table.</summary>
    protected virtual void Opened()
    {
    }
}

/// <summary>Options that name a second table: files, or a version of a dataset.</summary>
public interface ITableOptions
{
    /// <summary>As a <c>file_path</c>; null for a version.</summary>
    string? File { get; }

    /// <summary>Name of the dataset; null for files.</summary>
    string? Dataset { get; }

    /// <summary>Id of its version; null for files, and for the newest version when the run starts.</summary>
    string? Version { get; }

    /// <summary>MiB that the table may take in memory.</summary>
    int MaxTableMb { get; }
}

/// <summary>Where a second table is: files, or a version of a dataset.</summary>
/// <param name="File">As a <c>file_path</c>; null for a version.</param>
/// <param name="Dataset">Name of the dataset; null for files.</param>
/// <param name="Version">Id of its version; null for files, and for the newest version when the run starts.</param>
/// <param name="MaxBytes">Bytes that the table may have in memory.</param>
public sealed record TableReference(string? File, string? Dataset, string? Version, long MaxBytes)
{
    internal static TableReference Of(ITableOptions options) => new(options.File, options.Dataset, options.Version, (long)options.MaxTableMb << 20);

    /// <summary>Whether options name exactly one table.</summary>
    internal static bool IsNamedOnce(ITableOptions options) =>
        options.File is null ? options.Dataset is not null : options is { Dataset: null, Version: null };
}
