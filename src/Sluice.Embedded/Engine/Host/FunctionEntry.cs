using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Sluice.Embedded;

/// <summary>Makes the value of one parameter for one call.</summary>
delegate ValueTask<object?> ParameterBinder(Invocation invocation);

/// <summary>One function of the app, checked and ready to be called.</summary>
sealed class FunctionEntry(string name, MethodInfo method, TriggerBinding trigger, FunctionDefinition definition, ParameterBinder[] binders)
{
    readonly FunctionCall call = new(method);

    internal string Name => name;

    internal TriggerBinding Trigger => trigger;

    internal FunctionDefinition Definition => definition;

    internal async ValueTask<object?> CallAsync(Invocation invocation)
    {
        var arguments = binders.Length == 0 ? [] : new object?[binders.Length];
        for (var i = 0; i < binders.Length; i++)
        {
            arguments[i] = await binders[i](invocation);
        }

        return await call.InvokeAsync(invocation, arguments);
    }
}
