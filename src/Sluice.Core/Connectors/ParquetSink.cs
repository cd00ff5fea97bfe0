using System.ComponentModel.DataAnnotations;
using Sluice.Native;
using Sluice.Steps;

namespace Sluice.Connectors;

/// <summary>
/// Writes one Parquet file, rows in order, in row groups of 122,880. Types: BOOLEAN, BIGINT, DOUBLE, DATE, TIMESTAMP (microseconds, UTC),
/// VARCHAR. Names that differ only in case get a number, because most readers cannot tell them apart.
/// </summary>
[Sink("parquet", Aliases = ["parquet_sink", "export_parquet"])]
public sealed class ParquetSink(ParquetSink.Options options) : FileSink(options.FilePath, options.Overwrite, options.SplitBy)
{
    public sealed record Options
    {
        /// <summary>File to write, relative to the output folder, for example <c>out/rows.parquet</c>. Missing folders are made.</summary>
        [Required]
        public string FilePath { get; init; } = "";

        /// <summary>Replaces an existing file. When false, one with other content is an error.</summary>
        public bool Overwrite { get; init; } = true;

        /// <summary>Column with one file per value, named <c>rows-VALUE.parquet</c>; at most 1,000 values of letters, digits, dot, underscore, hyphen.</summary>
        public string? SplitBy { get; init; }

        /// <summary>Compression of pages: <c>zstd</c> (smallest), <c>snappy</c> or <c>none</c>.</summary>
        public ParquetCompression Compression { get; init; } = ParquetCompression.Zstd;
    }

    private protected override RowFile Create(string file, Schema schema) => new ParquetRows(file, schema, options.Compression);

    /// <summary>
    /// Collects the rows in a table of DuckDB, which spills to disk beyond its memory limit, and writes it at the end: only then are the
    /// row groups the same for any batching.
    /// </summary>
    sealed class ParquetRows : RowFile
    {
        readonly string file;
        readonly Schema schema;
        readonly ParquetCompression compression;
        readonly ParquetFile.DoubleBits doubles;
        readonly DuckDbConnection connection;
        readonly DuckDbAppender appender;

        public ParquetRows(string file, Schema schema, ParquetCompression compression)
        {
            Writable.CheckSchema(schema, file);
            this.file = file;
            this.schema = schema;
            this.compression = compression;
            doubles = new ParquetFile.DoubleBits(schema);
            connection = ParquetFile.SharedDb.Connect();
            ParquetFile.CreateTable(connection, schema);
            appender = new DuckDbAppender(connection, ParquetFile.Table);
        }

        public override void Write(Batch rows, CancellationToken cancellation)
        {
            doubles.Add(rows);
            ParquetFile.Append(appender, rows, cancellation);
        }

        public override void Finish(CancellationToken cancellation)
        {
            appender.Complete();
            appender.Dispose();
            ParquetFile.CopyTo(connection, ParquetFile.Table, schema, file, compression, doubles.CopyOption, cancellation);
        }

        public override void Dispose()
        {
            appender.Dispose();
            connection.Dispose();
        }
    }
}
