using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice.Embedded.Tests.Host;

/// <summary>The public and protected surface of an assembly, one line a member, in the form in which Microsoft's was written down.</summary>
static class PublicSurface
{
    const BindingFlags declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static readonly NullabilityInfoContext nullability = new();

    public static IEnumerable<string> Of(Assembly assembly, params string[] prefixes) => assembly.GetTypes()
        .Where(t => IsVisible(t) && prefixes.Any(p => t.Namespace?.StartsWith(p, StringComparison.Ordinal) == true))
        .SelectMany(Lines).Distinct().Order(StringComparer.Ordinal);

    static IEnumerable<string> Lines(Type type)
    {
        var name = Name(type);
        yield return $"{name} = {Shape(type)}";
        foreach (var implemented in type.GetInterfaces().Where(i => i.IsVisible))
        {
            yield return $"{name} implements {Name(implemented)}";
        }

        if (type.IsEnum)
        {
            foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
            {
                yield return $"{name}.{field.Name} = {field.GetRawConstantValue()}";
            }

            yield break;
        }

        if (type.GetCustomAttribute<AttributeUsageAttribute>(false) is { } usage)
        {
            yield return $"{name} usage {usage.ValidOn} multiple={usage.AllowMultiple} inherited={usage.Inherited}";
        }

        foreach (var line in Members(type, name))
        {
            yield return line;
        }
    }

    static IEnumerable<string> Members(Type type, string name) =>
    [
        .. type.GetConstructors(declared).Where(c => !c.IsStatic && IsSeen(c)).Select(c => $"{name}{Access(c)}({Parameters(c)})"),
        .. type.GetMethods(declared).Where(m => IsSeen(m) && !m.IsSpecialName && !m.Name.Contains('<', StringComparison.Ordinal))
            .Select(m => $"{name}.{m.Name}{Generics(m)}({Parameters(m)}) : {Annotated(m.ReturnParameter)}{Access(m)}{Virtual(m)}"),
        .. type.GetMethods(declared).Where(m => IsSeen(m) && m.IsSpecialName && m.Name.StartsWith("op_", StringComparison.Ordinal))
            .Select(m => $"{name}.{m.Name}({Parameters(m)}) : {Name(m.ReturnType)}"),
        .. type.GetProperties(declared).Where(p => Seen(p.GetMethod) is not null || Seen(p.SetMethod) is not null).Select(p => Property(p, name)),
        .. type.GetFields(declared).Where(f => f.IsPublic || f.IsFamily)
            .Select(f => $"{name}.{f.Name} : {Name(f.FieldType)} field{(f.IsLiteral ? " const" : f.IsInitOnly ? " readonly" : "")}"),
    ];

    static string Shape(Type type)
    {
        var isDelegate = typeof(Delegate).IsAssignableFrom(type);
        var kind = type.IsEnum ? "enum" : type.IsValueType ? "struct" : type.IsInterface ? "interface" : isDelegate ? "delegate" : "class";
        var modifier = type.IsInterface || type.IsValueType || isDelegate ? ""
            : type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        var isPlain = type.BaseType is null || type.BaseType == typeof(object) || type.BaseType == typeof(ValueType) || type.BaseType == typeof(Enum)
            || type.BaseType == typeof(MulticastDelegate);
        return modifier + kind + (isPlain ? "" : " : " + Name(type.BaseType!));
    }

    static string Property(PropertyInfo property, string name)
    {
        var get = Seen(property.GetMethod);
        var set = Seen(property.SetMethod);
        var isInit = set?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        var type = Mark(() => nullability.Create(property), property.PropertyType);
        return $"{name}.{property.Name} : {type} {{{(get is null ? "" : $" get{Access(get)};")}"
            + $"{(set is null ? "" : $" {(isInit ? "init" : "set")}{Access(set)};")} }}{Virtual((get ?? set)!)}";
    }

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
        (p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : p.IsOut ? "out " : p.ParameterType.IsByRef ? "ref " : "")
        + $"{Annotated(p)} {p.Name}{(p.HasDefaultValue ? " = " + (p.RawDefaultValue?.ToString() ?? "default") : "")}"));

    static string Annotated(ParameterInfo parameter) => Mark(() => nullability.Create(parameter), parameter.ParameterType);

    static string Mark(Func<NullabilityInfo> read, Type type)
    {
        try
        {
            var found = read();
            return Name(type) + (!type.IsValueType && (found.ReadState == NullabilityState.Nullable || found.WriteState == NullabilityState.Nullable) ? "?" : "");
        }
        // Reflection cannot read the annotations of some compiler-made members.
        catch (Exception e) when (e is NullReferenceException or ArgumentException or InvalidOperationException)
        {
            return Name(type);
        }
    }

    static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        var name = (type.IsNested ? Name(type.DeclaringType!) + "." : type.Namespace is null ? "" : type.Namespace + ".") + type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(",", type.GetGenericArguments().Select(Name))}>" : name;
    }

    static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(",", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    static string Virtual(MethodInfo method) => method.IsStatic ? " static" : method.DeclaringType!.IsInterface ? ""
        : method.IsAbstract ? " abstract" : method.IsVirtual && !method.IsFinal ? method.GetBaseDefinition() == method ? " virtual" : " override" : "";

    static string Access(MethodBase method) => method.IsPublic ? "" : " protected";

    static MethodInfo? Seen(MethodInfo? method) => method is not null && IsSeen(method) ? method : null;

    static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    static bool IsVisible(Type type) =>
        type.IsNested ? (type.IsNestedPublic || type.IsNestedFamily) && IsVisible(type.DeclaringType!) : type.IsPublic;
}
