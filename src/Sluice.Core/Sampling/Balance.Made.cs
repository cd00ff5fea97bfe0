using System.Text;
using Sluice.Outliers;
using Sluice.Steps;

namespace Sluice.Sampling;

// New rows of the rare classes.
public sealed partial class Balance
{
    Field Synthetic => new(options.SyntheticColumn, ColumnType.Boolean, Nullable: false);

    Field Parent => new(options.ParentColumn, ColumnType.Text, Nullable: options.IdColumn is not null);

    public override TrainSet? LearnsFrom => options.Method == BalanceMethod.Smote
        ? new TrainSet(options.SetColumn, options.TrainSet) { ColumnOption = "set_column", SetOption = "train_set" }
        : null;

    public override bool DecidesWithState => options.Method == BalanceMethod.Smote;

    public override State? NewState(Schema input) => options.Method == BalanceMethod.Smote ? new SmoteState(options.MaxClassRows) : null;

    public override void Observe(Batch batch, State state) =>
        ((SmoteState)state).Observe(batch, Keys(batch), Training(batch), options.Column, options.Columns, options.CategoricalColumns);

    bool HasStrangers => options.SmoteVariant == SmoteVariant.Borderline2;

    int MostNeighbours => options.KNeighbors + (HasStrangers ? 1 : 0);

    void PlanOptionsOfSmote(StepProblems problems)
    {
        foreach (var (path, isGiven) in new[] { ("columns", options.Columns.Count > 0), ("categorical_columns", options.CategoricalColumns.Count > 0), ("id_column", options.IdColumn is not null), ("smote_variant", options.SmoteVariant != SmoteVariant.Regular) })
        {
            if (isGiven && options.Method != BalanceMethod.Smote)
            {
                problems.Add(path, $"Only smote makes rows. Remove {path}, or choose that method.");
            }
        }
    }

    Schema PlanSmote(Schema input, StepProblems problems)
    {
        if (options.Columns.Count == 0)
        {
            problems.Add("columns", "No number column is named, so there is nothing to make a row between two others of. Name the columns to compare rows by, or choose method oversample.");
        }

        PlanFeatures(input, problems, "columns", options.Columns, "a number", Numbers.IsNumber, "Name it under categorical_columns, or leave it out.");
        PlanFeatures(
            input, problems, "categorical_columns", options.CategoricalColumns, "text, a boolean or whole numbers",
            type => type is ColumnType.Text or ColumnType.Boolean or ColumnType.Int64, "Name it under columns, or leave it out.");
        if (options.CopyColumn is not null)
        {
            problems.Add("copy_column", "Rows made by smote are no copies. Remove copy_column; synthetic_column tells them from the others.");
        }

        var output = input;
        if (options.IdColumn is { } id && problems.Column(input, "id_column", id))
        {
            output = output.With(input[id] with { Nullable = true });
        }

        foreach (var (path, field) in new[] { ("synthetic_column", Synthetic), ("parent_column", Parent) })
        {
            if (output.Has(field.Name))
            {
                problems.Add(path, $"Column '{field.Name}' is already there. Choose another {path}, or remove that column before.");
            }

            output = output.With(field);
        }

        return output;
    }

    void PlanFeatures(Schema input, StepProblems problems, string path, IReadOnlyList<string> names, string expected, Func<ColumnType, bool> fits, string advice)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (!problems.Column(input, $"{path}[{i}]", names[i]))
            {
                continue;
            }

            if (names[i] == options.Column || names[i] == options.SetColumn || names[i] == options.IdColumn || names.Take(i).Contains(names[i])
                || (path != "columns" && options.Columns.Contains(names[i])))
            {
                problems.Add($"{path}[{i}]", $"Column '{names[i]}' is named twice, or is the class, the set or the id. Name each column once.");
            }
            else if (!fits(input[names[i]].Type) && !Schemas.Unify.IsOpen(input[names[i]]))
            {
                problems.Add($"{path}[{i}]", $"Column '{names[i]}' is {input[names[i]].Type}; expected {expected}. {advice}");
            }
        }
    }

    /// <summary>Says of each row that others are made of how many, and gathers what they are made of.</summary>
    MadeRows Make(KeyedRows rows, Decisions decisions, SortedDictionary<ulong, long> classes)
    {
        var state = (SmoteState)rows.State!;
        if (state.Missing.Count > 0)
        {
            throw new DataException(
                $"balance found missing values in rows for training: {string.Join(", ", state.Missing.Select(m => $"{m.Value:N0} in '{m.Key}'"))}; smote needs every value of the columns that it "
                + "compares rows by. Fill them in with impute_missing before, or leave these columns out.");
        }

        var wanted = (long)Math.Ceiling(classes.Values.Max() * options.MinRatio);
        var made = classes.Sum(c => Math.Max(0, wanted - c.Value));
        if (made > options.MaxMadeRows)
        {
            throw new DataException($"balance would make {made:N0} rows; the limit is max_made_rows = {options.MaxMadeRows}. Raise max_made_rows, or lower min_ratio.");
        }

        var parents = classes.Where(c => c.Value < wanted).SelectMany(c => MadeOf.OfClass(c.Key, state, wanted - c.Value, options))
            .OrderBy(p => p.Lot).ThenByDescending(p => p.Neighbours.Length).DistinctBy(p => p.Lot).ToList();
        var counts = parents.Where(p => p.Made > 0).ToDictionary(p => new RowKey(p.Class, p.Lot));
        foreach (var row in rows)
        {
            // Of equal rows the first has all that is made of them.
            if (row.Key != Other && counts.Remove(row.Key, out var parent))
            {
                parent.Write(decisions.Row(row.Batch, row.Row));
            }
        }

        return MadeOf.Pack(parents, made, MostNeighbours);
    }

    // A row comes before those that were made of it.
    Batch WithMadeRows(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var (lots, material) = (Lots(batch), new SmoteMaterial(fitted.As<Found>().Made!, options.Columns.Count, options.CategoricalColumns.Count, MostNeighbours, HasStrangers));
        var (taken, points) = (new List<int>(batch.Rows), new List<MadePoint?>(batch.Rows));
        for (var row = 0; row < batch.Rows; row++)
        {
            taken.Add(row);
            points.Add(null);
            var random = new SeededRandom(lots[row].Low);
            for (var left = MadeOf.Count(fitted.Decisions.Slice(row * MadeOf.Bytes, MadeOf.Bytes)); left > 0; left--)
            {
                taken.Add(row);
                points.Add(material.Point(lots[row].High, random));
            }
        }

        verdicts.Make("synthetic", taken.Count - batch.Rows);
        var all = batch.Take([.. taken]);
        for (var i = 0; i < options.Columns.Count; i++)
        {
            all = all.With(all.Schema[options.Columns[i]], Interpolated(all[options.Columns[i]], points, i));
        }

        for (var i = 0; i < options.CategoricalColumns.Count; i++)
        {
            all = all.With(all.Schema[options.CategoricalColumns[i]], Chosen(all[options.CategoricalColumns[i]], points, i));
        }

        return Marked(all, [.. taken.Select(row => lots[row].High)], points);
    }

    Batch Marked(Batch all, ulong[] lots, List<MadePoint?> points)
    {
        var parents = new TextBuilder(all.Rows);
        var id = options.IdColumn is { } name ? all[name] : null;
        for (var row = 0; row < all.Rows; row++)
        {
            if (id?.IsNull(row) == true)
            {
                parents.AppendNull();
            }
            else
            {
                parents.Append(Encoding.UTF8.GetBytes(id?.Display(row) ?? lots[row].ToString("x16")));
            }
        }

        if (options.IdColumn is { } named)
        {
            all = all.With(all.Schema[named] with { Nullable = true }, WithoutMade(all[named], points));
        }

        return all.With(Synthetic, new ValueColumn<bool>(ColumnType.Boolean, [.. points.Select(p => p is not null)])).With(Parent, parents.Build());
    }

    static Column Interpolated(Column column, List<MadePoint?> points, int place)
    {
        if (column is ValueColumn<long> whole)
        {
            var rounded = whole.Values.ToArray();
            Each(points, (row, point) => rounded[row] = point.Between(place) is var value && Math.Abs(value) < long.MaxValue ? (long)Math.Round(value) : rounded[row]);
            return new ValueColumn<long>(column.Type, rounded, column.Validity);
        }

        var values = ((ValueColumn<double>)column).Values.ToArray();
        Each(points, (row, point) => values[row] = point.Between(place));
        return new ValueColumn<double>(column.Type, values, column.Validity);
    }

    static Column Chosen(Column column, List<MadePoint?> points, int place)
    {
        switch (column)
        {
            case ValueColumn<long> numbers:
                var whole = numbers.Values.ToArray();
                Each(points, (row, point) => whole[row] = long.Parse(point.Category(place), System.Globalization.CultureInfo.InvariantCulture));
                return new ValueColumn<long>(column.Type, whole, column.Validity);
            case ValueColumn<bool> flags:
                var either = flags.Values.ToArray();
                Each(points, (row, point) => either[row] = point.Category(place) == "true");
                return new ValueColumn<bool>(column.Type, either, column.Validity);
            default:
                var texts = (TextColumn)column;
                var chosen = new TextBuilder(column.Rows, texts.Bytes.Length);
                for (var row = 0; row < column.Rows; row++)
                {
                    if (points[row] is { } point)
                    {
                        chosen.Append(Encoding.UTF8.GetBytes(point.Category(place)));
                    }
                    else if (texts.IsNull(row))
                    {
                        chosen.AppendNull();
                    }
                    else
                    {
                        chosen.Append(texts[row]);
                    }
                }

                return chosen.Build();
        }
    }

    static Column WithoutMade(Column column, List<MadePoint?> points)
    {
        var present = Column.NewValidity(column.Rows);
        for (var row = 0; row < column.Rows; row++)
        {
            present[row >> 6] |= points[row] is null && !column.IsNull(row) ? 1UL << (row & 63) : 0;
        }

        return column switch
        {
            TextColumn texts => new TextColumn(texts.Bytes.ToArray(), texts.Offsets.ToArray(), texts.Rows, present),
            ValueColumn<long> numbers => new ValueColumn<long>(column.Type, numbers.Values.ToArray(), present),
            ValueColumn<double> numbers => new ValueColumn<double>(column.Type, numbers.Values.ToArray(), present),
            ValueColumn<int> days => new ValueColumn<int>(column.Type, days.Values.ToArray(), present),
            ValueColumn<bool> flags => new ValueColumn<bool>(column.Type, flags.Values.ToArray(), present),
            _ => throw new ArgumentException($"Unknown column kind {column.GetType().Name}.", nameof(column)),
        };
    }

    static void Each(List<MadePoint?> points, Action<int, MadePoint> set)
    {
        for (var row = 0; row < points.Count; row++)
        {
            if (points[row] is { } point)
            {
                set(row, point);
            }
        }
    }
}
