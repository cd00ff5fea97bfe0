namespace Sluice.SchemaDetection;

/// <summary>The values of one column are in another, which has each of its values once.</summary>
/// <param name="Table">Table that refers.</param>
/// <param name="Column">Its column.</param>
/// <param name="ReferencesTable">Table that is referred to; the same one for a tree, such as employees and their managers.</param>
/// <param name="ReferencesColumn">Its key.</param>
/// <param name="Included">Share of the present cells whose value is in the key; of the sampled different values where not verified.</param>
/// <param name="Missing">Cells whose value is not there; 0 where not verified.</param>
/// <param name="Verified">Whether all rows were compared.</param>
/// <param name="Score">0 to 1: how likely it is meant as a reference, by names and values.</param>
public sealed record ForeignKey(
    string Table, string Column, string ReferencesTable, string ReferencesColumn, double Included, long Missing, bool Verified, double Score);

/// <summary>Which columns may refer to keys, from the samples: inclusion by MinHash, then names and values as evidence that it is no chance.</summary>
static class RelationSearch
{
    const double LeastIncluded = 0.9;
    const double LeastScore = 0.5;
    const int LeastJudged = 10;
    const int MaxFound = 100;

    static readonly HashSet<string> parents = new(
        ["parent", "manager", "supervisor", "boss", "superior", "reports", "mother", "father", "root", "ancestor", "eltern", "vorgesetzter", "chef", "padre", "predecessor", "previous", "reply", "replyto"],
        StringComparer.Ordinal);

    public static IEnumerable<ForeignKey> Of(IReadOnlyList<(string Name, SchemaDetector Table)> tables)
    {
        var found = new List<ForeignKey>();
        foreach (var (name, table) in tables)
        {
            foreach (var column in table.Columns.Where(MayRefer))
            {
                var best = tables.SelectMany(t => t.Table.Columns.Where(key => key != column && IsKey(t.Table, key)).Select(key => Judge(name, table, column, t.Name, t.Table, key)))
                    .OfType<ForeignKey>().OrderByDescending(f => f.Score).ThenBy(f => f.ReferencesTable, StringComparer.Ordinal).FirstOrDefault();
                if (best is not null)
                {
                    found.Add(best);
                }
            }
        }

        return found.OrderByDescending(f => f.Score).ThenBy(f => f.Table, StringComparer.Ordinal).ThenBy(f => f.Column, StringComparer.Ordinal).Take(MaxFound);
    }

    static bool MayRefer(ColumnJudge column) => column.Sketch.Present > 0 && column.Type is "integer" or "string"
        && column.Meaning?.Type is not ("free_text" or "description" or "flag" or "constant" or "amount" or "count" or "age" or "year" or "rating");

    static bool IsKey(SchemaDetector table, ColumnJudge column) =>
        column.Type is "integer" or "string" && table.Keys.Any(k => k.Columns is [var only] && only == column.Name);

    static ForeignKey? Judge(string name, SchemaDetector table, ColumnJudge column, string otherName, SchemaDetector other, ColumnJudge key)
    {
        var (included, judged) = column.Sketch.Values.IncludedIn(key.Sketch.Values);
        if (included < LeastIncluded || judged < Math.Min(LeastJudged, column.Sketch.Values.Distinct))
        {
            return null;
        }

        var byName = NameEvidence(column.Name, otherName, key.Name, table == other);

        // Two tables with one key each refer to one another; the smaller one is said to.
        var oneToOne = column.MayBeUnique && (table == other || table.Rows > other.Rows || (table.Rows == other.Rows && string.CompareOrdinal(name, otherName) < 0));
        if (oneToOne || (table == other && byName < 0.6))
        {
            return null;
        }

        var score = Math.Round(included * (1 - ((1 - byName) * (1 - ValueEvidence(column, key, judged)))), 3);
        return score < LeastScore ? null : new ForeignKey(name, column.Name, otherName, key.Name, Math.Round(included, 4), 0, false, score);
    }

    /// <summary>customer_id and customers.id; the same name on both sides; the table's name in the column's.</summary>
    static double NameEvidence(string column, string table, string key, bool same)
    {
        var (words, keyWords, tableWords) = (new Header(column).Words, new Header(key).Words, new Header(table).Words.Select(Singular).ToList());
        if (same)
        {
            return words.Any(parents.Contains) ? 0.9 : words.Count > keyWords.Count && words.TakeLast(keyWords.Count).SequenceEqual(keyWords) ? 0.6 : 0;
        }

        var singular = words.Select(Singular).ToList();
        var namesTable = tableWords.Exists(singular.Contains);
        return words.SequenceEqual(keyWords) && (keyWords.Count > 1 || namesTable) ? 0.9
            : namesTable && words.Count > 0 && keyWords.Count > 0 && words[^1] == keyWords[^1] ? 0.95
            : namesTable ? 0.7
            : words.Count > keyWords.Count && words.TakeLast(keyWords.Count).SequenceEqual(keyWords) && keyWords.Count > 1 ? 0.6
            : words.SequenceEqual(keyWords) ? 0.4
            : 0;
    }

    /// <summary>Small whole numbers are in any sequence by chance; many texts or large numbers are not.</summary>
    static double ValueEvidence(ColumnJudge column, ColumnJudge key, int judged)
    {
        var sequence = key.Type == "integer" && key.Sketch.Min is { } min && key.Sketch.Max is { } max && max - min < 4.0 * key.Sketch.Values.Distinct;
        return sequence ? 0.1 : column.Type == "string" ? judged >= LeastJudged ? 0.6 : 0.3 : judged >= LeastJudged ? 0.5 : 0.2;
    }

    static string Singular(string word) => word.EndsWith("ies", StringComparison.Ordinal) && word.Length > 4 ? word[..^3] + "y"
        : word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) && word.Length > 3 ? word[..^1]
        : word;
}
