namespace Sluice.Llm.Rewrites;

/// <summary>How long the texts are that a step sends.</summary>
static class LongTexts
{
    /// <summary>Of the columns the one with the longest text, and the bytes of that; null where none is text.</summary>
    public static (string? Column, int Bytes) Longest(Batch examples, IEnumerable<string> columns)
    {
        var (longest, most) = ((string?)null, 0);
        foreach (var name in columns.Where(examples.Schema.Has))
        {
            for (var row = 0; row < examples.Rows && examples[name] is TextColumn texts; row++)
            {
                if (!texts.IsNull(row) && texts[row].Length > most)
                {
                    (longest, most) = (name, texts[row].Length);
                }
            }
        }

        return (longest, most);
    }
}
