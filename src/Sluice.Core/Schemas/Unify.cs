namespace Sluice.Schemas;

/// <summary>Joins the types that shards found on their own into the one schema of the dataset.</summary>
public static class Unify
{
    /// <summary>Format of a column without a single value: it agrees with every type.</summary>
    public const string Empty = "empty";

    /// <summary>Format of an Int64 column with values that a double cannot hold exactly; next to Float64 it becomes text.</summary>
    public const string BeyondDouble = "beyond-double";

    /// <summary>Format of a text column whose values are of several types.</summary>
    public const string Mixed = "mixed";

    /// <summary>Format of a column whose type is only known once a step was fitted: steps that are planned before must accept any type.</summary>
    public const string Fitted = "fitted";

    /// <summary>Whether the type of a field says nothing yet.</summary>
    public static bool IsOpen(Field field) => field.Format is Empty or Fitted;

    /// <summary>Columns in order of first appearance; a column that a shard lacks is nullable.</summary>
    public static Schema Of(IReadOnlyList<Schema> shards)
    {
        var order = new List<string>();
        var joined = new Dictionary<string, (Field Field, int Seen)>(StringComparer.Ordinal);
        foreach (var schema in shards)
        {
            foreach (var field in schema)
            {
                if (joined.TryGetValue(field.Name, out var before))
                {
                    joined[field.Name] = (Join(before.Field, field), before.Seen + 1);
                }
                else
                {
                    order.Add(field.Name);
                    joined[field.Name] = (field, 1);
                }
            }
        }

        return new Schema(order.Select(name => joined[name] is var (field, seen) && seen < shards.Count ? field with { Nullable = true } : joined[name].Field));
    }

    /// <summary>Least type that holds both; associative and commutative.</summary>
    public static Field Join(Field left, Field right)
    {
        var nullable = left.Nullable || right.Nullable;
        if (left.Format == Empty || right.Format == Empty)
        {
            return (left.Format == Empty ? right : left) with { Nullable = nullable };
        }

        // Whatever it turns out to be, the other may have to become text next to it, or may not.
        if (left.Format == Fitted || right.Format == Fitted)
        {
            return new Field(left.Name, ColumnType.Text, nullable, Fitted);
        }

        if (left.Type == right.Type)
        {
            return left with { Nullable = nullable, Format = JoinFormat(left, right) };
        }

        var joined = (left.Type, right.Type) switch
        {
            (ColumnType.Int64, ColumnType.Float64) when left.Format != BeyondDouble => ColumnType.Float64,
            (ColumnType.Float64, ColumnType.Int64) when right.Format != BeyondDouble => ColumnType.Float64,
            (ColumnType.Date, ColumnType.Timestamp) or (ColumnType.Timestamp, ColumnType.Date) => ColumnType.Timestamp,
            _ => ColumnType.Text,
        };
        return new Field(left.Name, joined, nullable, joined == ColumnType.Text ? Mixed : null);
    }

    static string? JoinFormat(Field left, Field right)
    {
        if (left.Format == right.Format)
        {
            return left.Format;
        }

        return left.Type switch
        {
            ColumnType.Int64 => BeyondDouble,
            ColumnType.Text when left.Format == Mixed || right.Format == Mixed => Mixed,
            ColumnType.Text => TextFormatNames.Common(left.Format, right.Format),
            _ => null,
        };
    }
}
