using System.Buffers;

namespace Sluice.Batches;

/// <summary>
/// Arrays of megabytes, lent again and again: a few of each size, however many threads lend them. The shared pool keeps some for every thread and core,
/// which is hundreds of megabytes of these.
/// </summary>
static class LargeArrays<T>
{
    public static ArrayPool<T> Pool { get; } = ArrayPool<T>.Create(1 << 27, 2 * Environment.ProcessorCount);
}
