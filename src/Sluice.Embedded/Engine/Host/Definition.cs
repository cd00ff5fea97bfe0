using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Sluice.Embedded;

/// <summary>What middleware may read about a function; the names are those of Azure's function metadata.</summary>
sealed class Definition(string name, MethodInfo method, ParameterInfo trigger, TriggerBindingAttribute attribute, TriggerBinding binding) : FunctionDefinition
{
    public override string Name => name;

    public override string EntryPoint { get; } = $"{method.DeclaringType!.FullName}.{method.Name}";

    public override string PathToAssembly => method.Module.FullyQualifiedName;

    public override string Id { get; } = Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{method.Module.ScopeName}:{method.DeclaringType!.FullName}.{method.Name}:{name}")))[..16];

    public override ImmutableArray<FunctionParameter> Parameters { get; } = [.. method.GetParameters().Select(p => new FunctionParameter(
        p.Name ?? "", p.ParameterType, p.HasDefaultValue, p.HasDefaultValue ? p.DefaultValue : null, p == trigger
            ? ImmutableDictionary<string, object>.Empty.Add("bindingAttribute", attribute)
            : ImmutableDictionary<string, object>.Empty))];

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; } = Inputs(method, trigger, binding);

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; } = binding.OutputType is { } output
        ? ImmutableDictionary<string, BindingMetadata>.Empty.Add("$return", new Metadata("$return", output, BindingDirection.Out))
        : ImmutableDictionary<string, BindingMetadata>.Empty;

    static ImmutableDictionary<string, BindingMetadata> Inputs(MethodInfo method, ParameterInfo trigger, TriggerBinding binding)
    {
        var inputs = ImmutableDictionary<string, BindingMetadata>.Empty.Add(
            trigger.Name!, new Metadata(trigger.Name!, binding.Type, BindingDirection.In));
        foreach (var client in method.GetParameters().Where(p => p.IsDefined(typeof(DurableClientAttribute))))
        {
            inputs = inputs.Add(client.Name!, new Metadata(client.Name!, "durableClient", BindingDirection.In));
        }

        return inputs;
    }

    sealed class Metadata(string name, string type, BindingDirection direction) : BindingMetadata
    {
        public override string Name => name;

        public override string Type => type;

        public override BindingDirection Direction => direction;
    }
}
