using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Sluice.Embedded;

/// <summary>Checks one method and plans how each of its parameters is filled.</summary>
sealed partial class FunctionPlan
{
    readonly List<string> problems = [];

    internal FunctionPlan(string name, MethodInfo method, BindingSources sources)
    {
        Where = $"Function '{name}' ({method.DeclaringType!.FullName}.{method.Name})";
        CheckShape(name, method);
        if (FindTrigger(name, method, sources) is not var (parameter, attribute, binding))
        {
            return;
        }

        // Asked at the same time by two hosts of a process, reflection gives each objects of its own for one parameter: their places tell.
        ParameterBinder?[] binders = [.. method.GetParameters().Select(p => p.Position == parameter.Position ? BindTrigger(p, binding) : BindOther(p, binding, sources.Host))];
        problems.AddRange(binding.Problems(method).Select(p => $"{Where}: {p}"));
        if (problems.Count == 0)
        {
            Entry = new FunctionEntry(name, method, binding, new Definition(name, method, parameter, attribute, binding), binders!);
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,127}$")]
    private static partial Regex NameRule();

    internal string Where { get; }

    internal IReadOnlyList<string> Problems => problems;

    /// <summary>Null when there are problems.</summary>
    internal FunctionEntry? Entry { get; }

    void CheckShape(string name, MethodInfo method)
    {
        if (!NameRule().IsMatch(name))
        {
            Add($"the name '{name}' is not allowed; expected a letter, then letters, digits, '-' or '_', at most 128 in all.");
        }

        var type = method.DeclaringType!;
        if (!method.IsPublic || !type.IsVisible)
        {
            Add("the method or its class is not public; Azure's worker calls public methods of public classes only.");
        }

        if (method.IsGenericMethodDefinition || type.ContainsGenericParameters || (type.IsAbstract && !method.IsStatic))
        {
            Add("the method or its class is generic or abstract; expected a plain class with a plain method.");
        }

        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
        {
            Add("it is 'async void', so nobody can tell when it ends; return Task.");
        }

        if (method.GetCustomAttributes<BindingAttribute>().FirstOrDefault() is { } output)
        {
            Add($"the attribute '{output.GetType().Name}' on the method is not supported. There are no output bindings here: write the result with a client.");
        }
    }

    (ParameterInfo, TriggerBindingAttribute, TriggerBinding)? FindTrigger(string name, MethodInfo method, BindingSources sources)
    {
        (ParameterInfo Parameter, TriggerBindingAttribute Attribute)[] triggers =
            [.. method.GetParameters().SelectMany(p => p.GetCustomAttributes<TriggerBindingAttribute>().Select(a => (p, a)))];
        if (triggers.Length != 1)
        {
            Add($"it has {triggers.Length} triggers; expected exactly one parameter with HttpTrigger, TimerTrigger, BlobTrigger, OrchestrationTrigger or ActivityTrigger.");
            return null;
        }

        var (parameter, attribute) = triggers[0];
        try
        {
            if (TriggerBinding.For(attribute, name, sources) is { } binding)
            {
                return (parameter, attribute, binding);
            }

            Add($"parameter '{parameter.Name}' has the trigger '{attribute.GetType().Name}', which is not supported. "
                + "Supported: HttpTrigger, TimerTrigger, BlobTrigger, OrchestrationTrigger, ActivityTrigger.");
        }
        catch (NotSupportedException e)
        {
            Add($"parameter '{parameter.Name}': {e.Message}");
        }

        return null;
    }

    ParameterBinder? BindTrigger(ParameterInfo parameter, TriggerBinding binding)
    {
        if (binding.BindTrigger(parameter) is { } binder)
        {
            return binder;
        }

        Add($"parameter '{parameter.Name}' is '{parameter.ParameterType}', which {binding.Type} cannot fill. Supported: {binding.TriggerTypes}.");
        return null;
    }

    ParameterBinder? BindOther(ParameterInfo parameter, TriggerBinding binding, HostJson host)
    {
        if (CommonBinders.For(parameter, binding, host, out var problem) is { } binder && problem is null)
        {
            return binder;
        }

        Add(problem ?? $"parameter '{parameter.Name}' is '{parameter.ParameterType}', which nothing fills for {binding.Type}. Supported: {binding.OtherParameters}.");
        return null;
    }

    void Add(string problem) => problems.Add($"{Where}: {problem}");
}
