namespace Sluice.Connectors;

/// <summary>
/// Patterns of paths: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders. Names that begin with a dot are hidden: they match
/// only when they are spelled out.
/// </summary>
public static class Glob
{
    public static bool HasWildcard(string text) => text.AsSpan().ContainsAny('*', '?');

    /// <summary>Whether a file's path, in names, is one that the pattern means.</summary>
    /// <remarks>Goes back to the last <c>**</c> only, so that a pattern of many takes no more than pattern × path steps.</remarks>
    public static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        int at = 0, inPath = 0, deep = -1, deepPath = 0;
        while (inPath < path.Length)
        {
            if (at < pattern.Length && pattern[at] == "**")
            {
                deep = at++;
                deepPath = inPath;
            }
            else if (at < pattern.Length && (HasWildcard(pattern[at]) ? MatchesName(pattern[at], path[inPath]) : pattern[at] == path[inPath]))
            {
                at++;
                inPath++;
            }
            else if (deep >= 0 && !path[deepPath].StartsWith('.'))
            {
                at = deep + 1;
                inPath = ++deepPath;
            }
            else
            {
                return false;
            }
        }

        return at == pattern.Length;
    }

    /// <summary>Whether one name matches one part of a pattern that has a wildcard. Goes back to the last star only, for the same reason.</summary>
    public static bool MatchesName(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (name.StartsWith('.'))
        {
            return false;
        }

        int at = 0, inName = 0, star = -1, starName = 0;
        while (inName < name.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                starName = inName;
            }
            else if (at < pattern.Length && (pattern[at] == '?' || pattern[at] == name[inName]))
            {
                at++;
                inName++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                inName = ++starName;
            }
            else
            {
                return false;
            }
        }

        return pattern[at..].TrimStart('*').IsEmpty;
    }
}
