namespace Sluice.SchemaDetection;

/// <summary>What is wrong with a table, as far as one look tells; <c>quality_validation</c> finds every cell.</summary>
static class IssueSearch
{
    /// <summary>Tukey's outer fences: far out, not only outside.</summary>
    const double Fences = 3;

    public static IEnumerable<DetectedIssue> Of(SchemaDetector table, CellHashSample rows, int related)
    {
        foreach (var issue in table.Columns.SelectMany(OfColumn))
        {
            yield return issue;
        }

        if (table.Duplicates is > 0 and var duplicates)
        {
            yield return new DetectedIssue("duplicate_rows", null, duplicates, false, $"{duplicates:N0} rows equal an earlier row.");
        }
        else if (table.Duplicates is null && related == table.Columns.Count && rows.Rows.Sum(r => r.Count) is > 0 and var seen && rows.Rows.Sum(r => r.Count - 1) is > 0 and var copies)
        {
            var count = (long)Math.Round((double)copies / seen * table.Rows);
            yield return new DetectedIssue("duplicate_rows", null, count, !rows.IsComplete, $"{(rows.IsComplete ? "" : "About ")}{count:N0} rows equal an earlier row.");
        }
    }

    static IEnumerable<DetectedIssue> OfColumn(ColumnJudge column)
    {
        var sketch = column.Sketch;
        if (sketch.Rows > 0 && sketch.Missing == sketch.Rows)
        {
            yield return new DetectedIssue("empty_column", column.Name, sketch.Rows, false, $"'{column.Name}' has no value at all.");
        }
        else if (sketch.Missing > 0)
        {
            yield return new DetectedIssue("missing_value", column.Name, sketch.Missing, false, $"'{column.Name}' misses {sketch.Missing:N0} of {sketch.Rows:N0} values ({(double)sketch.Missing / sketch.Rows:P1}).");
        }

        if (column.WrongType > 0)
        {
            yield return new DetectedIssue("wrong_type", column.Name, column.WrongType, false, $"'{column.Name}' is {column.Type}, but {column.WrongType:N0} of its values are not.");
        }

        if (sketch.Padded > 0)
        {
            yield return new DetectedIssue("white_space", column.Name, sketch.Padded, false, $"{sketch.Padded:N0} values of '{column.Name}' have white space around them.");
        }

        if (sketch.InfiniteValues > 0)
        {
            yield return new DetectedIssue("infinite_value", column.Name, sketch.InfiniteValues, false, $"{sketch.InfiniteValues:N0} values of '{column.Name}' are infinite.");
        }

        if (column.DateFormats is { Shares.Count: > 1 } dates)
        {
            var others = Projected(column, 1 - dates.Shares[0].Share);
            yield return new DetectedIssue("mixed_formats", column.Name, others, !sketch.Values.IsComplete,
                $"Dates in '{column.Name}' are written in {dates.Shares.Count} ways: {string.Join(", ", dates.Shares.Take(4).Select(f => $"{f.Format} {f.Share:P0}"))}.");
        }

        if (column.DateFormats?.IsAmbiguous == true)
        {
            yield return new DetectedIssue("ambiguous_date", column.Name, sketch.Present, false, $"Nothing in '{column.Name}' tells day and month apart: no day is above 12.");
        }

        if (CaseVariants(column) is > 0 and var variants)
        {
            yield return new DetectedIssue("case_variants", column.Name, variants, !sketch.Values.IsComplete, $"{variants:N0} values of '{column.Name}' differ from another only in letter case.");
        }

        if (Outliers(column) is ( > 0 and var far, var message))
        {
            yield return new DetectedIssue("outlier", column.Name, far, !sketch.Values.IsComplete, message);
        }
    }

    /// <summary>Different values less different values in lower case, where values repeat: in names and texts, case is no mistake.</summary>
    static int CaseVariants(ColumnJudge column) => column.Type == "string" && column.Sketch.Values.Distinct < column.Sketch.Present
        ? column.Values.Count - column.Values.Select(v => v.ToLowerInvariant()).Distinct().Count()
        : 0;

    /// <summary>Counted in the sample of different values, each with its rows.</summary>
    static (long Count, string Message) Outliers(ColumnJudge column)
    {
        if (!Steps.Numbers.IsNumber(column.Sketch.Field.Type) || column.Meaning?.Type is "identifier" or "code" or "flag" or "year" or "postal_code" or "phone")
        {
            return (0, "");
        }

        var numbers = column.Sketch.Values.Items.Select(i => (Value: double.Parse(i.Item.Text), i.Item.Count)).Where(n => double.IsFinite(n.Value)).OrderBy(n => n.Value).ToList();
        var total = numbers.Sum(n => n.Count);
        if (total < 10)
        {
            return (0, "");
        }

        var (first, third) = (At(0.25), At(0.75));
        var (low, high) = (first - (Fences * (third - first)), third + (Fences * (third - first)));
        var far = third > first ? numbers.Where(n => n.Value < low || n.Value > high).Sum(n => n.Count) : 0;
        return (Projected(column, (double)far / total), $"Some values of '{column.Name}' are far from the others: below {low:0.###} or above {high:0.###}, while half lie from {first:0.###} to {third:0.###}.");

        double At(double share)
        {
            var passed = 0L;
            foreach (var (value, count) in numbers)
            {
                passed += count;
                if (passed >= share * total)
                {
                    return value;
                }
            }

            return numbers[^1].Value;
        }
    }

    static long Projected(ColumnJudge column, double share) => (long)Math.Round(share * column.Sketch.Present);
}
