using System.IO.Compression;
using Sluice.Runs;

namespace Sluice.Llm;

/// <summary>The answer of each row of a batch, or why it has none: a document that is named by its content, so that Apply depends on answers and on nothing else.</summary>
public sealed class RowAnswers
{
    readonly IReadOnlyList<string> values;
    readonly IReadOnlyList<Unanswered> failures;

    // A row's answer as a number of values; of a row without one, the complement of a number of failures.
    readonly int[] rows;

    RowAnswers(IReadOnlyList<string> values, IReadOnlyList<Unanswered> failures, int[] rows) => (this.values, this.failures, this.rows) = (values, failures, rows);

    public int Rows => rows.Length;

    /// <summary>The fields of a row's answer as JSON; null for a row without one.</summary>
    public string? Value(int row) => rows[row] >= 0 ? values[rows[row]] : null;

    /// <summary>Why a row has no answer; null for a row that has one.</summary>
    public Unanswered? Failure(int row) => rows[row] < 0 ? failures[~rows[row]] : null;

    /// <summary>Some of the rows.</summary>
    public RowAnswers Pick(IReadOnlyList<int> picked) => new(values, failures, [.. picked.Select(row => rows[row])]);

    public RowAnswers Slice(int from, int to) => new(values, failures, rows[from..to]);

    /// <summary>From what each row has: an answer or a failure.</summary>
    public static RowAnswers Of(IReadOnlyList<(string? Value, Unanswered? Failure)> rows)
    {
        var (values, failures) = (new Numbered<string>(), new Numbered<Unanswered>());
        int[] numbers = [.. rows.Select(r => r.Value is { } value ? values.Of(value) : ~failures.Of(r.Failure!))];
        return new RowAnswers(values.All, failures.All, numbers);
    }

    public byte[] ToBytes()
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest))
        {
            deflate.Write(DocumentJson.Bytes(new Document(values, failures, rows)));
        }

        return packed.ToArray();
    }

    public static RowAnswers FromBytes(byte[] bytes)
    {
        using var unpacked = new MemoryStream();
        using (var deflate = new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress))
        {
            deflate.CopyTo(unpacked);
        }

        var document = DocumentJson.Parse<Document>(unpacked.ToArray());
        return new RowAnswers(document.Values, document.Failures, [.. document.Rows]);
    }

    sealed record Document(IReadOnlyList<string> Values, IReadOnlyList<Unanswered> Failures, IReadOnlyList<int> Rows);

    /// <summary>Different things in the order they come.</summary>
    sealed class Numbered<T>
        where T : notnull
    {
        readonly Dictionary<T, int> numbers = [];
        readonly List<T> all = [];

        public IReadOnlyList<T> All => all;

        public int Of(T value)
        {
            if (numbers.TryAdd(value, all.Count))
            {
                all.Add(value);
            }

            return numbers[value];
        }
    }
}
