using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Sluice.Pipelines;

/// <summary>Summaries from the XML documentation file that the compiler writes next to an assembly.</summary>
sealed partial class Documentation
{
    readonly Dictionary<string, XElement> members = new(StringComparer.Ordinal);

    public Documentation(Assembly assembly)
    {
        // A single-file application has no assembly location; its documentation lies beside it.
        var path = assembly.Location is { Length: > 0 } location
            ? Path.ChangeExtension(location, ".xml")
            : Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        if (!File.Exists(path))
        {
            return;
        }

        foreach (var member in XDocument.Load(path).Descendants("member"))
        {
            members[(string?)member.Attribute("name") ?? ""] = member;
        }
    }

    public string Of(Type type) => Text(members.GetValueOrDefault("T:" + Id(type))?.Element("summary"));

    /// <summary>Of a property; a positional record documents it as a parameter of the type.</summary>
    public string Of(MemberInfo member)
    {
        var type = Id(member.DeclaringType!);
        var own = Text(members.GetValueOrDefault($"{(member is FieldInfo ? 'F' : 'P')}:{type}.{member.Name}")?.Element("summary"));
        var parameters = members.GetValueOrDefault("T:" + type)?.Elements("param");
        return own.Length > 0 ? own : Text(parameters?.FirstOrDefault(p => (string?)p.Attribute("name") == member.Name));
    }

    static string Id(Type type) => (type.FullName ?? type.Name).Replace('+', '.');

    static string Text(XElement? element)
    {
        if (element is null)
        {
            return "";
        }

        foreach (var see in element.Descendants().ToList())
        {
            // <see cref="T:A.B"/>, <paramref name="x"/> and <see langword="null"/> are read as their last word.
            if (((string?)see.Attribute("cref") ?? (string?)see.Attribute("name") ?? (string?)see.Attribute("langword")) is { } target)
            {
                see.ReplaceWith(see.Value.Length > 0 ? see.Value : target[(target.LastIndexOfAny(['.', ':']) + 1)..]);
            }
        }

        return Spaces.Replace(element.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    static partial Regex Spaces { get; }
}
