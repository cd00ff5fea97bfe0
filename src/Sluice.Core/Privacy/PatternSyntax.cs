using System.Text;

namespace Sluice.Privacy;

/// <summary>
/// The few regular expressions that recognisers need, as an automaton over bytes: literals, classes, groups, alternatives, <c>? * + {m,n}</c>,
/// <c>\d</c> and <c>\w</c> (a letter or digit). Letters match both cases unless the pattern starts with <c>(?-i)</c>.
/// </summary>
sealed class PatternSyntax
{
    readonly List<Node> nodes = [];
    string pattern = "";
    bool ignoresCase;
    int at;

    /// <summary>Nodes of all patterns: a set of bytes that leads to another node, or up to two ways that need no byte.</summary>
    public IReadOnlyList<Node> Nodes => nodes;

    /// <param name="On">Bytes that lead on to <paramref name="Next"/>; null when no byte is needed.</param>
    /// <param name="Next">Next node, or -1.</param>
    /// <param name="Other">A second way, or -1.</param>
    /// <param name="Accepts">Pattern that has matched here, or -1.</param>
    public sealed record Node(bool[]? On, int Next, int Other = -1, int Accepts = -1);

    /// <summary>Adds a pattern; gives its first node.</summary>
    /// <exception cref="DataException">The pattern is not of this syntax.</exception>
    public int Add(string text, int id)
    {
        ignoresCase = !text.StartsWith("(?-i)", StringComparison.Ordinal);
        pattern = ignoresCase ? text : text["(?-i)".Length..];
        at = 0;
        var tree = Alternatives();
        if (at < pattern.Length)
        {
            throw Bad("has a ')' too many");
        }

        nodes.Add(new Node(null, -1, -1, id));
        return tree(nodes.Count - 1);
    }

    // A part of a pattern is a function from the node that follows it to its own first node.
    Func<int, int> Alternatives()
    {
        var choice = Sequence();
        while (at < pattern.Length && pattern[at] == '|')
        {
            at++;
            var (left, right) = (choice, Sequence());
            choice = next => Put(new Node(null, left(next), right(next)));
        }

        return choice;
    }

    Func<int, int> Sequence()
    {
        var parts = new List<Func<int, int>>();
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            parts.Add(Repeated(Single()));
        }

        return next => Enumerable.Reverse(parts).Aggregate(next, (after, part) => part(after));
    }

    Func<int, int> Repeated(Func<int, int> part)
    {
        var (min, max) = at >= pattern.Length ? (1, 1) : pattern[at] switch { '?' => (0, 1), '*' => (0, -1), '+' => (1, -1), '{' => Counts(), _ => (1, 1) };
        if (at < pattern.Length && pattern[at] is '?' or '*' or '+' or '}')
        {
            at++;
        }

        return next =>
        {
            var after = max < 0 ? Loop(part, next) : next;
            for (var i = min; i < max; i++)
            {
                after = Put(new Node(null, part(after), next));
            }

            for (var i = 0; i < min; i++)
            {
                after = part(after);
            }

            return after;
        };
    }

    int Loop(Func<int, int> part, int next)
    {
        var start = Put(new Node(null, -1, next));
        nodes[start] = new Node(null, part(start), next);
        return start;
    }

    (int Min, int Max) Counts()
    {
        var end = pattern.IndexOf('}', at);
        var bounds = end < 0 ? throw Bad("lacks a '}'") : pattern[(at + 1)..end].Split(',');
        at = end;
        return (int.Parse(bounds[0]), int.Parse(bounds[^1]));
    }

    Func<int, int> Single()
    {
        var first = pattern[at++];
        switch (first)
        {
            case '(':
                var inner = Alternatives();
                at += at < pattern.Length ? 1 : throw Bad("lacks a ')'");
                return inner;
            case '[':
                var set = Class();
                return next => Put(new Node(set, next));
            case '\\':
                var escaped = Escaped();
                return next => Put(new Node(escaped, next));
            default:
                var rune = Rune.GetRuneAt(pattern, at - 1);
                at += rune.Utf16SequenceLength - 1;
                var sets = Encoding.UTF8.GetBytes(rune.ToString()).Select(b => SetOf((char)b)).ToArray();
                return next => sets.Reverse().Aggregate(next, (after, one) => Put(new Node(one, after)));
        }
    }

    bool[] Escaped()
    {
        var set = new bool[256];
        var letter = at < pattern.Length ? pattern[at++] : throw Bad("ends with a backslash");
        if (letter is 'd' or 'w')
        {
            Fill(set, '0', '9');
        }

        if (letter == 'w')
        {
            Fill(set, 'a', 'z');
            Fill(set, 'A', 'Z');
        }

        return letter is 'd' or 'w' ? set : SetOf(letter);
    }

    bool[] Class()
    {
        var set = new bool[256];
        while (at < pattern.Length && pattern[at] != ']')
        {
            if (pattern[at] == '\\')
            {
                at++;
                var escaped = Escaped();
                for (var i = 0; i < set.Length; i++)
                {
                    set[i] |= escaped[i];
                }

                continue;
            }

            var low = pattern[at++];
            var high = at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']' ? pattern[at + 1] : low;
            at += high == low ? 0 : 2;
            Fill(set, low, high);
        }

        at += at < pattern.Length ? 1 : throw Bad("lacks a ']'");
        return set;
    }

    bool[] SetOf(char value)
    {
        var set = new bool[256];
        Fill(set, value, value);
        return set;
    }

    void Fill(bool[] set, char low, char high)
    {
        for (var c = low; c <= high; c++)
        {
            set[c] = true;
            if (ignoresCase && char.IsAsciiLetter(c))
            {
                set[c ^ 0x20] = true;
            }
        }
    }

    int Put(Node node)
    {
        nodes.Add(node);
        return nodes.Count - 1;
    }

    DataException Bad(string why) => new($"The recogniser pattern '{pattern}' {why}, near character {at + 1}. Expected literals, [classes], (groups), | ? * + and {{m,n}}.");
}
