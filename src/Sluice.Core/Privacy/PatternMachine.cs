namespace Sluice.Privacy;

/// <summary>
/// Many patterns at once, anchored at one position, in one walk over the bytes: a deterministic automaton whose states are made when they are
/// first reached. No backtracking, so no text can make it slow. Shared between threads; what it knows never changes what it finds.
/// </summary>
sealed class PatternMachine
{
    // Beyond this the states are made anew; a text that reaches so many is an attack, and still costs linear time.
    const int MaxStates = 20_000;

    // No identifier is longer, and a text made for it may not be walked from each of its words to its end.
    const int MaxBytes = 1_024;

    readonly PatternSyntax syntax = new();
    readonly byte[] classes = new byte[256];
    readonly byte[] samples;
    readonly int[] starts;
    readonly Lock making = new();
    Dictionary<string, State> states = new(StringComparer.Ordinal);
    State start;

    /// <param name="patterns">Patterns, each with the number that it is told by.</param>
    public PatternMachine(IEnumerable<(string Pattern, int Id)> patterns)
    {
        starts = [.. patterns.Select(p => syntax.Add(p.Pattern, p.Id))];
        samples = Classify();
        start = StateOf(starts);
    }

    /// <summary>Whether any pattern starts with this byte.</summary>
    public bool Starts(byte first) => Next(start, classes[first]).Alive;

    /// <summary>Whether the pattern with this number can match a text that has no digit.</summary>
    public bool CanLackDigits(int pattern)
    {
        var (seen, open) = (new HashSet<int>(), new Stack<int>(starts));
        while (open.TryPop(out var id))
        {
            if (id < 0 || !seen.Add(id))
            {
                continue;
            }

            var node = syntax.Nodes[id];
            if (node.Accepts == pattern)
            {
                return true;
            }

            // A set of digits alone ends this way.
            if (node.On is null || Enumerable.Range(0, 256).Any(b => node.On[b] && !Bytes.IsDigit((byte)b)))
            {
                open.Push(node.Next);
                open.Push(node.Other);
            }
        }

        return false;
    }

    /// <summary>The longest match of each pattern that starts at <paramref name="from"/> and ends where a word does, as (pattern, end).</summary>
    public void Match(ReadOnlySpan<byte> text, int from, List<(int Pattern, int End)> hits)
    {
        hits.Clear();
        var state = start;
        for (var i = from; i < text.Length && i - from < MaxBytes; i++)
        {
            state = Next(state, classes[text[i]]);
            if (!state.Alive)
            {
                return;
            }

            if (state.Accepts.Length > 0 && (!Bytes.InWord(text[i]) || !Bytes.WordAfter(text, i + 1)))
            {
                Keep(hits, state.Accepts, i + 1);
            }
        }
    }

    static void Keep(List<(int Pattern, int End)> hits, int[] accepts, int end)
    {
        foreach (var pattern in accepts)
        {
            var known = 0;
            while (known < hits.Count && hits[known].Pattern != pattern)
            {
                known++;
            }

            if (known == hits.Count)
            {
                hits.Add((pattern, end));
            }
            else
            {
                hits[known] = (pattern, end);
            }
        }
    }

    State Next(State state, byte kind) => state.Next[kind] ?? Make(state, kind);

    State Make(State state, byte kind)
    {
        lock (making)
        {
            if (state.Next[kind] is { } made)
            {
                return made;
            }

            if (states.Count >= MaxStates)
            {
                states = new(StringComparer.Ordinal);
                start = StateOf(starts);
            }

            var sample = samples[kind];
            var reached = state.Nodes.Select(n => syntax.Nodes[n]).Where(n => n.On is { } on && on[sample]).Select(n => n.Next);
            return state.Next[kind] = StateOf(reached);
        }
    }

    State StateOf(IEnumerable<int> from)
    {
        var reached = new SortedSet<int>();
        var open = new Stack<int>(from);
        while (open.TryPop(out var id))
        {
            if (id >= 0 && reached.Add(id) && syntax.Nodes[id] is { On: null } node)
            {
                open.Push(node.Next);
                open.Push(node.Other);
            }
        }

        int[] kept = [.. reached.Where(id => syntax.Nodes[id] is { On: not null } or { Accepts: >= 0 })];
        var key = string.Join(',', kept);
        if (!states.TryGetValue(key, out var state))
        {
            int[] accepts = [.. kept.Select(id => syntax.Nodes[id].Accepts).Where(id => id >= 0).Distinct()];
            states[key] = state = new State(kept, accepts, new State?[samples.Length]);
        }

        return state;
    }

    // Bytes that no pattern tells apart share a class; gives one byte of each.
    byte[] Classify()
    {
        var known = new Dictionary<string, byte>(StringComparer.Ordinal);
        var examples = new List<byte>();
        var sets = syntax.Nodes.Where(n => n.On is not null).Select(n => n.On!).ToList();
        for (var value = 0; value < 256; value++)
        {
            var key = string.Concat(sets.Select(set => set[value] ? '1' : '0'));
            if (!known.TryGetValue(key, out var kind))
            {
                known[key] = kind = (byte)known.Count;
                examples.Add((byte)value);
            }

            classes[value] = kind;
        }

        return [.. examples];
    }

    sealed record State(int[] Nodes, int[] Accepts, State?[] Next)
    {
        public bool Alive => Nodes.Length > 0;
    }
}
