using Azure;
using Azure.Identity;

namespace Sluice.Functions.Storage;

/// <summary>Words the faults of Azure's storage services, and tells those that pass (retried) from those that need a person.</summary>
static class ServiceFaults
{
    const int GeneralIO = unchecked((int)0x80131620);

    public static async Task<T> GuardAsync<T>(string location, Func<Task<T>> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return await work();
        }
        catch (Exception e) when (IsOfService(e, cancellation))
        {
            throw Worded(location, e);
        }
    }

    /// <summary>The client library throws its own time-out as a cancellation, and all attempts of a request as one aggregate.</summary>
    public static bool IsOfService(Exception cause, CancellationToken cancellation) => cause switch
    {
        RequestFailedException or AuthenticationFailedException or HttpRequestException => true,
        IOException => !IsOfDisk(cause),
        OperationCanceledException => !cancellation.IsCancellationRequested,
        AggregateException aggregate => aggregate.InnerExceptions.All(inner => IsOfService(inner, cancellation)),
        _ => false,
    };

    /// <summary>Files fail with a number of the system, broken connections with the runtime's general one.</summary>
    public static bool IsOfDisk(Exception cause) => cause is UnauthorizedAccessException || (cause is IOException && cause.HResult != GeneralIO);

    public static Exception Worded(string location, Exception cause) => cause switch
    {
        RequestFailedException failed => Worded(location, failed),
        AuthenticationFailedException => new StoreException(
            $"The store in {location} refuses this identity: {FirstLine(cause)} Sign in, or give the app a managed identity, and run again.", cause),
        _ => new TransientException($"The store in {location} does not answer: {FirstLine(cause)}", cause),
    };

    static Exception Worded(string location, RequestFailedException failed) => (failed.Status, CodeOf(failed)) switch
    {
        (0, _) => new TransientException($"The store in {location} does not answer: {FirstLine(failed)}", failed),
        (408 or 429 or 500 or 502 or 503 or 504, _) or (_, "ContainerBeingDeleted" or "TableBeingDeleted" or "OperationTimedOut") =>
            new TransientException($"The store in {location} is busy: status {failed.Status} {CodeOf(failed)}.", failed),
        (_, "LeaseIdMissing" or "LeaseIdMismatchWithBlobOperation") => new TransientException(
            $"An object in {location} is leased by another program, which keeps it from being changed. It is tried again; break the lease if nobody needs it.", failed),
        (412, _) => new TransientException($"An object in {location} was replaced while it was read.", failed),
        (401 or 403, _) => new StoreException(
            $"The store in {location} refuses this identity: status {failed.Status} {CodeOf(failed)}. " +
            "Give it the role Storage Blob Data Contributor and Storage Table Data Contributor on the account, check the account's firewall, and " +
            "run again.",
            failed),
        (404, _) => new StoreException(
            $"The store in {location} does not exist: status 404 {CodeOf(failed)}. Create it, or correct its name in the settings.", failed),
        _ => new StoreException($"The store in {location} failed: status {failed.Status} {CodeOf(failed)}: {FirstLine(failed)}", failed),
    };

    // Answers without a body (HEAD, proxies) have it in a header only.
    static string CodeOf(RequestFailedException failed) =>
        failed.ErrorCode
        ?? (failed.GetRawResponse() is { } answer && answer.Headers.TryGetValue("x-ms-error-code", out var code) ? code : "without a code");

    // The library's messages go on with all headers.
    static string FirstLine(Exception cause) => cause.Message.Split('\n', 2)[0].TrimEnd();
}
