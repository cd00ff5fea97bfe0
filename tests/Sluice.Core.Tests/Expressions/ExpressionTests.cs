using Sluice.Batches;
using Sluice.Expressions;
using Sluice.Schemas;

namespace Sluice.Tests.Expressions;

public sealed class ExpressionTests
{
    // Rows: 1, null, -7, 0 and so on; every column has a null at another row.
    static readonly Batch Rows = Table();

    [Theory]
    // Comparison and three-valued logic.
    [InlineData("i = 1", "T N F F")]
    [InlineData("i <> 1", "F N T T")]
    [InlineData("i != 1", "F N T T")]
    [InlineData("NOT i > 0", "F N T T")]
    [InlineData("i > 0 OR b", "T N N F")]
    [InlineData("i <= 0 AND b", "F F N F")]
    [InlineData("b", "T F N F")]
    [InlineData("b IS NULL", "F F T F")]
    [InlineData("b IS NOT NULL", "T T F T")]
    [InlineData("b IS TRUE", "T F F F")]
    [InlineData("b IS NOT FALSE", "T F T F")]
    [InlineData("b = true", "T F N F")]
    [InlineData("i IS DISTINCT FROM 1", "F T T T")]
    [InlineData("i IS NOT DISTINCT FROM NULL", "F T F F")]
    [InlineData("NULL", "N N N N")]
    [InlineData("NULL = NULL", "N N N N")]
    [InlineData("i = NULL", "N N N N")]
    [InlineData("TRUE OR NULL", "T T T T")]
    [InlineData("i BETWEEN -7 AND 0", "F N T T")]
    [InlineData("i NOT BETWEEN -7 AND 0", "T N F F")]
    [InlineData("i IN (1, 0)", "T N F T")]
    [InlineData("i IN (1, NULL)", "T N N N")]
    [InlineData("i NOT IN (1, NULL)", "F N N N")]
    [InlineData("i NOT IN (5, 6, 7, 8)", "T N T T")]
    [InlineData("i IN (i, 2)", "T N T T")]
    [InlineData("1 IN (i, f)", "T N F N")]
    // Types meet.
    [InlineData("i < 1.5", "T N T T")]
    [InlineData("f >= 1", "T F T N")]
    [InlineData("f > i", "T N T N")]
    [InlineData("d = '2024-02-29'", "T F F N")]
    [InlineData("d >= DATE '2020-01-01' AND d < '2025-01-01'", "T F F N")]
    [InlineData("t < d", "F N T N")]
    [InlineData("t = '2024-02-29 12:30:00'", "T N F F")]
    [InlineData("t = TIMESTAMP '2024-02-29T13:30:00+01:00'", "T N F F")]
    [InlineData("d IN ('2024-02-29', DATE '1969-12-31')", "T T F N")]
    // Arithmetic.
    [InlineData("i / 2 = 0", "T N F T")]
    [InlineData("-7 / 2 = -3 AND -7 % 2 = -1 AND 7 / 2.0 = 3.5", "T T T T")]
    [InlineData("i % 2 = -1", "F N T F")]
    [InlineData("1 / i > 0", "T N F E")]
    [InlineData("i <> 0 AND 1 / i > 0", "T N F F")]
    [InlineData("1 / i > 0 AND i <> 0", "T N F F")]
    [InlineData("i = 0 OR 1 / i > 0", "T N F T")]
    [InlineData("1.0 / i > 0", "T N F E")]
    [InlineData("i + 9223372036854775807 > 0", "E N T T")]
    [InlineData("i - 9223372036854775807 < 0", "T N E T")]
    [InlineData("i * 9223372036854775807 <> 0", "T N E F")]
    [InlineData("f * 1e308 * 10 > 0", "E F T N")]
    [InlineData("-i = 7", "F N T F")]
    [InlineData("2 + 3 * 4 = 14 AND (2 + 3) * 4 = 20 AND 10 - 3 - 2 = 5", "T T T T")]
    [InlineData("d + 1 = '2024-03-01'", "T F F N")]
    [InlineData("d - 1 = '2024-02-28'", "T F F N")]
    [InlineData("d - DATE '2024-02-28' = 1", "T F F N")]
    [InlineData("d + i = DATE '2024-03-01'", "T N F N")]
    // Text.
    [InlineData("s = 'Äpfel 50%'", "T F F N")]
    [InlineData("s < 'b'", "F F T N")]
    [InlineData("s LIKE 'Ä%'", "T F F N")]
    [InlineData("s LIKE '_pfel%'", "T F F N")]
    [InlineData("s ILIKE 'äPF__ %'", "T F F N")]
    [InlineData(@"s LIKE '%\%'", "T F F N")]
    [InlineData("s LIKE '%!%' ESCAPE '!'", "T F F N")]
    [InlineData("s NOT LIKE '%a%'", "T F T N")]
    [InlineData("s LIKE ''", "F F T N")]
    [InlineData("s ~ '^b.*[a-z]$'", "F T F N")]
    [InlineData("s ~* '^B'", "F T F N")]
    [InlineData("s !~ 'f'", "F T T N")]
    [InlineData("s !~* 'PF'", "F T T N")]
    [InlineData("matches(s, '[0-9]{2}')", "T F F N")]
    [InlineData("lower(s) = 'äpfel 50%'", "T F F N")]
    [InlineData("upper(s) LIKE 'ÄP%'", "T F F N")]
    [InlineData("length(s) = 9", "T F F N")]
    [InlineData("substring(s, 2, 4) = 'pfel'", "T F F N")]
    [InlineData("substring(s, 0, 2) = 'Ä'", "T F F N")]
    [InlineData("substr(s, 7) = '50%'", "T F F N")]
    [InlineData("substring(s, 2, i) = 'p'", "T N E N")]
    [InlineData("trim('  x ') = 'x' AND ltrim(' x ') = 'x ' AND rtrim(' x ') = ' x'", "T T T T")]
    [InlineData("starts_with(s, 'Ä')", "T F F N")]
    [InlineData("ends_with(s, '%')", "T F F N")]
    [InlineData("contains(s, 'an')", "F T F N")]
    [InlineData("s || '!' = 'banana!'", "F T F N")]
    [InlineData("s || i = '-7'", "F N T N")]
    [InlineData("'it''s' = 'it' || '''' || 's'", "T T T T")]
    // Functions, CASE, casts.
    [InlineData("abs(i) = 7", "F N T F")]
    [InlineData("round(2.5) = 3 AND round(-2.5) = -3 AND round(1.25, 1) = 1.3 AND floor(-0.5) = -1 AND ceil(0.2) = 1", "T T T T")]
    [InlineData("coalesce(i, 5) = 5", "F T F F")]
    [InlineData("coalesce(i, 1 / 0) = 1", "T E F F")]
    [InlineData("nullif(i, 0) IS NULL", "F T F T")]
    [InlineData("year(d) = 2024 AND month(d) = 2 AND day(d) = 29", "T F F N")]
    [InlineData("year(t) = 1969 AND month(t) = 12 AND day(t) = 31", "F N T F")]
    [InlineData("CASE WHEN i = 0 THEN 0 ELSE 1 / i END = 0", "F N T T")]
    [InlineData("CASE WHEN i > 0 THEN 'p' WHEN i < 0 THEN 'n' END = 'p'", "T N F N")]
    [InlineData("CASE i WHEN 1 THEN TRUE WHEN 0 THEN NULL ELSE b END", "T F N N")]
    [InlineData("CASE WHEN 1 / i = 1 THEN TRUE ELSE FALSE END", "T F F E")]
    [InlineData("cast(s as integer) = 1", "E E E N")]
    [InlineData("try_cast(s as integer) IS NULL", "T T T T")]
    [InlineData("cast(' 12 ' as integer) = 12 AND '1.5'::double = 1.5 AND cast('yes' as boolean)", "T T T T")]
    [InlineData("cast(2.5 as integer) = 2 AND cast(3.5 as int) = 4 AND cast(-2.5 as bigint) = -2", "T T T T")]
    [InlineData("cast(f as integer) = 2", "T F E N")]
    [InlineData("cast(i as text) = '-7'", "F N T F")]
    [InlineData("cast(d as text) = '2024-02-29'", "T F F N")]
    [InlineData("cast(t as text) = '2024-02-29 12:30:00'", "T N F F")]
    [InlineData("cast(t as date) = '1969-12-31'", "F N T F")]
    [InlineData("cast(b as integer) = 1", "T F N F")]
    [InlineData("cast('2024-02-30' as date) IS NULL", "E E E E")]
    [InlineData("f = 'NaN'::double", "F F T N")]
    [InlineData("f > 1e300", "F F T N")]
    // Names and comments.
    [InlineData("\"with space\" = 4 -- a comment\n AND /* another */ `with space` > 3", "T F F N")]
    [InlineData("I = 1", "missing")]
    public void Gives_each_row_its_value(string text, string expected)
    {
        var expression = Expression.Parse(text);
        if (expected == "missing")
        {
            Assert.StartsWith("Column 'I' does not exist here. Did you mean 'i'?", Assert.Single(expression.Check(Rows.Schema, ColumnType.Boolean)), StringComparison.Ordinal);
            return;
        }

        Assert.Empty(expression.Check(Rows.Schema, ColumnType.Boolean));
        var result = expression.Evaluate(Rows, ColumnType.Boolean);

        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, Rows.Rows).Select(row => result.IsError(row) ? "E" : result.IsTrue(row) switch { true => "T", false => "F", _ => "N" })));
    }

    [Theory]
    [InlineData("", "Found the end, expected a value or a column. (character 1)\n  \n  ^")]
    [InlineData("age >", "Found the end, expected a value or a column. (character 6)\n  age >\n       ^")]
    [InlineData("a == 1", "'==' is not an operator here. Write =. (character 4)\n  a == 1\n     ^")]
    [InlineData("a = 1 && b", "'&' is not an operator here. Write AND. (character 7)\n  a = 1 && b\n        ^")]
    [InlineData("a < b < c", "Comparisons cannot be chained. Write a < b AND b < c. (character 7)\n  a < b < c\n        ^")]
    [InlineData("first name = 'x'", "Found 'name', expected an operator. A column name with spaces goes in double quotes. (character 7)\n  first name = 'x'\n        ^")]
    [InlineData("a = 'x", "This ' is never closed. Close it, or double a ' that belongs to the text. (character 5)\n  a = 'x\n      ^")]
    [InlineData("(a = 1", "Found the end, expected ')' to close the bracket. (character 7)\n  (a = 1\n        ^")]
    [InlineData("a = 1)", "This ')' closes nothing. (character 6)\n  a = 1)\n       ^")]
    [InlineData("WHERE a = 1", "A condition is what follows WHERE. Remove 'WHERE' and what goes with it. (character 1)\n  WHERE a = 1\n  ^")]
    [InlineData("a IS 1", "Found '1', expected NULL, TRUE, FALSE or DISTINCT FROM after IS. To compare values, write =. (character 6)\n  a IS 1\n       ^")]
    [InlineData("a IN ()", "IN needs at least one value. (character 7)\n  a IN ()\n        ^")]
    [InlineData("a BETWEEN 1 OR 2", "Found 'OR', expected AND between the limits of BETWEEN. (character 13)\n  a BETWEEN 1 OR 2\n              ^")]
    [InlineData("a = 99999999999999999999", "99999999999999999999 is too large for a whole number. The largest is 9223372036854775807; write 99999999999999999999.0 for a number with a point. (character 5)\n  a = 99999999999999999999\n      ^")]
    [InlineData("d = DATE '2024-13-01'", "'2024-13-01' is not a date. Write it as DATE '2024-01-31'. (character 10)\n  d = DATE '2024-13-01'\n           ^")]
    [InlineData("cast(a as money)", "There is no type 'money'. There are: text, integer, double, boolean, date, timestamp. (character 11)\n  cast(a as money)\n            ^")]
    [InlineData("CASE ELSE 1 END", "Found 'ELSE', expected a value or a column. A column of this name goes in double quotes: \"ELSE\". (character 6)\n  CASE ELSE 1 END\n       ^")]
    [InlineData("a = ‘x’", "'‘' is a typographic quote. Write ' around text and \" around column names. (character 5)\n  a = ‘x’\n      ^")]
    [InlineData("a.b = 1", "'.' is not allowed here. A column name with a dot goes in double quotes: \"a.b\". (character 2)\n  a.b = 1\n   ^")]
    [InlineData("a = 1\nAND b ! 2", "'!' is not an operator here. Write NOT. (character 13)\n  AND b ! 2\n        ^")]
    public void Shows_where_it_cannot_be_read(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<DataException>(() => Expression.Parse(text)).Message);

    [Theory]
    [InlineData("i = 'x'", "i is a whole number and 'x' is text: they cannot be compared. To compare as text, write cast(i as text). (character 3)")]
    [InlineData("i = '5'", "i is a whole number and '5' is text: they cannot be compared. Remove the quotes: 5. (character 3)")]
    [InlineData("s > 5", "s is text and 5 is a whole number: they cannot be compared. To compare as text, write '5'; to compare as integer, write cast(s as integer). (character 3)")]
    [InlineData("s = i", "s is text and i is a whole number: they cannot be compared. Write cast(s as integer). (character 3)")]
    [InlineData("d = '31.12.2024'", "d is a date and '31.12.2024' is text: they cannot be compared. Write the date as '2024-01-31'. (character 3)")]
    [InlineData("b = 1", "b is true or false and 1 is a whole number: they cannot be compared. Make them one type, for instance with cast(b as integer). (character 3)")]
    [InlineData("i", "A condition needs true or false; i is a whole number. Compare it with something. (character 1)")]
    [InlineData("i AND b", "AND needs true or false; i is a whole number. Compare it with something. (character 1)")]
    [InlineData("s + 1 = 2", "'+' needs numbers; s is text. To join text, write ||; to add, write cast(s as double). (character 3)")]
    [InlineData("t + 1 > t", "'+' needs numbers; t is a timestamp. A date can have whole days added (day + 7), and two dates give the days between them. (character 3)")]
    [InlineData("lower(i) = 'a'", "lower needs text; i is a whole number. Write cast(i as text). (character 7)")]
    [InlineData("lowr(s) = 'a'", "There is no function 'lowr'. Did you mean 'lower'? (character 1)")]
    [InlineData("round(f, 1, 2) = 1", "round takes 1 to 2 values; found 3. (character 1)")]
    [InlineData("s ~ '['", "The regular expression is not valid: Invalid pattern '[' at offset 1. Unterminated [] set. (character 5)")]
    [InlineData("s ~ '(?=a)'", "The regular expression is not supported: look-around, back-references and very large repetitions are left out, so that it takes linear time. Write it without them. (character 5)")]
    [InlineData("s ~ s", "A regular expression must be written here as text in quotes. (character 5)")]
    [InlineData(@"s LIKE 'a\'", @"The pattern ends with its escape character '\'. Double it to mean the character itself. (character 8)")]
    [InlineData("coalesce(i, s) IS NULL", "i is a whole number and s is text: they cannot be values of one coalesce. Write cast(s as integer). (character 13)")]
    [InlineData("status = \"active\"", "Column 'active' does not exist here. It has: i, f, s, b, d, t, with space. For the text itself, write 'active' in single quotes. (character 10)")]
    [InlineData("year(i) = 1", "year needs a date or a timestamp; i is a whole number. Write cast(i as date). (character 6)")]
    public void Says_what_does_not_fit(string text, string expected) =>
        Assert.Contains(Expression.Parse(text).Check(Rows.Schema, ColumnType.Boolean), problem => problem.StartsWith(expected + "\n", StringComparison.Ordinal));

    [Fact]
    public void Reports_every_part_that_does_not_fit()
    {
        var problems = Expression.Parse("agee > 1 AND i = 'x' OR lower(i) = nope").Check(Rows.Schema, ColumnType.Boolean);

        Assert.Equal([1, 16, 31, 36], problems.Select(p => int.Parse(p[(p.IndexOf("(character ", StringComparison.Ordinal) + 11)..p.IndexOf(")\n", StringComparison.Ordinal)])));
    }

    [Fact]
    public void A_column_of_open_type_fits_everything_until_its_type_is_known()
    {
        var open = new Schema([new Field("x", ColumnType.Text, Format: Unify.Fitted), new Field("i", ColumnType.Int64)]);
        var expression = Expression.Parse("x > 5 AND lower(x) = 'a' AND i = 'q'");

        Assert.StartsWith("i is a whole number and 'q' is text", Assert.Single(expression.Check(open, ColumnType.Boolean)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_without_a_value_is_null_whatever_its_type()
    {
        var batch = new Batch(new Schema([new Field("x", ColumnType.Text)]), [TextColumn.Of(null, null)], 2);

        var result = Expression.Parse("x > 5 OR x IS NULL").Evaluate(batch, ColumnType.Boolean);

        Assert.Equal([true, true], [result.IsTrue(0), result.IsTrue(1)]);
    }

    [Fact]
    public void Has_limits()
    {
        Assert.StartsWith("The expression has 10,001 characters; at most 10,000 are allowed.", Message(new string('a', 10_001)), StringComparison.Ordinal);
        Assert.StartsWith("The expression is nested more than 64 deep.", Message(new string('(', 500) + "1" + new string(')', 500)), StringComparison.Ordinal);
        Assert.StartsWith("The expression is nested more than 64 deep.", Message(string.Concat(Enumerable.Repeat("NOT ", 500)) + "b"), StringComparison.Ordinal);
        Assert.StartsWith("The expression is nested more than 64 deep.", Message(string.Concat(Enumerable.Repeat("- ", 500)) + "i"), StringComparison.Ordinal);
        Assert.StartsWith("The expression has more than 1,000 operators in one chain.", Message("1" + string.Concat(Enumerable.Repeat("+1", 1_500))), StringComparison.Ordinal);
        Assert.Empty(Expression.Parse("i" + string.Concat(Enumerable.Repeat("+1", 990)) + " > 5").Check(Rows.Schema));

        static string Message(string text) => Assert.Throws<DataException>(() => Expression.Parse(text)).Message;
    }

    [Fact]
    public void Gives_a_column_of_its_type()
    {
        Column Of(string text) => Expression.Parse(text).Evaluate(Rows).ToColumn();

        Assert.Equal(["2", "", "-6", "1"], Show(Of("i + 1")));
        Assert.Equal(ColumnType.Float64, Of("i / 2.0").Type);
        Assert.Equal(["Äpfel 50%x", "bananax", "x", ""], Show(Of("s || 'x'")));
        Assert.Equal(["c", "c", "c", "c"], Show(Of("'c'")));
        Assert.Equal(["1", "", "0", ""], Show(Of("1 / i")));
        Assert.Equal(["2024-03-07", "1970-01-07", "2000-01-08", ""], Show(Of("d + 7")));
        Assert.Equal(ColumnType.Date, Expression.Parse("d + 7").TypeOf(Rows.Schema));
        Assert.Equal(ColumnType.Boolean, Expression.Parse("d IS NULL").TypeOf(Rows.Schema));

        static IEnumerable<string> Show(Column column) => Enumerable.Range(0, column.Rows).Select(column.Display);
    }

    static Batch Table()
    {
        var i = new ValueBuilder<long>(ColumnType.Int64);
        i.Append(1);
        i.AppendNull();
        i.Append(-7);
        i.Append(0);
        var f = new ValueBuilder<double>(ColumnType.Float64);
        f.Append(1.5);
        f.Append(-0.0);
        f.Append(double.NaN);
        f.AppendNull();
        var b = new ValueBuilder<bool>(ColumnType.Boolean);
        b.Append(true);
        b.Append(false);
        b.AppendNull();
        b.Append(false);
        var d = new ValueBuilder<int>(ColumnType.Date);
        d.Append(new DateOnly(2024, 2, 29).DayNumber - new DateOnly(1970, 1, 1).DayNumber);
        d.Append(-1);
        d.Append(new DateOnly(2000, 1, 1).DayNumber - new DateOnly(1970, 1, 1).DayNumber);
        d.AppendNull();
        var t = new ValueBuilder<long>(ColumnType.Timestamp);
        t.Append((new DateTime(2024, 2, 29, 12, 30, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks / 10);
        t.AppendNull();
        t.Append(-1);
        t.Append(0);
        var w = new ValueBuilder<long>(ColumnType.Int64);
        w.Append(4);
        w.Append(0);
        w.Append(1);
        w.AppendNull();
        return new Batch(
            new Schema(
            [
                new("i", ColumnType.Int64), new("f", ColumnType.Float64), new("s", ColumnType.Text), new("b", ColumnType.Boolean), new("d", ColumnType.Date),
                new("t", ColumnType.Timestamp), new("with space", ColumnType.Int64),
            ]),
            [i.Build(), f.Build(), TextColumn.Of("Äpfel 50%", "banana", "", null), b.Build(), d.Build(), t.Build(), w.Build()], 4);
    }
}
