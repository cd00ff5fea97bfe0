namespace Sluice.Batches;

static partial class ParquetFile
{
    /// <summary>
    /// DuckDB's dictionaries hold one value for 0.0 and -0.0, and one for all NaN. A column that has several of them is written without.
    /// Looks at all rows of a file together, so that the answer does not depend on how they are batched.
    /// </summary>
    internal sealed class DoubleBits(Schema schema)
    {
        readonly (long? Zero, long? NaN)[] seen = new (long?, long?)[schema.Count];
        bool several;

        /// <summary>Option for COPY; empty when dictionaries are safe.</summary>
        public string CopyOption => several ? ", DICTIONARY_SIZE_LIMIT 0" : "";

        public void Add(Batch batch)
        {
            for (var at = 0; at < seen.Length && !several; at++)
            {
                if (batch[at] is ValueColumn<double> numbers)
                {
                    Add(numbers.Values, ref seen[at]);
                }
            }
        }

        void Add(ReadOnlySpan<double> values, ref (long? Zero, long? NaN) known)
        {
            foreach (var value in values)
            {
                if (value == 0 || double.IsNaN(value))
                {
                    ref var before = ref value == 0 ? ref known.Zero : ref known.NaN;
                    var bits = BitConverter.DoubleToInt64Bits(value);
                    before ??= bits;
                    several |= before != bits;
                }
            }
        }
    }
}
