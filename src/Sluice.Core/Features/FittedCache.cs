using Sluice.Steps;

namespace Sluice.Features;

/// <summary>Makes what Apply looks things up in once for all batches: parameters can be large, and are the same for each of them.</summary>
sealed class FittedCache<T>(Func<Fitted, T> build)
    where T : class
{
    readonly Lock gate = new();
    (byte[] Json, T Value)? last;

    public T Of(Fitted fitted)
    {
        lock (gate)
        {
            if (last is not { } known || !known.Json.AsSpan().SequenceEqual(fitted.Json))
            {
                last = (fitted.Json, build(fitted));
            }

            return last.Value.Value;
        }
    }
}
