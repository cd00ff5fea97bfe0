namespace Sluice.Expressions;

/// <summary>Takes each row's value from one of several vectors of one type: CASE, COALESCE and NULLIF.</summary>
abstract class ChooseNode(Kind type, int at) : Node(type, at)
{
    protected const int Null = -1, Error = -2;

    protected Vector Take(int[] choice, IReadOnlyList<Vector> from)
    {
        var errors = new ErrorMarks(null, choice.Length);
        var present = Column.NewValidity(choice.Length);
        for (var row = 0; row < choice.Length; row++)
        {
            if (choice[row] == Error || (choice[row] >= 0 && from[choice[row]].IsError(row)))
            {
                choice[row] = Error;
                errors.Set(row);
            }
            else if (choice[row] >= 0 && from[choice[row]].IsNull(row))
            {
                choice[row] = Null;
            }
            else if (choice[row] >= 0)
            {
                Bits.Set(present, row);
            }
        }

        Column column = Type switch
        {
            Kind.Text => Texts(choice, from),
            Kind.Boolean => Values<bool>(choice, from, present),
            Kind.Float64 => Values<double>(choice, from, present),
            Kind.Date => Values<int>(choice, from, present),
            _ => Values<long>(choice, from, present),
        };
        return new Vector(column, false, errors.Bits);
    }

    ValueColumn<T> Values<T>(int[] choice, IReadOnlyList<Vector> from, ulong[] present)
        where T : unmanaged
    {
        var result = new T[choice.Length];
        for (var branch = 0; branch < from.Count; branch++)
        {
            var values = from[branch].Values<T>();
            var mask = from[branch].Mask;
            for (var row = 0; row < result.Length; row++)
            {
                if (choice[row] == branch)
                {
                    result[row] = values[row & mask];
                }
            }
        }

        return new ValueColumn<T>((ColumnType)Type, result, present);
    }

    static TextColumn Texts(int[] choice, IReadOnlyList<Vector> from)
    {
        var builder = new TextBuilder(choice.Length);
        for (var row = 0; row < choice.Length; row++)
        {
            if (choice[row] < 0)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(from[choice[row]].Text[row & from[choice[row]].Mask]);
            }
        }

        return builder.Build();
    }
}

/// <summary>The first branch whose condition is true; a condition that cannot be computed before it makes the row an error.</summary>
sealed class CaseNode(Kind type, IReadOnlyList<(Node When, Node Then)> branches, Node otherwise, int at) : ChooseNode(type, at)
{
    public override Vector Run(Batch batch)
    {
        const int Undecided = -3;
        var choice = new int[batch.Rows];
        choice.AsSpan().Fill(Undecided);
        var states = new byte[batch.Rows];
        for (var branch = 0; branch < branches.Count; branch++)
        {
            Logic.States(branches[branch].When.Run(batch), states);
            for (var row = 0; row < choice.Length; row++)
            {
                choice[row] = choice[row] != Undecided ? choice[row]
                    : states[row] == Logic.True ? branch
                    : states[row] == Logic.Error ? Error
                    : Undecided;
            }
        }

        choice.AsSpan().Replace(Undecided, branches.Count);
        return Take(choice, [.. branches.Select(b => b.Then.Run(batch)), otherwise.Run(batch)]);
    }
}

/// <summary>The first argument that is not null.</summary>
sealed class CoalesceNode(Kind type, IReadOnlyList<Node> arguments, int at) : ChooseNode(type, at)
{
    public override Vector Run(Batch batch)
    {
        var vectors = arguments.Select(a => a.Run(batch)).ToArray();
        var choice = new int[batch.Rows];
        choice.AsSpan().Fill(Null);
        for (var row = 0; row < choice.Length; row++)
        {
            for (var i = 0; i < vectors.Length && choice[row] == Null; i++)
            {
                choice[row] = vectors[i].IsError(row) ? Error : vectors[i].IsNull(row) ? Null : i;
            }
        }

        return Take(choice, vectors);
    }
}

/// <summary>Null where both are equal, else the first.</summary>
sealed class NullIfNode(Node value, Node equal, int at) : ChooseNode(value.Type, at)
{
    public override Vector Run(Batch batch)
    {
        var states = new byte[batch.Rows];
        Logic.States(equal.Run(batch), states);
        var choice = new int[batch.Rows];
        for (var row = 0; row < choice.Length; row++)
        {
            choice[row] = states[row] == Logic.Error ? Error : states[row] == Logic.True ? Null : 0;
        }

        return Take(choice, [value.Run(batch)]);
    }
}
