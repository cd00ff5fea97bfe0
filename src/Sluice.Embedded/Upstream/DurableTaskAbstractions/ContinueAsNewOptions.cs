namespace Microsoft.DurableTask;

/// <summary>How an orchestration restarts itself. Upstream: microsoft/durabletask-dotnet@c3d5d87a src/Abstractions/ContinueAsNewOptions.cs.</summary>
public class ContinueAsNewOptions
{
    public object? NewInput { get; set; }
    public bool PreserveUnprocessedEvents { get; set; } = true;
    public string? NewVersion { get; set; }
}
