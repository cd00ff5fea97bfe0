namespace Microsoft.Azure.Functions.Worker;

/// <summary>Which key an HTTP caller must show.</summary>
/// <remarks>Upstream: Azure/azure-functions-dotnet-worker@e704163e extensions/Worker.Extensions.Http/src/AuthorizationLevel.cs.</remarks>
public enum AuthorizationLevel
{
    /// <summary>None.</summary>
    Anonymous = 0,

    /// <summary>Obsolete in Azure; refused at start-up here.</summary>
    User = 1,

    /// <summary>The function key or the master key.</summary>
    Function = 2,

    /// <summary>Only the master key.</summary>
    System = 3,

    /// <summary>Only the master key.</summary>
    Admin = 4,
}
