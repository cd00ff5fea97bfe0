using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Connectors;
using Sluice.Pipelines;
using Sluice.Steps;

namespace Sluice;

/// <summary>What a capability is in a pipeline.</summary>
public enum CapabilityKind
{
    Source,
    Step,
    Sink,
}

/// <summary>One option of a source, step or sink.</summary>
/// <param name="Name">As in <c>config</c>.</param>
/// <param name="Type">In words: <c>whole number</c>, <c>list of text</c>, <c>drop | keep</c>.</param>
/// <param name="Default">Value when it is not given; null when it is required or there is none.</param>
/// <param name="Required">Whether it must be given.</param>
/// <param name="Range">Allowed values in words, or null.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Options">Options of a nested mapping.</param>
public sealed record OptionInfo(string Name, string Type, string? Default, bool Required, string? Range, string Summary, IReadOnlyList<OptionInfo> Options);

/// <summary>A source, step or sink that a pipeline can use.</summary>
/// <param name="Type">Its name in a pipeline.</param>
/// <param name="Aliases">Other names that are accepted.</param>
/// <param name="Kind">Where it may stand.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Options">Its options, in the order of their declaration.</param>
public sealed record CapabilityInfo(string Type, IReadOnlyList<string> Aliases, CapabilityKind Kind, string Summary, IReadOnlyList<OptionInfo> Options);

/// <summary>Every source, step and sink there is, found by their attributes.</summary>
public sealed partial class Catalog
{
    // That its own classes can be configured is held by a test: looking into all of their options would be most of the start of a process.
    static readonly Lazy<Catalog> Standard = new(() => new Catalog(typeof(Catalog).Assembly.GetTypes(), areOptionsChecked: false));

    readonly ConcurrentDictionary<Assembly, Documentation> documentation = new();
    readonly ConcurrentDictionary<Entry, CapabilityInfo> described = new();
    readonly Lazy<IReadOnlyList<CapabilityInfo>> all;

    // A source and a sink may share a name (csv reads and csv writes): where it stands says which is meant.
    readonly Dictionary<(CapabilityKind Kind, string Name), Entry> entries = [];

    Catalog(IEnumerable<Type> types, bool areOptionsChecked)
    {
        var refusals = new List<string>();
        foreach (var type in types.OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            if (type.GetCustomAttribute<CapabilityAttribute>(inherit: false) is { } attribute)
            {
                refusals.AddRange(Refusals(type, attribute, areOptionsChecked).Select(why => $"{type.Name}: {why}."));
                Add(type, attribute, refusals);
            }
        }

        if (refusals.Count > 0)
        {
            throw new DataException("The catalogue cannot be built. " + string.Join(' ', refusals));
        }

        all = new(() => [.. entries.Values.Distinct().Select(entry => described.GetOrAdd(entry, Describe)).OrderBy(i => i.Kind).ThenBy(i => i.Type, StringComparer.Ordinal)]);
    }

    /// <summary>What comes with Sluice.</summary>
    public static Catalog Default => Standard.Value;

    /// <summary>Sources, then steps, then sinks, by name.</summary>
    public IReadOnlyList<CapabilityInfo> All => all.Value;

    /// <summary>Everything in these assemblies.</summary>
    /// <exception cref="DataException">Two classes have one name, or a class cannot be configured; lists all of them.</exception>
    public static Catalog Of(params Assembly[] assemblies) => Of(assemblies.SelectMany(a => a.GetTypes()));

    internal static Catalog Of(IEnumerable<Type> types) => new(types, areOptionsChecked: true);

    /// <summary>By name or alias; null when there is none.</summary>
    public CapabilityInfo? Find(CapabilityKind kind, string type) =>
        entries.TryGetValue((kind, type), out var entry) ? described.GetOrAdd(entry, Describe) : null;

    /// <summary>By name or alias, whatever its kind; of a source and a sink with one name, the source.</summary>
    public CapabilityInfo? Find(string type) => KindsOf(type) is [var kind, ..] ? Find(kind, type) : null;

    /// <summary>Kinds that have this name or alias.</summary>
    public IReadOnlyList<CapabilityKind> KindsOf(string type) => [.. Enum.GetValues<CapabilityKind>().Where(kind => entries.ContainsKey((kind, type)))];

    /// <summary>Names and aliases of all.</summary>
    internal IReadOnlyCollection<string> Names => [.. entries.Keys.Select(key => key.Name).Distinct()];

    /// <summary>Type of the options record, or null when it has none.</summary>
    /// <exception cref="DataException">No such type.</exception>
    public Type? OptionsOf(CapabilityKind kind, string type) => Get(kind, type).Options;

    /// <summary>A source, step or sink from options that are already bound.</summary>
    /// <param name="kind">Which of them.</param>
    /// <param name="type">Name or alias.</param>
    /// <param name="options">An instance of <see cref="OptionsOf"/>, or null when it has none.</param>
    /// <exception cref="DataException">No such type, or other options than it takes.</exception>
    public object Create(CapabilityKind kind, string type, object? options)
    {
        var entry = Get(kind, type);
        if (options?.GetType() != entry.Options)
        {
            throw new DataException($"'{type}' takes {entry.Options?.FullName ?? "no options"}; it was given {options?.GetType().FullName ?? "none"}.");
        }

        try
        {
            return entry.Constructor.Invoke(options is null ? [] : [options]);
        }
        catch (TargetInvocationException error) when (error.InnerException is ArgumentException or DataException or PipelineException)
        {
            throw new DataException($"'{type}' refuses its options: {error.InnerException.Message}", error.InnerException);
        }
    }

    /// <summary>As <see cref="Create"/>, from options as YAML or JSON, checked as those of a pipeline are.</summary>
    /// <param name="kind">Which of them.</param>
    /// <param name="type">Name or alias.</param>
    /// <param name="config">What stands under <c>config</c>.</param>
    /// <param name="fileName">Name of the text for messages.</param>
    /// <exception cref="DataException">No such type, or it refuses the options.</exception>
    /// <exception cref="PipelineException">Every problem of the options, with its place.</exception>
    public object Configure(CapabilityKind kind, string type, string config, string? fileName = null)
    {
        var entry = Get(kind, type);
        var problems = new ProblemList(fileName);
        var node = YamlReader.Read(config, problems);
        problems.ThrowIfAny();
        var options = BindOptions(kind, entry.Name, node, node ?? new YamlMap(1, 1), new OptionBinder(problems), problems, null);
        problems.ThrowIfAny();
        return Create(kind, type, options);
    }

    internal object? BindOptions(
        CapabilityKind kind, string type, YamlNode? node, YamlNode at, OptionBinder binder, ProblemList problems, long? seed, int? splits = null, JsonObject? more = null)
    {
        var entry = Get(kind, type);
        if (entry.Options is null)
        {
            if (node is not (null or YamlMap { Entries.Count: 0 } or YamlScalar { IsNull: true }))
            {
                problems.Add(node, $"{type} has no options. Remove 'config'.");
            }

            return null;
        }

        // A seed or a number of folds of the pipeline is the default of every step that has one of its own.
        var defaults = more ?? [];
        foreach (var (name, value) in new[] { ("seed", seed), ("random_state", seed), ("n_splits", splits) })
        {
            if (value is not null && OptionType.Of(entry.Options).Fields.Any(f => f.Name == name && f.Type.Kind == OptionKind.Whole))
            {
                defaults[name] = value;
            }
        }

        return binder.Bind(node, at, entry.Options, type, defaults.Count > 0 ? defaults : null);
    }

    /// <summary>The class of a source, step or sink.</summary>
    internal Type ClassOf(CapabilityKind kind, string type) => Get(kind, type).Class;

    /// <summary>Whether it has an option of this name and kind.</summary>
    internal bool HasOption(CapabilityKind kind, string type, string option, OptionKind of) =>
        Get(kind, type).Options is { } options && OptionType.Of(options).Fields.Any(f => f.Name == option && f.Type.Kind == of);

    Entry Get(CapabilityKind kind, string type) => entries.TryGetValue((kind, type), out var entry)
        ? entry
        : throw new DataException($"There is no {kind.ToString().ToLowerInvariant()} '{YamlNode.Cut(type)}'."
            + ProblemList.Suggest(type, [.. entries.Keys.Where(key => key.Kind == kind).Select(key => key.Name)], "There are"));

    void Add(Type type, CapabilityAttribute attribute, List<string> refusals)
    {
        var constructor = type.GetConstructors() is [var only] ? only : null;
        if (constructor is null)
        {
            return;
        }

        var entry = new Entry(attribute.Type, attribute.Aliases, KindOf(attribute), type, constructor, constructor.GetParameters().FirstOrDefault()?.ParameterType);
        foreach (var name in attribute.Aliases.Prepend(attribute.Type))
        {
            var rivals = KindsOf(name).Where(kind => kind == entry.Kind || kind == CapabilityKind.Step || entry.Kind == CapabilityKind.Step);
            if (rivals.Any())
            {
                refusals.Add($"{type.Name}: the name '{name}' is already that of {entries[(rivals.First(), name)].Class.Name}.");
            }
            else
            {
                entries[(entry.Kind, name)] = entry;
            }
        }
    }

    static CapabilityKind KindOf(CapabilityAttribute attribute) => attribute switch
    {
        SourceAttribute => CapabilityKind.Source,
        SinkAttribute => CapabilityKind.Sink,
        _ => CapabilityKind.Step,
    };

    static IEnumerable<string> Refusals(Type type, CapabilityAttribute attribute, bool areOptionsChecked)
    {
        foreach (var name in attribute.Aliases.Prepend(attribute.Type).Where(name => !TypeName.IsMatch(name)))
        {
            yield return $"the name '{name}' is not of the form a-z, 0-9 and _";
        }

        var wanted = KindOf(attribute) switch { CapabilityKind.Source => typeof(Source), CapabilityKind.Sink => typeof(Sink), _ => typeof(Step) };
        if (type.IsAbstract || !wanted.IsAssignableFrom(type))
        {
            yield return $"it is not a class that derives from {wanted.Name}";
        }

        var constructors = type.GetConstructors();
        if (constructors.Length != 1)
        {
            yield return $"it has {constructors.Length} public constructors; one is expected";
            yield break;
        }

        var parameters = constructors[0].GetParameters();
        if (parameters.Length == 0)
        {
            yield break;
        }

        if (parameters.Length > 1 || parameters[0].ParameterType is not { Name: "Options" } options || options.DeclaringType != type)
        {
            yield return "its constructor takes something other than its nested Options record";
            yield break;
        }

        foreach (var refusal in areOptionsChecked ? OptionType.Of(options).Refusals("Options") : [])
        {
            yield return refusal;
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,63}$")]
    static partial Regex TypeName { get; }

    sealed record Entry(string Name, IReadOnlyList<string> Aliases, CapabilityKind Kind, Type Class, ConstructorInfo Constructor, Type? Options);
}
