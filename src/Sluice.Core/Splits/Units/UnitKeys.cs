using Sluice.TextDuplicates;

namespace Sluice.Splits.Units;

/// <summary>
/// Keys by which rows find those that they must stay with, one family for each reason. Family 0 is the row itself: (hash of the row, hash of its stratum); the
/// others are (hash of what is shared, hash of the row). A row that shares nothing has its own hash there.
/// </summary>
static class UnitKeys
{
    const ulong FamilySalt = 0xC2B2AE3D27D4EB4F;

    /// <summary>Hash of each row.</summary>
    public static ulong[] Nodes(Batch batch, ulong seed) => [.. RowHash.Rows(batch.Columns, batch.Rows, seed).Select(key => key.High)];

    /// <summary>Keys of all families.</summary>
    /// <param name="batch">Rows.</param>
    /// <param name="options">Why rows stay together.</param>
    /// <param name="strata">Stratum of each row; null where strata do not matter.</param>
    /// <param name="texts">Id of each row's text; null where texts do not matter.</param>
    public static RowKey[] Of(Batch batch, Split.Options options, ulong[]? strata, ulong[]? texts)
    {
        var nodes = Nodes(batch, unchecked((ulong)options.Seed));
        var keys = new List<RowKey>(batch.Rows * 4);
        for (var row = 0; row < batch.Rows; row++)
        {
            keys.Add(new RowKey(nodes[row], strata is null ? 0 : strata[row]));
        }

        ulong salt = FamilySalt;
        if (options.Strategy == SplitStrategy.Group)
        {
            Shared(keys, nodes, [.. Columns(options).Select(name => batch[name])], salt, missingToo: true);
        }

        foreach (var name in options.Together)
        {
            Shared(keys, nodes, [batch[name]], ++salt, missingToo: false);
        }

        if (options.Parent is { } parent)
        {
            // One salt: the id of a row and the parent that another names are the same thing.
            salt++;
            Shared(keys, nodes, [batch[options.Id!]], salt, missingToo: false);
            Shared(keys, nodes, [batch[parent]], salt, missingToo: false);
        }

        for (var row = 0; row < texts?.Length; row++)
        {
            keys.Add(new RowKey(texts[row] == ShingleSets.None ? nodes[row] : texts[row], nodes[row]));
        }

        return [.. keys];
    }

    static IEnumerable<string> Columns(Split.Options options) => options.Column is { } one ? [one, .. options.Columns] : options.Columns;

    static void Shared(List<RowKey> keys, ulong[] nodes, Column[] columns, ulong salt, bool missingToo)
    {
        var values = RowHash.Rows(columns, nodes.Length, salt);
        for (var row = 0; row < nodes.Length; row++)
        {
            keys.Add(new RowKey(!missingToo && columns[0].IsNull(row) ? nodes[row] : values[row].High, nodes[row]));
        }
    }
}
