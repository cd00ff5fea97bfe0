namespace Sluice.Cleaning;

/// <summary>A change of one text value. A struct, so that the loop over a column is compiled for it without a call per cell.</summary>
interface ITextMap
{
    /// <summary>The new value: the given one, a part of it, or something written to <paramref name="scratch"/>, which may be made longer.</summary>
    ReadOnlySpan<byte> Map(ReadOnlySpan<byte> value, ref byte[] scratch);
}

static class TextMap
{
    /// <summary>Maps every present value; gives the column itself when nothing changed.</summary>
    public static TextColumn Apply<TMap>(TextColumn column, TMap map, out long changed)
        where TMap : struct, ITextMap
    {
        changed = 0;
        var scratch = new byte[256];
        TextBuilder? builder = null;
        for (var row = 0; row < column.Rows; row++)
        {
            if (column.IsNull(row))
            {
                builder?.AppendNull();
                continue;
            }

            var value = column[row];
            var mapped = map.Map(value, ref scratch);
            if (!mapped.SequenceEqual(value))
            {
                changed++;
                builder ??= CopyOf(column, row);
            }

            builder?.Append(mapped);
        }

        return builder?.Build() ?? column;
    }

    static TextBuilder CopyOf(TextColumn column, int rows)
    {
        var builder = new TextBuilder(column.Rows, column.Bytes.Length);
        for (var row = 0; row < rows; row++)
        {
            if (column.IsNull(row))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(column[row]);
            }
        }

        return builder;
    }

    public static void Reserve(ref byte[] scratch, int bytes)
    {
        if (scratch.Length < bytes)
        {
            Array.Resize(ref scratch, Math.Max(bytes, scratch.Length * 2));
        }
    }
}
