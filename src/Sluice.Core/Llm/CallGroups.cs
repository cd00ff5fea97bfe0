namespace Sluice.Llm;

/// <summary>Rows as the calls hold them that ask for them first.</summary>
static class CallGroups
{
    // Bytes that a token has at least, on average, in any language: shorter text is never too much for a call because of it.
    const int BytesPerToken = 3;

    /// <summary>Rows in groups of at most so many, and of at most so many bytes.</summary>
    public static IEnumerable<IReadOnlyList<AskedRow>> Of(Question question, IEnumerable<AskedRow> rows, int most)
    {
        var (group, bytes) = (new List<AskedRow>(), 0L);
        foreach (var row in rows)
        {
            if (group.Count > 0 && (group.Count == most || bytes + row.Json.Length > (long)question.Options.MaxCallTokens * BytesPerToken))
            {
                yield return group;
                (group, bytes) = ([], 0);
            }

            group.Add(row);
            bytes += row.Json.Length;
        }

        if (group.Count > 0)
        {
            yield return group;
        }
    }
}
