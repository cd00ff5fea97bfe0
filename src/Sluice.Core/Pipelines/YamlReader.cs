using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sluice.Pipelines;

/// <summary>
/// Reads the part of YAML that a pipeline needs, with places. Anchors, aliases, tags, merge keys and several documents are refused:
/// nothing needs them, and expanding them is how a small file becomes a huge one.
/// </summary>
sealed class YamlReader
{
    public const int MaxChars = 1 << 20;
    const int MaxDepth = 32;
    const int MaxNodes = 100_000;
    const int MaxRepairs = 100;
    const string Limit = "limit: ";

    readonly ProblemList problems;
    readonly Parser parser;
    readonly EscapeRepair repair;
    int nodes;

    YamlReader(string text, EscapeRepair repair, ProblemList problems)
    {
        this.problems = problems;
        this.repair = repair;
        parser = new Parser(new StringReader(text));
    }

    /// <summary>The root, or null when the text is not YAML at all; what is wrong is in <paramref name="problems"/>.</summary>
    public static YamlNode? Read(string text, ProblemList problems)
    {
        if (text.Length > MaxChars)
        {
            problems.Add(1, 1, $"The file has {text.Length:N0} characters; a pipeline may have {MaxChars:N0}. Data belongs in the files that its source reads.");
            return null;
        }

        text = text.TrimStart('\uFEFF');
        var repair = new EscapeRepair();
        for (var attempt = 0; ; attempt++)
        {
            // Problems of an attempt that a bad escape ended would be found again by the next one.
            var found = new List<(int Line, int Column, string Message)>();
            var reader = new YamlReader(text, repair, problems) { report = found };
            try
            {
                var root = reader.ReadDocument();
                found.ForEach(p => problems.Add(p.Line, p.Column, p.Message));
                return root;
            }
            catch (YamlException error) when (attempt < MaxRepairs && repair.TryRepair(text, error) is { } repaired)
            {
                text = repaired.Text;
                if (repaired.IsCertain)
                {
                    problems.Warn(repaired.Line, repaired.Column, repaired.Message);
                }
                else
                {
                    problems.Add(repaired.Line, repaired.Column, repaired.Message);
                }
            }
            catch (YamlException error)
            {
                found.ForEach(p => problems.Add(p.Line, p.Column, p.Message));
                problems.Add((int)error.Start.Line, (int)error.Start.Column, Explain(error.Message));
                return null;
            }
            catch (InvalidOperationException)
            {
                // YamlDotNet 16.3 ends like this on a flow list that is still open when the next key comes: "a: [1" and then "b: 2".
                found.ForEach(p => problems.Add(p.Line, p.Column, p.Message));
                var (line, column) = reader.lastPlace;
                problems.Add(line, column, "This is not valid YAML: a '[' or '{' near here is never closed. Close it, or write one '- item' per line.");
                return null;
            }
        }
    }

    List<(int Line, int Column, string Message)> report = [];
    (int Line, int Column) lastPlace = (1, 1);
    bool hasAnchors;

    static string Explain(string message) => message switch
    {
        _ when message.StartsWith(Limit, StringComparison.Ordinal) => message[Limit.Length..],
        _ when message.Contains("tab", StringComparison.Ordinal) =>
            "This is not valid YAML: a tab is used to indent. Indent with spaces.",
        _ when message.Contains("plain scalar value, found invalid mapping", StringComparison.Ordinal)
            || message.Contains("invalid mapping", StringComparison.Ordinal) =>
            "This is not valid YAML: a second ': ' follows on one line. Put the text in single quotes: key: 'a: b'.",
        _ when message.Contains("quoted scalar, found unexpected end", StringComparison.Ordinal) =>
            "This is not valid YAML: this quote is never closed. Close it, or double a quote that belongs to the text.",
        _ => $"This is not valid YAML: {message.TrimEnd('.')}.",
    };

    YamlNode? ReadDocument()
    {
        Next();
        YamlNode? root = null;
        while (Next() is not StreamEnd)
        {
            if (parser.Current is not DocumentStart)
            {
                continue;
            }

            if (root is not null)
            {
                Report(parser.Current.Start, "A second document starts here ('---'). A file holds one pipeline: put the second in its own file.");
                return root;
            }

            Next();
            root = ReadNode(1);
        }

        return root;
    }

    ParsingEvent? Next()
    {
        parser.MoveNext();
        if (parser.Current is { } current)
        {
            lastPlace = ((int)current.Start.Line, (int)current.Start.Column);
        }

        return parser.Current;
    }

    void Report(Mark at, string message) => report.Add(((int)at.Line, (int)at.Column, message));

    YamlNode ReadNode(int depth)
    {
        var at = parser.Current!.Start;
        if (++nodes > MaxNodes || depth > MaxDepth)
        {
            // Ends the reading: what follows has the same problem.
            throw new SemanticErrorException(at, at, depth > MaxDepth
                ? $"{Limit}Values are nested more than {MaxDepth} deep here. No option of a pipeline needs that."
                : $"{Limit}The file has more than {MaxNodes:N0} values. Data belongs in the files that a source reads.");
        }

        CheckProperties(at);
        return parser.Current switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart => ReadList(at, depth),
            MappingStart => ReadMap(at, depth),
            _ => new YamlScalar((int)at.Line, (int)at.Column, "", plain: true, doubleQuoted: false),
        };
    }

    void CheckProperties(Mark at)
    {
        if (parser.Current is AnchorAlias alias)
        {
            ReportAnchor(at, $"'*{alias.Value}' is an alias. A pipeline may not use anchors and aliases: write the value out.");
        }
        else if (parser.Current is NodeEvent node)
        {
            if (!node.Anchor.IsEmpty)
            {
                ReportAnchor(at, $"'&{node.Anchor}' is an anchor. A pipeline may not use anchors and aliases: write each value out where it is used.");
            }

            if (!node.Tag.IsEmpty)
            {
                Report(at, $"'{node.Tag}' is a tag. A pipeline may not use tags: remove it; put quotes around a value that should be text.");
            }
        }
    }

    // The first stands for all: who uses one uses many, and a bomb is made of nothing else.
    void ReportAnchor(Mark at, string message)
    {
        if (!hasAnchors)
        {
            hasAnchors = true;
            Report(at, message);
        }
    }

    YamlScalar ReadScalar(Scalar scalar)
    {
        var at = scalar.Start;
        var value = repair.RealValue(at.Index) ?? scalar.Value;
        var doubleQuoted = scalar.Style == ScalarStyle.DoubleQuoted;
        if (doubleQuoted && value.AsSpan().IndexOfAny("\a\b\v\f\e") is var bad && bad >= 0)
        {
            Report(at, $"The text holds the control character U+{(int)value[bad]:X4}: in double quotes '\\b' and its like are control characters. "
                + "Put a regular expression in single quotes, where a backslash is a backslash.");
        }

        return new YamlScalar((int)at.Line, (int)at.Column, value, scalar.Style == ScalarStyle.Plain, doubleQuoted);
    }

    YamlList ReadList(Mark at, int depth)
    {
        var list = new YamlList((int)at.Line, (int)at.Column);
        while (Next() is not SequenceEnd)
        {
            list.Items.Add(ReadNode(depth + 1));
        }

        return list;
    }

    YamlMap ReadMap(Mark at, int depth)
    {
        var map = new YamlMap((int)at.Line, (int)at.Column);
        var known = new Dictionary<string, YamlScalar>(StringComparer.Ordinal);
        while (Next() is not MappingEnd)
        {
            var key = ReadNode(depth + 1);
            Next();
            var value = ReadNode(depth + 1);
            if (key is not YamlScalar name)
            {
                report.Add((key.Line, key.Column, $"A key must be a word; found {key.Found}."));
            }
            else if (name is { Plain: true, Value: "<<" })
            {
                report.Add((key.Line, key.Column, "'<<' merges another mapping. A pipeline may not use merge keys: write the values out."));
            }
            else if (known.TryGetValue(name.Value, out var first))
            {
                report.Add((key.Line, key.Column, $"'{YamlNode.Cut(name.Value)}' is given twice; the first is on line {first.Line}. Remove one."));
            }
            else
            {
                known[name.Value] = name;
                map.Entries.Add((name, value));
            }
        }

        return map;
    }
}
