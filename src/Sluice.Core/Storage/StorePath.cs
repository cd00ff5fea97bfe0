using System.Buffers;

namespace Sluice.Storage;

/// <summary>The one rule for object paths, the same in every store, so that a path valid in one is valid in all.</summary>
/// <remarks>
/// The limits are the tightest of what lies beneath: 255 bytes a file name, 254 segments and no trailing dot in Azure Blobs, no leading
/// dot because folders hold hidden files of others (.DS_Store), and no character that a shell, a URL or Windows treats specially.
/// </remarks>
public static class StorePath
{
    public const int MaxLength = 512;
    public const int MaxSegmentLength = 200;
    public const int MaxSegments = 64;

    const string Rule =
        "Expected a relative path of at most 512 characters: 1 to 64 segments with '/' between them, each of 1 to 200 characters " +
        "from A-Z a-z 0-9 . _ = @ + - and neither beginning nor ending with a dot. Change the name that the path is made from.";

    static readonly SearchValues<char> allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._=@+-");

    /// <summary>Returns the path when it is valid.</summary>
    /// <exception cref="DataException">It is not; the message states the rule.</exception>
    public static string Check(string path) =>
        Fault(path, whole: true) is { } fault ? throw new DataException($"The store path {Quote(path)} is not valid: {fault}. {Rule}") : path;

    /// <summary>Returns the prefix when some valid path can begin with it. The empty prefix means everything.</summary>
    /// <exception cref="DataException">No valid path can begin with it; the message states the rule.</exception>
    public static string CheckPrefix(string prefix) =>
        prefix.Length > 0 && Fault(prefix, whole: false) is { } fault
            ? throw new DataException($"The store prefix {Quote(prefix)} is not valid: {fault}. {Rule}")
            : prefix;

    /// <summary>Whether the path is valid, for what others left in a store: it is no object and is passed over.</summary>
    public static bool IsValid(string path) => Fault(path, whole: true) is null;

    internal static bool IsSegment(string name) => SegmentFault(name, whole: true) is null;

    static string? Fault(string path, bool whole)
    {
        if (path.Length == 0)
        {
            return "it is empty";
        }

        if (path.Length > MaxLength)
        {
            return $"it has {path.Length} characters";
        }

        var number = 0;
        foreach (var range in path.AsSpan().Split('/'))
        {
            number++;
            var partial = !whole && range.End.GetOffset(path.Length) == path.Length;
            if (SegmentFault(path.AsSpan()[range], !partial) is { } fault)
            {
                return $"segment {number} {fault}";
            }
        }

        return number > MaxSegments ? $"it has {number} segments" : null;
    }

    static string? SegmentFault(ReadOnlySpan<char> segment, bool whole)
    {
        if (segment.Length == 0)
        {
            return whole ? "is empty" : null;
        }

        if (segment.Length > MaxSegmentLength)
        {
            return $"has {segment.Length} characters";
        }

        if (segment.IndexOfAnyExcept(allowed) is var bad and >= 0)
        {
            return $"has the character {Quote(segment.Slice(bad, 1).ToString())}";
        }

        return segment[0] == '.' ? "begins with a dot" : whole && segment[^1] == '.' ? "ends with a dot" : null;
    }

    // What was found may hold anything: it is shortened and its control characters are made visible.
    static string Quote(string text)
    {
        var shown = text.Length <= 80 ? text : text[..77] + "...";
        return "\"" + string.Concat(shown.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString())) + "\"";
    }
}
