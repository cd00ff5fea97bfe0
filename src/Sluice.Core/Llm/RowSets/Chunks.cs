using System.Text;

namespace Sluice.Llm.RowSets;

/// <summary>Cuts rows that are too many for one question into several.</summary>
static class Chunks
{
    // As the asker counts them: text has at least so many bytes for each token.
    const int BytesPerToken = 3;

    /// <summary>Sets of at most so many rows and so many tokens, in order; a row that is longer stands alone.</summary>
    public static List<string> Of(IEnumerable<string> rows, int maxRows, long maxTokens)
    {
        var (sets, open, bytes) = (new List<string>(), new List<string>(), 0L);
        foreach (var row in rows)
        {
            var length = Encoding.UTF8.GetByteCount(row) + 1;
            if (open.Count > 0 && (open.Count == maxRows || bytes + length > maxTokens * BytesPerToken))
            {
                Close();
            }

            open.Add(row);
            bytes += length;
        }

        Close();
        return sets;

        void Close()
        {
            sets.Add(Encoding.UTF8.GetString(RowSet.Of(open)));
            open.Clear();
            bytes = 0;
        }
    }
}
