namespace DurableTask.Core.Exceptions;

/// <summary>
/// An instance with the asked id is live. Upstream: Azure/durabletask@52170329 src/DurableTask.Core/Exceptions/OrchestrationAlreadyExistsException.cs
/// (Microsoft's client throws this type of the package that it depends on, so an app that catches it must find it here).
/// </summary>
public class OrchestrationAlreadyExistsException : InvalidOperationException
{
    public OrchestrationAlreadyExistsException()
    {
    }

    public OrchestrationAlreadyExistsException(string message)
        : base(message)
    {
    }

    public OrchestrationAlreadyExistsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
