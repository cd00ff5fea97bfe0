using System.Globalization;
using System.Text;

namespace Sluice.Repair;

/// <summary>
/// A way of rewriting a value, learned from one correction: what is kept of its pieces, what is put between them. <c>12.0 oz → 12</c> keeps the
/// first piece of anything written <c>9.9 a</c>. (The value model of Baran, Mahdavi and Abedjan, VLDB 2020, over pieces rather than characters.)
/// </summary>
abstract record Rewrite
{
    /// <summary>The rewritten value; null: does not apply.</summary>
    public abstract string? Apply(string value);

    /// <summary>In words, for evidence.</summary>
    public abstract string Words { get; }

    /// <summary>Every rewriting that explains a correction.</summary>
    public static IEnumerable<Rewrite> From(string dirty, string clean)
    {
        if (dirty.Length is 0 or > TextShape.MaxLength || clean.Length is 0 or > TextShape.MaxLength || dirty == clean)
        {
            yield break;
        }

        if (Pieces.Of(dirty, clean) is { } pieces)
        {
            yield return pieces;
        }

        var start = 0;
        while (start < Math.Min(dirty.Length, clean.Length) && dirty[start] == clean[start])
        {
            start++;
        }

        var end = 0;
        while (end < Math.Min(dirty.Length, clean.Length) - start && dirty[^(end + 1)] == clean[^(end + 1)])
        {
            end++;
        }

        var (removed, put) = (dirty[start..^end], clean[start..^end]);
        if (end == 0 && start > 0)
        {
            yield return new Ending(removed, put);
        }

        if (start == 0 && end > 0)
        {
            yield return new Beginning(removed, put);
        }

        // With the character before it, when something was only put in: everywhere would be nowhere.
        if (removed.Length > 0 && start > 0 && end > 0)
        {
            yield return new Everywhere(removed, put);
        }

        if (removed.Length == 1 && start > 0 && end > 0 && dirty[start - 1] == removed[0])
        {
            yield return new Everywhere(removed + removed, put + removed);
        }
    }

    sealed record Ending(string Removed, string Put) : Rewrite
    {
        public override string? Apply(string value) =>
            value.Length > Removed.Length && value.EndsWith(Removed, StringComparison.Ordinal) ? value[..^Removed.Length] + Put : null;

        public override string Words => $"ending '{Removed}' becomes '{Put}'";
    }

    sealed record Beginning(string Removed, string Put) : Rewrite
    {
        public override string? Apply(string value) =>
            value.Length > Removed.Length && value.StartsWith(Removed, StringComparison.Ordinal) ? Put + value[Removed.Length..] : null;

        public override string Words => $"beginning '{Removed}' becomes '{Put}'";
    }

    sealed record Everywhere(string Removed, string Put) : Rewrite
    {
        public override string? Apply(string value) =>
            value.Length <= TextShape.MaxLength && value.Contains(Removed, StringComparison.Ordinal) ? value.Replace(Removed, Put, StringComparison.Ordinal) : null;

        public override string Words => $"'{Removed}' becomes '{Put}'";
    }

    /// <summary>Values of one shape, rewritten piece by piece.</summary>
    sealed record Pieces(string Shape, string Program) : Rewrite
    {
        // Each step is a letter for how, and a number of a piece or a constant after '='; steps end with the unit separator.
        const char Separator = '\u001f';

        public static Pieces? Of(string dirty, string clean)
        {
            var tokens = TextShape.Tokens(dirty);
            var program = new StringBuilder();
            var (from, kept) = (0, 0);
            foreach (var token in TextShape.Tokens(clean))
            {
                var wanted = clean.Substring(token.Start, token.Length);
                var (at, how) = Find(dirty, tokens, token.Kind, wanted, from);
                if (at >= 0)
                {
                    program.Append(how).Append(at.ToString(CultureInfo.InvariantCulture));
                    from = at + 1;
                    kept++;
                }
                else
                {
                    program.Append('=').Append(wanted);
                }

                program.Append(Separator);
            }

            // Without a piece that is kept it is one value for all, which is no rewriting.
            return kept == 0 ? null : new Pieces(TextShape.Of(dirty), program.ToString());
        }

        static (int At, char How) Find(string dirty, List<TextShape.Token> tokens, char kind, string wanted, int from)
        {
            for (var step = 0; step < tokens.Count; step++)
            {
                var at = (from + step) % tokens.Count;
                if (tokens[at].Kind == kind && (kind is '9' or 'a'))
                {
                    var piece = dirty.Substring(tokens[at].Start, tokens[at].Length);
                    foreach (var how in "kzulto")
                    {
                        if (Change(piece, how) == wanted)
                        {
                            return (at, how);
                        }
                    }
                }
            }

            return (-1, ' ');
        }

        static string Change(string piece, char how) => how switch
        {
            'z' => piece.TrimStart('0') is { Length: > 0 } rest ? rest : "0",
            'u' => piece.ToUpperInvariant(),
            'l' => piece.ToLowerInvariant(),
            't' => char.ToUpperInvariant(piece[0]) + piece[1..].ToLowerInvariant(),
            'o' => piece.Length == 1 ? "0" + piece : piece,
            _ => piece,
        };

        public override string? Apply(string value)
        {
            if (value.Length > TextShape.MaxLength || TextShape.Of(value) != Shape)
            {
                return null;
            }

            var tokens = TextShape.Tokens(value);
            var result = new StringBuilder();
            foreach (var step in Program.Split(Separator, StringSplitOptions.RemoveEmptyEntries))
            {
                if (step[0] == '=')
                {
                    result.Append(step.AsSpan(1));
                    continue;
                }

                var token = tokens[int.Parse(step.AsSpan(1), CultureInfo.InvariantCulture)];
                result.Append(Change(value.Substring(token.Start, token.Length), step[0]));
            }

            return result.ToString();
        }

        public override string Words => $"written '{Shape}', rewritten as in the labelled rows";
    }
}
