namespace Sluice.Schemas;

/// <summary>The values of one column of a shard as UTF-8 text, where they lie in what was read. A struct, so that the loops over it are compiled for it.</summary>
public interface ICells
{
    int Rows { get; }

    /// <summary>False: the value is missing. The span holds until the next call.</summary>
    bool TryGet(int row, out ReadOnlySpan<byte> text);

    /// <summary>Types that a value of this row may be read as. A JSON string is never a number, whatever it holds.</summary>
    ValueKinds Kinds(int row);

    /// <summary>Reads a number that is no canonical integer.</summary>
    bool TryFloat64(ReadOnlySpan<byte> text, out double value);

    /// <summary>What the text of this row may look like, where it stays text.</summary>
    TextFormats Formats(int row, ReadOnlySpan<byte> text);
}
