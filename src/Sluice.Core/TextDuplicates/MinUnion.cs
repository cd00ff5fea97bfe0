using System.Runtime.InteropServices;

namespace Sluice.TextDuplicates;

/// <summary>
/// Union-find over 64-bit ids in which a component is named by its smallest id, so that its name depends on what was united, not on the order. Only ids that were
/// united with another take memory.
/// </summary>
public sealed class MinUnion
{
    readonly Dictionary<ulong, int> numbers = [];
    readonly List<ulong> ids = [];
    readonly List<int> parents = [];

    /// <summary>Ids that are in a component with another.</summary>
    public IReadOnlyCollection<ulong> Ids => numbers.Keys;

    /// <summary>Puts two ids into one component; false when they were in one already.</summary>
    public bool Unite(ulong left, ulong right)
    {
        if (left == right)
        {
            return false;
        }

        var (a, b) = (Root(Number(left)), Root(Number(right)));
        if (a == b)
        {
            return false;
        }

        // The root is the smallest id; paths are halved on every look-up, which keeps them short.
        if (ids[a] < ids[b])
        {
            parents[b] = a;
        }
        else
        {
            parents[a] = b;
        }

        return true;
    }

    /// <summary>Smallest id of the component; the id itself when it was never united.</summary>
    public ulong Find(ulong id) => numbers.TryGetValue(id, out var number) ? ids[Root(number)] : id;

    /// <summary>Whether the id is in a component with another.</summary>
    public bool Contains(ulong id) => numbers.ContainsKey(id);

    int Number(ulong id)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, id, out var known);
        if (!known)
        {
            number = ids.Count;
            ids.Add(id);
            parents.Add(number);
        }

        return number;
    }

    int Root(int number)
    {
        while (parents[number] != number)
        {
            parents[number] = parents[parents[number]];
            number = parents[number];
        }

        return number;
    }
}
