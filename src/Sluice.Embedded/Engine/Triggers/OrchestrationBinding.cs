using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Sluice.Embedded;

/// <summary>OrchestrationTrigger: the context, and at most one parameter more that receives the input.</summary>
sealed class OrchestrationBinding(OrchestrationTriggerAttribute attribute, string functionName) : TriggerBinding
{
    internal override string Type => "orchestrationTrigger";

    internal override string TriggerTypes => "TaskOrchestrationContext";

    internal override string OtherParameters => "FunctionContext, and one parameter for the input (no clients, no CancellationToken: an orchestrator is replayed)";

    internal override bool AllowsCancellation => false;

    internal override bool AllowsClient => false;

    /// <summary>The name under which it is started.</summary>
    internal string TaskName { get; } = attribute.Orchestration ?? functionName;

    internal override ParameterBinder? BindTrigger(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(TaskOrchestrationContext) ? Constant(static i => i.Trigger) : null;

    internal override ParameterBinder? BindOther(ParameterInfo parameter)
    {
        if (!IsInput(parameter))
        {
            return null;
        }

        var read = typeof(OrchestrationBinding).GetMethod(nameof(ReadInput), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(parameter.ParameterType).CreateDelegate<Func<Invocation, object?>>();
        return Constant(read);
    }

    internal override IEnumerable<string> Problems(MethodInfo method)
    {
        string[] inputs = [.. method.GetParameters().Where(IsInput).Select(p => $"'{p.Name}'")];
        if (inputs.Length > 1)
        {
            yield return $"the parameters {string.Join(", ", inputs)} would all receive the input; expected at most one. Put them into one record.";
        }
    }

    static bool IsInput(ParameterInfo parameter) =>
        !parameter.GetCustomAttributes().Any(CommonBinders.IsBinding)
        && parameter.ParameterType != typeof(FunctionContext) && parameter.ParameterType != typeof(CancellationToken) && !parameter.ParameterType.IsByRef;

    static object? ReadInput<T>(Invocation invocation) => ((TaskOrchestrationContext)invocation.Trigger).GetInput<T>();
}
