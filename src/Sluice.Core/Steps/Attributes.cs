namespace Sluice.Steps;

/// <summary>Puts a class in the catalogue. The class has one public constructor that takes its nested <c>Options</c> record (or nothing).</summary>
public abstract class CapabilityAttribute(string type) : Attribute
{
    /// <summary>The name a pipeline uses: <c>type: filter</c>. Stored by users, so renaming is breaking.</summary>
    public string Type { get; } = type;

    /// <summary>Other names that are accepted.</summary>
    public string[] Aliases { get; init; } = [];
}

/// <summary>A <see cref="Step"/> or <see cref="StepGroup"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StepAttribute(string type) : CapabilityAttribute(type);

/// <summary>A <see cref="Connectors.Source"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SourceAttribute(string type) : CapabilityAttribute(type);

/// <summary>A <see cref="Connectors.Sink"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SinkAttribute(string type) : CapabilityAttribute(type);
