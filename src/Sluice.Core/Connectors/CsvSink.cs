using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Text;
using Sluice.Steps;

namespace Sluice.Connectors;

/// <summary>
/// Writes one CSV file in UTF-8, quoted as RFC 4180 asks and no more. Numbers keep every bit, dates and times are ISO 8601 (UTC), booleans
/// <c>true</c> and <c>false</c>. An empty text is written as <c>""</c>, so that it can be told from a missing value.
/// </summary>
[Sink("csv", Aliases = ["csv_sink"])]
public sealed class CsvSink(CsvSink.Options options) : FileSink(options.FilePath, options.Overwrite, options.SplitBy)
{
    public sealed record Options
    {
        /// <summary>File to write, relative to the output folder, for example <c>out/rows.csv</c>. Missing folders are made.</summary>
        [Required]
        public string FilePath { get; init; } = "";

        /// <summary>Replaces an existing file. When false, one with other content is an error.</summary>
        public bool Overwrite { get; init; } = true;

        /// <summary>Column with one file per value, named <c>rows-VALUE.csv</c>; at most 1,000 values of letters, digits, dot, underscore, hyphen.</summary>
        public string? SplitBy { get; init; }

        /// <summary>Character between fields: one ASCII character other than a quote or a line end.</summary>
        [RegularExpression("^[\\t\\x20-\\x21\\x23-\\x7E]$", ErrorMessage = "delimiter must be one ASCII character other than a double quote.")]
        public string Delimiter { get; init; } = ",";

        /// <summary>Writes the column names as the first line.</summary>
        public bool Header { get; init; } = true;

        /// <summary>Text of a missing value, written without quotes, for example <c>NA</c>. Text that equals it is quoted.</summary>
        public string NullValue { get; init; } = "";

        /// <summary>
        /// Puts an apostrophe before text that a spreadsheet would run as a formula: beginning with <c>= + - @</c>, tab or line end.
        /// For files that people open; it changes the data. Numbers are left alone.
        /// </summary>
        public bool EscapeFormulas { get; init; }
    }

    private protected override RowFile Create(string file, Schema schema) => new CsvFile(file, schema, Checked(options));

    static Options Checked(Options options)
    {
        if (options.Delimiter is not [(>= ' ' and <= '~' and not '"') or '\t'])
        {
            throw new SinkException($"The delimiter '{options.Delimiter}' cannot be used. Expected one ASCII character other than a double quote or a line end, for example ','.");
        }

        return options.NullValue.AsSpan().ContainsAny('"', '\r', '\n') || options.NullValue.Contains(options.Delimiter, StringComparison.Ordinal)
            ? throw new SinkException($"The null_value '{options.NullValue}' cannot be used: it is written without quotes. Expected text without quotes, line ends and delimiter, for example 'NA'.")
            : options;
    }

    sealed class CsvFile : RowFile
    {
        readonly TextFile file;
        readonly byte delimiter;
        readonly byte[] nullValue;
        readonly bool escape;
        readonly bool oneColumn;
        readonly SearchValues<byte> special;

        public CsvFile(string path, Schema schema, Options options)
        {
            delimiter = (byte)options.Delimiter[0];
            nullValue = Encoding.UTF8.GetBytes(options.NullValue);
            escape = options.EscapeFormulas;
            oneColumn = schema.Count == 1;
            special = SearchValues.Create([delimiter, (byte)'"', (byte)'\r', (byte)'\n']);
            file = new TextFile(path);
            if (options.Header)
            {
                for (var column = 0; column < schema.Count; column++)
                {
                    Separate(column);
                    Text(Encoding.UTF8.GetBytes(schema[column].Name));
                }

                file.Add((byte)'\n');
            }
        }

        public override void Write(Batch rows, CancellationToken cancellation)
        {
            Span<byte> cell = stackalloc byte[CellText.MaxLength];
            for (var row = 0; row < rows.Rows; row++)
            {
                if ((row & 4095) == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                for (var at = 0; at < rows.Schema.Count; at++)
                {
                    Separate(at);
                    var column = rows[at];
                    if (column.IsNull(row))
                    {
                        Missing();
                    }
                    else if (column is TextColumn text)
                    {
                        Text(text[row]);
                    }
                    else
                    {
                        Field(cell[..CellText.Format(column, row, cell)], quoted: false);
                    }
                }

                file.Add((byte)'\n');
            }
        }

        public override void Finish(CancellationToken cancellation) => file.Finish();

        public override void Dispose() => file.Dispose();

        void Separate(int column)
        {
            if (column > 0)
            {
                file.Add(delimiter);
            }
        }

        void Missing()
        {
            // A line without a character is no record to most readers.
            file.Add(oneColumn && nullValue.Length == 0 ? "\"\""u8 : nullValue);
        }

        void Text(ReadOnlySpan<byte> text)
        {
            var guard = escape && text.Length > 0 && text[0] is (byte)'=' or (byte)'+' or (byte)'-' or (byte)'@' or (byte)'\t' or (byte)'\r' or (byte)'\n';
            var quoted = text.SequenceEqual(nullValue) || text.IsEmpty || text[0] == ' ' || text[^1] == ' ';
            if (guard)
            {
                Field([(byte)'\'', .. text], quoted);
            }
            else
            {
                Field(text, quoted);
            }
        }

        void Field(ReadOnlySpan<byte> text, bool quoted)
        {
            if (!quoted && !text.ContainsAny(special))
            {
                file.Add(text);
                return;
            }

            file.Add((byte)'"');
            for (var at = 0; (at = text.IndexOf((byte)'"')) >= 0; text = text[(at + 1)..])
            {
                file.Add(text[..(at + 1)]);
                file.Add((byte)'"');
            }

            file.Add(text);
            file.Add((byte)'"');
        }
    }
}
