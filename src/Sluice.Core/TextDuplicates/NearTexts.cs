using System.Runtime.CompilerServices;

namespace Sluice.TextDuplicates;

/// <summary>
/// The texts that rows are compared by, for a step that looks at a batch twice: for its state and for its keys. What was found at the first look is kept as long
/// as the batch is.
/// </summary>
/// <param name="options">Columns and shingles.</param>
sealed class NearTexts(NearDuplicateOptions options)
{
    readonly ConditionalWeakTable<Batch, ulong[]> known = [];

    /// <summary>Adds the shingle sets of a batch.</summary>
    public void Observe(Batch batch, ShingleSets sets) => known.AddOrUpdate(batch, RowTexts.Ids(Columns(batch), batch.Rows, options.Words, sets));

    /// <summary>Id of each row's shingle set (<see cref="ShingleSets.IdOf"/>).</summary>
    public ulong[] Ids(Batch batch) => known.TryGetValue(batch, out var ids) ? ids : RowTexts.Ids(Columns(batch), batch.Rows, options.Words);

    IReadOnlyList<Column> Columns(Batch batch) => options.Columns.Count == 0 ? batch.Columns : [.. options.Columns.Select(name => batch[name])];
}
