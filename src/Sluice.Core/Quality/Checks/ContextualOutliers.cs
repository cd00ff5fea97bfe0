using System.Text;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>
/// Numbers that are ordinary in their column and far from the others of their group: a price of 900 among snacks. The group of a number is the column of at most 32
/// categories that explains it best: within groups, quartiles must lie at most half as far apart as in the whole column. A number fails beyond 3 interquartile ranges
/// outside the quartiles of its group, of at least 20 rows. Counted in cells, of the numbers in such groups; severity low. No model is asked.
/// </summary>
[Check("contextual_outliers", 4)]
sealed class ContextualOutliers : Check
{
    const string Reason = "contextual_outlier";
    const int MaxNumbers = 8, MaxCategories = 16, LeastGroup = 20;
    const double Explained = 0.5, Far = 3;

    public override IReadOnlyList<string> Reasons => [Reason];

    public override State NewState(Schema schema)
    {
        string[] numbers = [.. schema.Where(f => Numbers.IsNumber(f.Type)).Take(MaxNumbers).Select(f => f.Name)];
        var categories = schema.Where(f => f.Type is ColumnType.Text or ColumnType.Boolean && f.Format != "json").Take(MaxCategories);
        return new Categories([.. numbers.Length == 0 ? [] : categories.Select(f => new GroupedNumbers(f.Name, numbers))]);
    }

    public override void Observe(Batch batch, State state)
    {
        foreach (var category in ((Categories)state).Columns)
        {
            category.Observe(batch);
        }
    }

    public override CheckFit Fit(Seen seen)
    {
        var fences = new List<GroupFence>();
        long issues = 0, judged = 0;
        var categories = ((Categories)seen.State!).Columns.Where(c => c.IsCategory).ToList();
        foreach (var (field, column) in seen.Schema.Zip(seen.Columns).Where(c => Numbers.IsNumber(c.First.Type)).Take(MaxNumbers))
        {
            if (BestOf(categories, field.Name, column) is { } category)
            {
                foreach (var (value, numbers) in category.Of(field.Name).Where(g => g.Numbers.Count >= LeastGroup))
                {
                    judged += numbers.Count;
                    if (FenceOf(numbers) is { Outside: > 0 } fence)
                    {
                        issues += fence.Outside;
                        fences.Add(new GroupFence(field.Name, category.Name, Encoding.UTF8.GetString(value), fence.Low, fence.High));
                    }
                }
            }
        }

        return new CheckFit([new CheckResult(Reason, null, Severity.Low, issues, judged, "cells")], fences.Count == 0 ? null : fences);
    }

    public override void Apply(Judged judged)
    {
        foreach (var given in (judged.Learned<GroupFence[]>() ?? []).GroupBy(f => (f.Column, f.Given)))
        {
            var (column, category) = given.Key;
            if (judged.Batch.Schema.Has(column) && judged.Batch.Schema.Has(category))
            {
                var fences = given.ToDictionary(f => RowHash.Bytes(Encoding.UTF8.GetBytes(f.Group)));
                var numbers = Numbers.Of(judged.Batch[column]);
                var groups = judged.Batch[category];
                var rows = new List<int>();
                for (var row = 0; row < numbers.Length; row++)
                {
                    if (!double.IsNaN(numbers[row]) && fences.TryGetValue(GroupedNumbers.Key(groups, row), out var fence) && (numbers[row] < fence.Low || numbers[row] > fence.High))
                    {
                        rows.Add(row);
                    }
                }

                judged.Fail(Reason, column, Severity.Low, rows);
            }
        }
    }

    public override IEnumerable<Suggestion> Suggest(QualityReport report) =>
        (report.LearnedBy<GroupFence[]>("contextual_outliers") ?? []).GroupBy(f => (f.Column, f.Given)).Select(given => new Suggestion(
            Reason, given.Key.Column,
            FormattableString.Invariant($"look at values that are unusual for their '{given.Key.Given}', for example outside {given.First().Low:0.####} to {given.First().High:0.####} where it is '{given.First().Group}'"),
            null));

    /// <summary>The category within whose groups the number varies least beside the whole column; the first of equally good ones, null when none explains enough.</summary>
    static GroupedNumbers? BestOf(IEnumerable<GroupedNumbers> categories, string number, ColumnState column)
    {
        if (Sluice.Outliers.Identifiers.Is(number, column.Numbers!.Values) || Spread(column.Numbers.Values) is not > 0)
        {
            return null;
        }

        var whole = Spread(column.Numbers.Values);
        return categories.Select(category => (category, Share: category.Within(number, Spread) / whole)).Where(c => c.Share <= Explained).OrderBy(c => c.Share).FirstOrDefault().category;
    }

    static (double Low, double High, long Outside)? FenceOf(ValueHistogram numbers)
    {
        var (low, high) = (numbers.Quantile(0.25) - (Far * Spread(numbers)), numbers.Quantile(0.75) + (Far * Spread(numbers)));
        return high > low && double.IsFinite(low) && double.IsFinite(high) ? numbers.Fence(low, high) : null;
    }

    static double Spread(ValueHistogram numbers) => numbers.Quantile(0.75) - numbers.Quantile(0.25);

    /// <summary>Between which limits the numbers of one group lie.</summary>
    internal sealed record GroupFence(string Column, string Given, string Group, double Low, double High);

    /// <summary>Each column that may hold categories.</summary>
    sealed class Categories(GroupedNumbers[] columns) : State
    {
        public GroupedNumbers[] Columns { get; } = columns;

        public override void Merge(State other)
        {
            for (var i = 0; i < Columns.Length; i++)
            {
                Columns[i].Merge(((Categories)other).Columns[i]);
            }
        }

        public override void Write(BinaryWriter writer) => Array.ForEach(Columns, c => c.Write(writer));

        public override void Read(BinaryReader reader) => Array.ForEach(Columns, c => c.Read(reader));
    }
}
