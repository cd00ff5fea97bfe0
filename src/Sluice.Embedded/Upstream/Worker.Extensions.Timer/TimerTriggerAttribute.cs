using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function on a schedule, in UTC.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e extensions/Worker.Extensions.Timer/src/TimerTriggerAttribute.cs.</remarks>
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    /// <summary>NCRONTAB with six fields (seconds first) or five, a time span such as <c>00:05:00</c>, or <c>%Setting%</c>.</summary>
    public string Schedule { get; } = schedule;

    /// <summary>Remember the last run on disk, so that runs missed while the host was down collapse to one late call.</summary>
    public bool UseMonitor { get; set; } = true;

    /// <summary>Also call the function when the host starts.</summary>
    public bool RunOnStartup { get; set; }
}
