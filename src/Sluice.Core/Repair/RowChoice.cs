namespace Sluice.Repair;

/// <summary>
/// Chooses the row whose labels would tell most: cells that are alike (written alike and odd alike, with the same beginning or ending, in one group of a dependency) form clusters,
/// and a row counts for the doubt in the clusters of its cells, less the more of a cluster is labelled already.
/// </summary>
static class RowChoice
{
    // The sample is in the order of hashes, so its first rows are a fair sample again.
    const int MaxRows = 5_000;
    const int Kinds = 4;

    /// <summary>The next row of the sample to label, or -1 when all are labelled.</summary>
    public static int Next(RepairModel model)
    {
        var table = model.Data.Table;
        var rows = Math.Min(table.Rows, MaxRows);
        var clusters = new Dictionary<(int Kind, int Column, int Id), (double Doubt, int Labels)>();
        var keys = new (int, int, int)[table.Columns, Kinds];
        for (var row = 0; row < rows; row++)
        {
            var labelled = model.Corrected.ContainsKey(row);
            var wrong = model.Judge(table, row, row);
            Keys(model, row, keys);
            foreach (var (column, p) in wrong.Index())
            {
                for (var kind = 0; kind < Kinds; kind++)
                {
                    var known = clusters.GetValueOrDefault(keys[column, kind]);
                    clusters[keys[column, kind]] = (known.Doubt + (labelled ? 0 : p * (1 - p)), known.Labels + (labelled ? 1 : 0));
                }
            }
        }

        var (best, bestGain) = (-1, -1.0);
        for (var row = 0; row < rows; row++)
        {
            if (model.Corrected.ContainsKey(row))
            {
                continue;
            }

            Keys(model, row, keys);
            var gain = 0.0;
            for (var column = 0; column < table.Columns; column++)
            {
                for (var kind = 0; kind < Kinds; kind++)
                {
                    var (doubt, labels) = clusters[keys[column, kind]];
                    gain += Math.Sqrt(doubt) / ((1 + labels) * (1 + labels));
                }
            }

            if (gain > bestGain)
            {
                (best, bestGain) = (row, gain);
            }
        }

        return best;
    }

    static void Keys(RepairModel model, int row, (int Kind, int Column, int Id)[,] keys)
    {
        var table = model.Data.Table;
        for (var column = 0; column < table.Columns; column++)
        {
            var code = table.Codes[column][row];
            var facts = model.Data.Facts(column, code);
            var accused = model.Dependencies[column].Length > 0 && model.Dependencies[column][0] is { } d
                && d.Ask(d.GroupOf(table, row), code, row) is { Says: true } poll && poll.Top != code;

            // Two values that are written alike and odd in the same way are one kind of value.
            var traits = facts.Dense.Aggregate(accused ? 1 : 0, (hash, measure) => (hash * 4) + (int)Math.Round(measure * 2));
            keys[column, 0] = (0, column, HashCode(traits, facts.ShapeMark));
            keys[column, 1] = (1, column, model.Dependencies[column].Length == 0 ? -1 : model.Dependencies[column][0].GroupOf(table, row));
            keys[column, 2] = (2, column, facts.EndMark);
            keys[column, 3] = (3, column, facts.BeginMark);
        }
    }

    static int HashCode(int left, int right) => (int)RowHash.Mix((uint)left ^ 0x9E3779B97F4A7C15, (uint)right ^ 0xC2B2AE3D27D4EB4F);
}
