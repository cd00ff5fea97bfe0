using System.Text.Json;

namespace Sluice.Connectors;

sealed partial class JsonTable
{
    void ReadObject(ref Utf8JsonReader reader, int origin, int pathLength)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = Name(ref reader, origin, pathLength);
            reader.Read();
            if (flatten && reader.TokenType == JsonTokenType.StartObject && !IsEmptyObject(reader))
            {
                Reserve(ref path, name.Length + 1);
                name.CopyTo(path);
                path[name.Length] = (byte)'.';
                ReadObject(ref reader, origin, name.Length + 1);
                continue;
            }

            ReadValue(ref reader, origin, Column(name));
        }
    }

    static bool IsEmptyObject(Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.EndObject;

    /// <summary>The key, after the path of keys it lies under.</summary>
    ReadOnlySpan<byte> Name(ref Utf8JsonReader reader, int origin, int pathLength)
    {
        if (pathLength == 0 && !reader.ValueIsEscaped)
        {
            return reader.ValueSpan.IsEmpty ? emptyName : reader.ValueSpan;
        }

        Reserve(ref path, pathLength + Math.Max(reader.ValueSpan.Length, emptyName.Length));
        var length = CopyString(ref reader, origin, path.AsSpan(pathLength));
        if (length == 0)
        {
            emptyName.CopyTo(path, pathLength);
            length = emptyName.Length;
        }

        return path.AsSpan(0, pathLength + length);
    }

    void ReadValue(ref Utf8JsonReader reader, int origin, int column)
    {
        var start = origin + (int)reader.TokenStartIndex;
        var cell = reader.TokenType switch
        {
            JsonTokenType.String when reader.ValueIsEscaped => Unescaped(ref reader, origin),
            JsonTokenType.String => new JsonCell(Rows, start + 1, reader.ValueSpan.Length, JsonKind.String),
            JsonTokenType.Number => new JsonCell(Rows, start, reader.ValueSpan.Length, JsonKind.Number),
            JsonTokenType.True or JsonTokenType.False => new JsonCell(Rows, start, reader.ValueSpan.Length, JsonKind.Boolean),
            JsonTokenType.Null => new JsonCell(Rows, 0, 0, JsonKind.Missing),
            _ => Nested(ref reader, origin, start),
        };
        if (columns[column].Add(cell))
        {
            touched.Add(column);
        }
    }

    JsonCell Unescaped(ref Utf8JsonReader reader, int origin)
    {
        Reserve(ref side, sideUsed + reader.ValueSpan.Length);
        var length = CopyString(ref reader, origin, side.AsSpan(sideUsed));
        sideUsed += length;
        return new JsonCell(Rows, ~(sideUsed - length), length, JsonKind.String);
    }

    /// <summary>The text as it is, but for blanks outside strings: numbers keep their digits.</summary>
    JsonCell Nested(ref Utf8JsonReader reader, int origin, int start)
    {
        reader.Skip();
        var nested = text.AsSpan(start..(origin + (int)reader.BytesConsumed));
        Reserve(ref side, sideUsed + nested.Length);
        var from = sideUsed;
        var inString = false;
        for (var i = 0; i < nested.Length; i++)
        {
            var c = nested[i];
            if (inString && c == '\\')
            {
                side[sideUsed++] = c;
                c = nested[++i];
            }
            else if (c == '"')
            {
                inString = !inString;
            }
            else if (!inString && c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                continue;
            }

            side[sideUsed++] = c;
        }

        return new JsonCell(Rows, ~from, sideUsed - from, JsonKind.Nested);
    }

    int CopyString(ref Utf8JsonReader reader, int origin, Span<byte> target)
    {
        try
        {
            return reader.CopyString(target);
        }
        catch (InvalidOperationException)
        {
            var before = text.AsSpan(origin, (int)reader.TokenStartIndex);
            throw new JsonException("an escape that is half a character", null, before.Count((byte)'\n'), before.Length - before.LastIndexOf((byte)'\n') - 1);
        }
    }

    /// <summary>The column of a key. Objects of one kind have their keys in one order, so the column after the last one is tried first.</summary>
    int Column(ReadOnlySpan<byte> name)
    {
        if (expected < columns.Count && columns[expected].Name.AsSpan().SequenceEqual(name))
        {
            return expected++;
        }

        var slot = Slot(name);
        if (!byHash.TryGetValue(slot, out var column))
        {
            column = columns.Count;
            if (column == maxColumns)
            {
                throw new SourceException(
                    $"The file \"{file}\" has objects with more than {maxColumns:N0} different keys, the limit of columns. Expected keys that are names, not data. "
                    + "Reshape the objects, turn flatten off, or raise max_columns.");
            }

            columns.Add(new JsonColumn(name.ToArray()));
            byHash[slot] = column;
        }

        expected = column + 1;
        return column;
    }

    /// <summary>The hash that finds a name: its own, or the next free one where another name has it.</summary>
    ulong Slot(ReadOnlySpan<byte> name)
    {
        var slot = RowHash.Bytes(name);
        while (byHash.TryGetValue(slot, out var other) && !columns[other].Name.AsSpan().SequenceEqual(name))
        {
            slot++;
        }

        return slot;
    }

    static void Reserve(ref byte[] buffer, int length)
    {
        if (length > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(length, buffer.Length * 2));
        }
    }
}
