using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Sluice.Embedded;

/// <summary>TimerTrigger.</summary>
sealed class TimerBinding(TimerTriggerAttribute attribute, string functionName, BindingSources sources) : TriggerBinding
{
    internal override string Type => "timerTrigger";

    internal override string TriggerTypes => "TimerInfo";

    internal Schedule Schedule { get; } = Schedule.Parse(sources.Settings.Resolve(attribute.Schedule));

    internal bool RunOnStartup => attribute.RunOnStartup;

    internal bool UseMonitor => attribute.UseMonitor;

    internal string FunctionName => functionName;

    internal override IEnumerable<string> Problems(MethodInfo method)
    {
        if (sources.Settings.Find("WEBSITE_TIME_ZONE") is { Length: > 0 } zone && zone is not ("UTC" or "Etc/UTC"))
        {
            yield return $"WEBSITE_TIME_ZONE is '{zone}'; schedules are in UTC here, as on Azure's Flex Consumption plan. Remove the setting and write the schedule in UTC.";
        }
    }

    internal override ParameterBinder? BindTrigger(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(TimerInfo) ? Constant(static i => i.Trigger) : null;
}
