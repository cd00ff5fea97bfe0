namespace Sluice.Embedding;

/// <summary>Pieces of a vocabulary by their letters: finds all that begin at a place of a text.</summary>
sealed class PieceTrie
{
    readonly Dictionary<ulong, int> children = [];
    readonly List<int> ids = [-1];

    public void Add(ReadOnlySpan<char> piece, int id)
    {
        var node = 0;
        foreach (var letter in piece)
        {
            var key = Key(node, letter);
            if (!children.TryGetValue(key, out var next))
            {
                next = ids.Count;
                ids.Add(-1);
                children.Add(key, next);
            }

            node = next;
        }

        ids[node] = id;
    }

    /// <summary>One letter further; false: no piece goes on so.</summary>
    public bool Step(ref int node, char letter) => children.TryGetValue(Key(node, letter), out node);

    /// <summary>The piece that ends here, or -1.</summary>
    public int IdAt(int node) => ids[node];

    static ulong Key(int node, char letter) => (ulong)(uint)node << 16 | letter;
}
