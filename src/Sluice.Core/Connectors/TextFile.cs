namespace Sluice.Connectors;

/// <summary>Bytes on their way to a file that is there, and empty. The buffer is written whenever it is full, so memory does not depend on the rows.</summary>
sealed class TextFile(string file) : IDisposable
{
    readonly FileStream stream = new(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    readonly byte[] buffer = new byte[1 << 18];
    int used;

    public void Add(byte value)
    {
        if (used == buffer.Length)
        {
            Flush();
        }

        buffer[used++] = value;
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > buffer.Length - used)
        {
            Flush();
            if (bytes.Length > buffer.Length)
            {
                stream.Write(bytes);
                return;
            }
        }

        bytes.CopyTo(buffer.AsSpan(used));
        used += bytes.Length;
    }

    /// <summary>Everything is on the disk afterwards, so that a name never appears before its content, even after a power cut.</summary>
    public void Finish()
    {
        Flush();
        stream.Flush(flushToDisk: true);
    }

    public void Dispose() => stream.Dispose();

    void Flush()
    {
        stream.Write(buffer.AsSpan(0, used));
        used = 0;
    }
}
