namespace Sluice.Expressions;

/// <summary>
/// An SQL-like expression over the columns of a row: comparisons, AND/OR/NOT, arithmetic, functions, CASE. Nulls and types are as in PostgreSQL.
/// What cannot be computed for a row (a division by zero, a failed cast) is an error of that row, unless the rest of the expression decides without it.
/// </summary>
public sealed class Expression
{
    /// <summary>Characters an expression may have.</summary>
    public const int MaxLength = 10_000;

    readonly Syntax syntax;

    Expression(string text, Syntax syntax)
    {
        Text = text;
        this.syntax = syntax;
        var columns = new HashSet<string>(StringComparer.Ordinal);
        Collect(syntax, columns);
        Columns = columns;
        (NeverFails, Cost) = (Totality.NeverFails(syntax), Totality.Cost(syntax));
    }

    public string Text { get; }

    /// <summary>Columns it names.</summary>
    public IReadOnlySet<string> Columns { get; }

    /// <summary>Whether no row can make it fail: it has no arithmetic, no cast and no function that some value has no result of.</summary>
    public bool NeverFails { get; }

    /// <summary>What a row costs, roughly, where 1 is a comparison of two numbers.</summary>
    public double Cost { get; }

    /// <exception cref="DataException">It is not an expression: what was found, what was expected, and a caret under the place.</exception>
    public static Expression Parse(string text) => text.Length > MaxLength
        ? throw new DataException($"The expression has {text.Length:N0} characters; at most {MaxLength:N0} are allowed. Split it over several steps.")
        : new Expression(text, Parser.Parse(text));

    /// <summary>Checks names and types.</summary>
    /// <param name="schema">Columns there are; those whose type is open (see <see cref="Schemas.Unify.IsOpen"/>) fit everything.</param>
    /// <param name="wanted">Type it must have, or null for any.</param>
    /// <returns>Every problem, each with a caret under its place.</returns>
    public IReadOnlyList<string> Check(Schema schema, ColumnType? wanted = null)
    {
        var problems = new List<string>();
        Root(schema, wanted, null, problems);
        return problems;
    }

    /// <summary>Its type, or null when it depends on columns whose type is open or that do not exist.</summary>
    public ColumnType? TypeOf(Schema schema) => Root(schema, null, null, []) is var node && node.Type is Kind.Open ? null
        : node.Type == Kind.Null ? ColumnType.Text : (ColumnType)node.Type;

    /// <summary>As <see cref="TypeOf"/>, for columns that are known for good: one that has no value at all is NULL.</summary>
    internal ColumnType? FinalTypeOf(Schema schema)
    {
        var missing = schema.Where(f => f.Format == Schemas.Unify.Empty).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        return Root(schema, null, missing, []) is var node && node.Type is Kind.Open ? null : node.Type == Kind.Null ? ColumnType.Text : (ColumnType)node.Type;
    }

    /// <summary>The value of every row. The batch needs only the <see cref="Columns"/>.</summary>
    /// <param name="batch">Rows.</param>
    /// <param name="wanted">Type it must have, or null for any.</param>
    /// <exception cref="DataException">Names or types do not fit the batch.</exception>
    public ExpressionResult Evaluate(Batch batch, ColumnType? wanted = null)
    {
        // A column without a value in this batch is NULL whatever its type: its type may be only a guess.
        var missing = Columns.Where(name => batch.Schema.Has(name) && batch[name].CountNulls() == batch.Rows).ToHashSet(StringComparer.Ordinal);
        var problems = new List<string>();
        var node = Root(batch.Schema, wanted, missing, problems);
        if (problems.Count > 0)
        {
            throw new DataException(string.Join('\n', problems));
        }

        node = node.Type == Kind.Null ? new ConstantNode((Kind)(wanted ?? ColumnType.Text), null, 0) : node;
        return new ExpressionResult(node.Run(batch), batch.Rows);
    }

    Node Root(Schema schema, ColumnType? wanted, IReadOnlySet<string>? missing, List<string> problems)
    {
        var binder = new Binder(Text, schema, missing, problems);
        return wanted is { } type ? binder.Bind(syntax, (Kind)type, type == ColumnType.Boolean ? "A condition" : "The expression") : binder.Bind(syntax);
    }

    static void Collect(Syntax syntax, HashSet<string> columns)
    {
        switch (syntax)
        {
            case NameSyntax name:
                columns.Add(name.Name);
                break;
            case UnarySyntax unary:
                Collect(unary.Operand, columns);
                break;
            case BinarySyntax binary:
                Collect(binary.Left, columns);
                Collect(binary.Right, columns);
                break;
            case IsSyntax test:
                Collect(test.Operand, columns);
                break;
            case CastSyntax cast:
                Collect(cast.Operand, columns);
                break;
            case LikeSyntax like:
                Collect(like.Operand, columns);
                Collect(like.Pattern, columns);
                break;
            case InSyntax list:
                Collect(list.Operand, columns);
                CollectAll(list.Items, columns);
                break;
            case CallSyntax call:
                CollectAll(call.Arguments, columns);
                break;
            case CaseSyntax choice:
                CollectAll(choice.Branches.SelectMany(b => new[] { b.When, b.Then }).Concat(choice.Otherwise is { } otherwise ? [otherwise] : []), columns);
                break;
        }
    }

    static void CollectAll(IEnumerable<Syntax> parts, HashSet<string> columns)
    {
        foreach (var part in parts)
        {
            Collect(part, columns);
        }
    }
}

/// <summary>Values of an expression, one per row of the batch.</summary>
public sealed class ExpressionResult
{
    readonly Vector vector;

    internal ExpressionResult(Vector vector, int rows) => (this.vector, Rows) = (vector, rows);

    public int Rows { get; }

    /// <summary>Whether the row's value cannot be computed.</summary>
    public bool IsError(int row) => vector.IsError(row);

    /// <summary>Of a condition: true, false or, where a value is missing, null. Not for rows with an error.</summary>
    public bool? IsTrue(int row) => vector.IsNull(row) ? null : vector.Values<bool>()[row & vector.Mask];

    /// <summary>True when every row is true.</summary>
    internal bool AllTrue => vector.Errors is null && vector.Column.Validity is null && !vector.Values<bool>().Contains(false);

    /// <summary>As a column; rows with an error are missing in it.</summary>
    public Column ToColumn()
    {
        var missing = Enumerable.Range(0, Rows).Any(row => vector.IsNull(row) || vector.IsError(row));
        return vector.Column switch
        {
            TextColumn text when vector.Constant || missing => Texts(text),
            TextColumn text => text,
            ValueColumn<bool> flags => Values(flags),
            ValueColumn<double> numbers => Values(numbers),
            ValueColumn<int> dates => Values(dates),
            ValueColumn<long> whole => Values(whole),
            _ => throw new InvalidOperationException($"Unknown column kind {vector.Column.GetType().Name}."),
        };
    }

    // Missing rows hold default, so that equal columns have equal bytes.
    ValueColumn<T> Values<T>(ValueColumn<T> column)
        where T : unmanaged
    {
        var builder = new ValueBuilder<T>(column.Type, Rows);
        var values = column.Values;
        for (var row = 0; row < Rows; row++)
        {
            if (vector.IsNull(row) || vector.IsError(row))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(values[row & vector.Mask]);
            }
        }

        return builder.Build();
    }

    TextColumn Texts(TextColumn column)
    {
        var builder = new TextBuilder(Rows, column.Bytes.Length);
        for (var row = 0; row < Rows; row++)
        {
            if (vector.IsNull(row) || vector.IsError(row))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(column[row & vector.Mask]);
            }
        }

        return builder.Build();
    }
}
