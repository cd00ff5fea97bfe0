using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;

namespace Sluice.Functions.Triggers;

/// <summary>Which trace a function call belongs to.</summary>
static class Traces
{
    /// <summary>Its id, 32 hex digits, as telemetry has it; null: it is off.</summary>
    public static string? Current => Activity.Current?.TraceId.ToHexString();

    /// <summary>Its id; when telemetry is off, the one that the caller named; null: nobody did.</summary>
    public static string? Of(FunctionContext context) =>
        Current ?? (ActivityContext.TryParse(context.TraceContext.TraceParent, null, out var caller) ? caller.TraceId.ToHexString() : null);
}
