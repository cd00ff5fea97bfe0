using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded;

/// <summary>Parameters that any trigger allows, and the refusal of binding attributes that nobody knows.</summary>
static class CommonBinders
{
    internal static ParameterBinder? For(ParameterInfo parameter, TriggerBinding binding, HostJson host, out string? problem)
    {
        problem = null;
        if (binding.BindOther(parameter) is { } own)
        {
            return own;
        }

        var attribute = parameter.GetCustomAttributes().FirstOrDefault(IsBinding);
        if (attribute is DurableClientAttribute client && binding.AllowsClient && parameter.ParameterType == typeof(DurableTaskClient))
        {
            problem = ProblemOf(client, host) is { } wrong ? $"parameter '{parameter.Name}': {wrong}" : null;
            return TriggerBinding.Constant(static i => i.Services.GetRequiredService<DurableEngine>().Client);
        }

        if (attribute is not null)
        {
            problem = $"parameter '{parameter.Name}' is '{parameter.ParameterType}' with '{attribute.GetType().Name}', which {binding.Type} does not support. "
                + $"Supported: {binding.OtherParameters}.";
            return null;
        }

        var type = parameter.ParameterType;
        return type == typeof(FunctionContext) ? TriggerBinding.Constant(static i => i)
            : type == typeof(CancellationToken) && binding.AllowsCancellation ? TriggerBinding.Constant(static i => i.CancellationToken)
            : null;
    }

    internal static bool IsBinding(Attribute attribute) => attribute is BindingAttribute or InputConverterAttribute;

    static string? ProblemOf(DurableClientAttribute client, HostJson host) =>
        client.ConnectionName is not null ? $"ConnectionName is '{client.ConnectionName}'; the embedded runtime has one store and no connections. Leave it out."
        : client.TaskHub is not null && !string.Equals(client.TaskHub, host.HubName, StringComparison.OrdinalIgnoreCase)
            ? $"TaskHub is '{client.TaskHub}'; the only hub here is '{host.HubName}' (hubName of host.json). Leave it out."
        : null;
}
