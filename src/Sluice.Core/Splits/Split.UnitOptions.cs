using Sluice.Schemas;
using Sluice.Splits.Units;
using Sluice.Steps;

namespace Sluice.Splits;

// What is wrong with the options of a split that keeps units whole, or compares rows as vectors.
public sealed partial class Split
{
    void PlanUnits(Schema input, StepProblems problems)
    {
        if (options.Strategy == SplitStrategy.Time)
        {
            RefuseWithTime("near_duplicates", options.NearDuplicates is not null);
            RefuseWithTime("cosine", options.Cosine is not null);
            RefuseWithTime("together", options.Together.Count > 0);
            RefuseWithTime("parent", options.Parent is not null);
        }

        for (var i = 0; i < options.Together.Count; i++)
        {
            problems.Column(input, $"together[{i}]", options.Together[i]);
        }

        for (var i = 0; options.NearDuplicates is { } near && i < near.Columns.Count; i++)
        {
            problems.Column(input, $"near_duplicates.columns[{i}]", near.Columns[i]);
        }

        PlanParent(input, problems);
        PlanVectors(input, problems);

        void RefuseWithTime(string path, bool isGiven)
        {
            if (isGiven)
            {
                problems.Add(
                    path,
                    $"Strategy time places rows by their time alone, so it cannot also keep rows together by {path}. Remove {path}, or choose another strategy.");
            }
        }
    }

    void PlanParent(Schema input, StepProblems problems)
    {
        if (options.Parent is null != options.Id is null)
        {
            problems.Add(
                options.Parent is null ? "parent" : "id",
                "Only one of parent and id is given. Name both: the column that a row is known by, and the one that names its parent.");
        }
        else if (options.Parent is { } parent && options.Id is { } id
            && problems.Column(input, "parent", parent) & problems.Column(input, "id", id) && input[parent].Type != input[id].Type)
        {
            problems.Add(
                "parent", $"Column '{parent}' is {input[parent].Type} and '{id}' is {input[id].Type}; expected the same type. Convert one of them before the split.");
        }
    }

    void PlanVectors(Schema input, StepProblems problems)
    {
        if (options.CoveringSet is { } set && (options.Strategy != SplitStrategy.Coverage || CoveringSet < 0))
        {
            problems.Add("covering_set", options.Strategy != SplitStrategy.Coverage
                ? $"Only strategy coverage has a set that covers. Remove covering_set, or choose that strategy."
                : $"'{set}' is none of the sets {string.Join(", ", sets.Names)}. Name one of them.");
        }

        if (options.Cosine is not null && options.Features?.Cell is null)
        {
            problems.Add("cosine", "Rows of one meaning are found by the vectors of a text. Give features: {text: COLUMN} or {vector: COLUMN}, or remove cosine.");
        }

        if (options.Features is { } features)
        {
            features.Plan(input, problems);
            if (ByVectors && Columns.Length > 0)
            {
                problems.Add("features", $"Both features and columns are given ({ColumnWords}). Keep one of them.");
            }
            else if (!ByVectors && options.Cosine is null)
            {
                problems.Add(
                    "features",
                    $"Strategy {Words(options.Strategy)} compares no features. Remove them, choose representative or coverage, or give cosine to keep rows of one meaning together.");
            }
        }
        else if (ByVectors)
        {
            PlanNumbers(input, problems);
        }
    }

    void PlanNumbers(Schema input, StepProblems problems)
    {
        foreach (var name in Columns.Where(name => input.Has(name) && input[name].Type == ColumnType.Text && !Unify.IsOpen(input[name])))
        {
            problems.Add("columns", $"Column '{name}' is text; strategy {Words(options.Strategy)} compares numbers. Name numeric columns, or give it as features: {{text: {name}}}.");
        }

        if (RowVectors.NumericColumns(input, Columns).Length == 0)
        {
            problems.Add("columns", $"Strategy {Words(options.Strategy)} needs a numeric column; it has: {input.Names}. Give features, or convert columns before the split.");
        }
    }

    static string Words(SplitStrategy strategy) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(strategy.ToString());
}
