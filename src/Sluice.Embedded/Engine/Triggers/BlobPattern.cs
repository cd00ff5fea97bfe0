using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Embedded;

/// <summary>
/// A blob path with named parts. A part takes as much as it can, slashes too, so <c>{name}.{ext}</c> splits at the last dot.
/// </summary>
sealed class BlobPattern
{
    readonly Regex regex;

    BlobPattern(string container, string path, Regex regex, string[] names) => (Container, Text, this.regex, Names) = (container, path, regex, names);

    internal string Container { get; }

    internal string Text { get; }

    internal IReadOnlyList<string> Names { get; }

    /// <summary>The named parts of a blob's name within the container; null when it does not match.</summary>
    internal Dictionary<string, object?>? Match(string blobName)
    {
        var match = regex.Match(blobName);
        return match.Success ? Names.ToDictionary(n => n, n => (object?)match.Groups[n].Value, StringComparer.OrdinalIgnoreCase) : null;
    }

    internal static BlobPattern Parse(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var container = slash < 0 ? path : path[..slash];
        // Azure's rule for containers, which also keeps a path from leaving the blob folder.
        if (!Regex.IsMatch(container, "^[a-z0-9](?:-?[a-z0-9]){2,62}$") && container != "$root")
        {
            throw new NotSupportedException(
                $"the blob path '{path}' has the container '{container}'; expected 3 to 63 of a-z, 0-9 and single '-', then '/' and the name of the blob.");
        }

        var names = new List<string>();
        var regex = slash < 0 ? "^.+$" : Translate(path, path[(slash + 1)..], names);
        return new BlobPattern(container, path, new Regex(regex, RegexOptions.CultureInvariant | RegexOptions.Singleline), [.. names]);
    }

    static string Translate(string path, string pattern, List<string> names)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '{')
            {
                regex.Append(Regex.Escape(pattern[i].ToString()));
                continue;
            }

            var end = pattern.IndexOf('}', i);
            var name = end < 0 ? "" : pattern[(i + 1)..end];
            if (!Regex.IsMatch(name, "^[A-Za-z_][A-Za-z0-9_]*$") || names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new NotSupportedException($"the blob path '{path}' has a part '{{{name}}}'; expected distinct names of letters, digits and '_' in braces.");
            }

            names.Add(name);
            regex.Append($"(?<{name}>.+)");
            i = end;
        }

        return regex.Append('$').ToString();
    }
}
