namespace Microsoft.DurableTask;

/// <summary>How an orchestration restarts itself. Upstream: microsoft/durabletask-dotnet src/Abstractions/ContinueAsNewOptions.cs, 1.25.0.</summary>
public class ContinueAsNewOptions
{
    public object? NewInput { get; set; }
    public bool PreserveUnprocessedEvents { get; set; } = true;
    public string? NewVersion { get; set; }
}
