using System.Text.Unicode;

namespace Sluice.Batches;

/// <summary>What a batch must be to be written to a file of either format.</summary>
static class Writable
{
    /// <exception cref="DataException">The batch has no columns, or text that is not UTF-8.</exception>
    public static void Check(Batch batch, string file)
    {
        CheckSchema(batch.Schema, file);
        CheckText(batch);
    }

    public static void CheckSchema(Schema schema, string file)
    {
        if (schema.Count == 0)
        {
            throw new DataException($"A table without columns cannot be written to \"{file}\": Parquet needs at least one. Keep a column.");
        }
    }

    public static void CheckText(Batch batch)
    {
        for (var column = 0; column < batch.Schema.Count; column++)
        {
            if (batch[column] is TextColumn text && !Utf8.IsValid(text.Bytes))
            {
                throw NotUtf8(batch.Schema[column].Name, text);
            }
        }
    }

    static DataException NotUtf8(string name, TextColumn text)
    {
        var row = 0;
        while (row < text.Rows - 1 && Utf8.IsValid(text[row]))
        {
            row++;
        }

        var found = Convert.ToHexStringLower(text[row][..Math.Min(16, text[row].Length)]);
        return new DataException($"Column '{name}', row {row + 1} holds text that is not UTF-8, found bytes '{found}'. Expected UTF-8; read the input with its real encoding.");
    }
}
