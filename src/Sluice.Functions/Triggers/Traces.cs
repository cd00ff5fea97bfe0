using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;

namespace Sluice.Functions.Triggers;

/// <summary>Which trace a function call belongs to.</summary>
static class Traces
{
    /// <summary>Its id, 32 hex digits; null: there is none, because telemetry is off and the caller named none.</summary>
    public static string? Of(FunctionContext context) =>
        Activity.Current?.TraceId.ToHexString()
        ?? (ActivityContext.TryParse(context.TraceContext.TraceParent, null, out var caller) ? caller.TraceId.ToHexString() : null);
}
