namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a timer function is told.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e extensions/Worker.Extensions.Timer/src/TimerInfo.cs.</remarks>
public class TimerInfo
{
    /// <summary>Null when <see cref="TimerTriggerAttribute.UseMonitor"/> is off.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>True when this call was due earlier and the host was not there or was busy.</summary>
    public bool IsPastDue { get; set; }
}
