namespace Sluice.Steps;

/// <summary>
/// A mergeable summary of rows. <see cref="Merge"/> must be associative and commutative to the byte: the result may not
/// depend on batch size, order or parallelism. So no floating-point sums: use <see cref="ExactSum"/>.
/// </summary>
public abstract class State
{
    public abstract void Merge(State other);

    /// <summary>Canonical bytes: equal states write equal bytes, so dictionaries are written in sorted order.</summary>
    public abstract void Write(BinaryWriter writer);

    /// <summary>Fills a fresh state with what <see cref="Write"/> wrote.</summary>
    public abstract void Read(BinaryReader reader);

    public byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        Write(writer);
        writer.Flush();
        return buffer.ToArray();
    }

    public void FromBytes(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        Read(reader);
    }
}
