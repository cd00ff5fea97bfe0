namespace Sluice.Embedding;

/// <summary>How many bits of a number are stored.</summary>
public enum VectorPrecision
{
    /// <summary>As the model gave it: 4 bytes.</summary>
    Float32,

    /// <summary>2 bytes, about 3 digits: the cosine of two vectors changes by less than 0.0005.</summary>
    Float16,

    /// <summary>1 byte and one scale a vector: the cosine of two vectors changes by less than 0.01.</summary>
    Int8,
}
