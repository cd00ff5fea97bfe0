using System.Buffers;

namespace Sluice.Batches;

/// <summary>
/// Arrays of megabytes, lent again and again. What is returned is kept only until the next full collection: the pools of .NET keep some of each size for
/// good, which is hundreds of megabytes of these, and the stage that comes next needs them for others.
/// </summary>
sealed class LargeArrays<T> : ArrayPool<T>
{
    static readonly int Most = 4 * Environment.ProcessorCount;

    readonly List<WeakReference<T[]>> returned = [];

    LargeArrays()
    {
    }

    public static LargeArrays<T> Pool { get; } = new();

    /// <summary>An array of at least this length and at most about twice as long; its content is anything.</summary>
    public override T[] Rent(int minimumLength)
    {
        lock (returned)
        {
            returned.RemoveAll(array => !array.TryGetTarget(out _));
            var fitting = returned
                .Where(r => r.TryGetTarget(out var array) && array.Length >= minimumLength && array.Length / 2 <= minimumLength)
                .MinBy(r => r.TryGetTarget(out var array) ? array.Length : int.MaxValue);
            if (fitting is not null && fitting.TryGetTarget(out var found))
            {
                returned.Remove(fitting);
                return found;
            }
        }

        // Somewhat longer than asked for, so that the next one who needs a little more finds it long enough.
        return GC.AllocateUninitializedArray<T>((int)Math.Min(minimumLength + (minimumLength / 4L), Array.MaxLength));
    }

    public override void Return(T[] array, bool clearArray = false)
    {
        if (clearArray)
        {
            Array.Clear(array);
        }

        lock (returned)
        {
            if (returned.Count < Most)
            {
                returned.Add(new WeakReference<T[]>(array));
            }
        }
    }
}
