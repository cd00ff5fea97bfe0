using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Sluice.Embedded;

/// <summary>What one kind of trigger allows a function to look like, and how it fills the parameters.</summary>
abstract class TriggerBinding
{
    /// <summary>The name of the kind in Azure's metadata, such as <c>httpTrigger</c>.</summary>
    internal abstract string Type { get; }

    /// <summary>The types that the trigger parameter may have, for messages.</summary>
    internal abstract string TriggerTypes { get; }

    /// <summary>What other parameters may be, for messages.</summary>
    internal virtual string OtherParameters => "FunctionContext, CancellationToken, [DurableClient] DurableTaskClient";

    /// <summary>Kind of the result in Azure's metadata; null when the result goes nowhere.</summary>
    internal virtual string? OutputType => null;

    /// <summary>False for orchestrators: they are never cancelled by a token.</summary>
    internal virtual bool AllowsCancellation => true;

    /// <summary>False for orchestrators: what a client answers would differ between replays.</summary>
    internal virtual bool AllowsClient => true;

    /// <summary>Null when the trigger parameter cannot have this type.</summary>
    internal abstract ParameterBinder? BindTrigger(ParameterInfo parameter);

    /// <summary>Null when this kind of trigger has nothing for a parameter without a binding attribute.</summary>
    internal virtual ParameterBinder? BindOther(ParameterInfo parameter) => null;

    /// <summary>Says everything else that is wrong with the function: its route, schedule, result.</summary>
    internal virtual IEnumerable<string> Problems(MethodInfo method) => [];

    internal static ParameterBinder Constant(Func<Invocation, object?> value) => invocation => ValueTask.FromResult(value(invocation));

    internal static TriggerBinding? For(TriggerBindingAttribute attribute, string functionName, BindingSources sources) => attribute switch
    {
        HttpTriggerAttribute http => new HttpBinding(http, functionName, sources),
        TimerTriggerAttribute timer => new TimerBinding(timer, functionName, sources),
        BlobTriggerAttribute blob => new BlobBinding(blob, sources),
        OrchestrationTriggerAttribute orchestration => new OrchestrationBinding(orchestration, functionName),
        ActivityTriggerAttribute activity => new ActivityBinding(activity, functionName),
        _ => null,
    };
}

/// <summary>What bindings need of the app while they are planned: its settings and host.json.</summary>
sealed record BindingSources(AppSettings Settings, HostJson Host);
