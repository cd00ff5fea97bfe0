using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Sluice.Embedded;

/// <summary>Parameters that any trigger allows, and the refusal of binding attributes that nobody knows.</summary>
static class CommonBinders
{
    internal static ParameterBinder? For(ParameterInfo parameter, TriggerBinding binding, out string? problem)
    {
        problem = null;
        if (binding.BindOther(parameter) is { } own)
        {
            return own;
        }

        if (UnknownAttribute(parameter) is { } unknown)
        {
            problem = $"parameter '{parameter.Name}' has '{unknown.GetType().Name}', which {binding.Type} does not support. Supported: {binding.OtherParameters}.";
            return null;
        }

        var type = parameter.ParameterType;
        return type == typeof(FunctionContext) ? TriggerBinding.Constant(static i => i)
            : type == typeof(CancellationToken) && binding.AllowsCancellation ? TriggerBinding.Constant(static i => i.CancellationToken)
            : null;
    }

    static Attribute? UnknownAttribute(ParameterInfo parameter) =>
        parameter.GetCustomAttributes().FirstOrDefault(a => a is BindingAttribute or InputConverterAttribute);
}
