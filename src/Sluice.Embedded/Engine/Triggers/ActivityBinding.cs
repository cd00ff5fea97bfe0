using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Embedded.Durable;

namespace Sluice.Embedded;

/// <summary>ActivityTrigger: the input, read anew from JSON for every delivery.</summary>
sealed class ActivityBinding(ActivityTriggerAttribute attribute, string functionName) : TriggerBinding
{
    internal const string InstanceId = "instanceId";

    internal override string Type => "activityTrigger";

    internal override string TriggerTypes => "any type that JSON can be read into";

    internal override string OtherParameters => base.OtherParameters + ", string instanceId";

    /// <summary>The name under which orchestrators call it.</summary>
    internal string TaskName { get; } = attribute.Activity ?? functionName;

    internal override ParameterBinder? BindTrigger(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        return type.IsByRef || type == typeof(TaskActivityContext) || typeof(Delegate).IsAssignableFrom(type) || typeof(Stream).IsAssignableFrom(type)
            ? null
            : Constant(i => i.Services.GetRequiredService<DataConverter>().Deserialize(((ActivityInvocation)i.Trigger).Input, type));
    }

    internal override ParameterBinder? BindOther(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(string) && string.Equals(parameter.Name, InstanceId, StringComparison.OrdinalIgnoreCase)
        && !parameter.IsDefined(typeof(BindingAttribute))
            ? Constant(static i => ((ActivityInvocation)i.Trigger).InstanceId)
            : null;
}
