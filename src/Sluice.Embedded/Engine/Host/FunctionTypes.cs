using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.Azure.Functions.Worker;

namespace Sluice.Embedded;

/// <summary>The classes that hold the functions of an app. Register one as a service to choose them yourself, as tests do.</summary>
public sealed record FunctionTypes(IReadOnlyList<Type> Types)
{
    static readonly string runtimeName = typeof(FunctionTypes).Assembly.GetName().Name!;

    /// <summary>The classes of these assemblies that have a method with [Function].</summary>
    public static FunctionTypes In(params Assembly[] assemblies) =>
        new([.. assemblies.SelectMany(a => a.GetTypes()).Where(t => t.IsClass && HasFunction(t)).OrderBy(t => t.FullName, StringComparer.Ordinal)]);

    /// <summary>The entry assembly and those that it references, directly or not, if they use this runtime.</summary>
    internal static FunctionTypes Discover(string? names)
    {
        if (names is not null)
        {
            return In([.. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Load)]);
        }

        if (Assembly.GetEntryAssembly() is not { } entry)
        {
            throw new NotSupportedException(
                "There is no entry assembly to look for functions in. Set Sluice:Assemblies to the names of the assemblies, divided by commas.");
        }

        var found = new Dictionary<string, Assembly>(StringComparer.OrdinalIgnoreCase);
        Collect(entry, found, isEntry: true);
        return In([.. found.Values]);
    }

    static Assembly Load(string name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            throw new NotSupportedException($"Sluice:Assemblies names '{name}', which cannot be loaded: {e.Message}", e);
        }
    }

    static void Collect(Assembly assembly, Dictionary<string, Assembly> found, bool isEntry)
    {
        var references = assembly.GetReferencedAssemblies();
        if (references.Any(r => r.Name == runtimeName))
        {
            found[assembly.GetName().Name!] = assembly;
        }
        else if (!isEntry)
        {
            return;
        }

        foreach (var reference in references)
        {
            if (reference.Name is { } name && name != runtimeName && !found.ContainsKey(name) && UsesRuntime(name))
            {
                Collect(Assembly.Load(reference), found, isEntry: false);
            }
        }
    }

    // Reads the reference table from the file: loading every library of an app to look into it would double the time to start.
    static bool UsesRuntime(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, name + ".dll");
        if (!File.Exists(path))
        {
            return false;
        }

        using var file = new PEReader(File.OpenRead(path));
        if (!file.HasMetadata)
        {
            return false;
        }

        var metadata = file.GetMetadataReader();
        return metadata.AssemblyReferences.Any(r => metadata.StringComparer.Equals(metadata.GetAssemblyReference(r).Name, runtimeName));
    }

    static bool HasFunction(Type type) => Methods(type).Any(m => m.IsDefined(typeof(FunctionAttribute), inherit: false));

    // Also methods that are not public: they are refused by name rather than overlooked.
    internal static MethodInfo[] Methods(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly);
}
