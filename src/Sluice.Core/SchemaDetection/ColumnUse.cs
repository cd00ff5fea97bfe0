namespace Sluice.SchemaDetection;

/// <summary>What a column that no semantic type fits is used for, from how its values repeat and how long they are.</summary>
static class ColumnUse
{
    // Deequ suggests a category where at most a tenth of the values are different.
    const double CategoryShare = 0.1;
    const int MaxCategories = 100;
    const int FewCategories = 12;
    const double FreeTextWords = 5;

    static readonly HashSet<string> identifiers = new(
        ["id", "ids", "key", "code", "no", "nr", "number", "num", "uid", "pk", "ref", "reference", "sku", "isin", "index", "idx", "nummer", "numero", "codigo", "kennung", "schluessel"],
        StringComparer.Ordinal);

    public static bool IsNamedIdentifier(string name) => identifiers.Contains(new Header(name).Last);

    public static Meaning? Of(ColumnJudge column)
    {
        var sketch = column.Sketch;
        if (sketch.Present == 0)
        {
            return null;
        }

        var distinct = sketch.Values.Distinct;
        var named = IsNamedIdentifier(column.Name);
        if (column.Type is "string" or "integer" && named && (column.MayBeUnique || sketch.Present > 1))
        {
            return new Meaning("identifier", column.MayBeUnique ? 0.95 : 0.8, column.MayBeUnique ? "the name says so, and no value is seen twice" : "the name says so", false, false);
        }

        if (distinct == 1 && sketch.Rows > 1)
        {
            return new Meaning("constant", 0.99, "one value in all rows", false, false);
        }

        if (distinct == 2 && column.Type is "integer" && column.Values.All(v => v is "0" or "1"))
        {
            return new Meaning("flag", 0.9, "only 0 and 1", false, false);
        }

        return column.Type != "string" ? null : OfText(column, distinct);
    }

    static Meaning? OfText(ColumnJudge column, long distinct)
    {
        var present = column.Sketch.Present;
        if (column.Sketch.Values.IsComplete && distinct <= MaxCategories && (distinct <= CategoryShare * present || (distinct <= FewCategories && distinct * 2 <= present)))
        {
            return new Meaning("category", 0.9, $"{distinct:N0} different values in {present:N0}", false, false);
        }

        if (Shape.Of(column.Values) is not null && column.Values.Count > 2)
        {
            return new Meaning("code", 0.8, "all sampled values have one form", false, false);
        }

        var words = column.Values.Average(v => v.Count(c => c == ' ') + 1);
        return words >= FreeTextWords ? new Meaning("free_text", 0.85, $"{words:0.#} words on average", false, false) : null;
    }
}
