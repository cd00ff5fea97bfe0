using System.Security.Cryptography;
using System.Text;
using Sluice.Pipelines.Optimise;

namespace Sluice.Llm;

/// <summary>What a step asks of every row: all that its answers depend on besides the row.</summary>
/// <param name="Model">Id of the model.</param>
/// <param name="System">What the model is told.</param>
/// <param name="Fields">What an answer must have.</param>
/// <param name="Options">Parameters.</param>
sealed record Question(string Model, string System, IReadOnlyList<AnswerField> Fields, AskOptions Options)
{
    // What models write in a second at least.
    const double TokensPerSecond = 50;

    /// <summary>Whether equal questions have equal answers, so that an answer may serve other runs.</summary>
    public bool IsRepeatable => Options.Temperature == 0 && Options.CacheTtlHours > 0;

    public string AnswerSchema { get; } = AnswerCheck.SchemaOf(Fields, isDescribed: !Options.Compact);

    /// <summary>Tokens that one row's answer usually takes, generously.</summary>
    public int AnswerTokens { get; } = 12 + Fields.Sum(f => f.UsualTokens);

    /// <summary>Rows in one call, at most, where there are so many questions.</summary>
    public int CallRows(long questions, ModelInfo model)
    {
        // What an item takes in memory, from above.
        const double itemMegabytes = 8;
        if (Options.BatchSize > 0)
        {
            return Options.BatchSize;
        }

        var byTime = BatchSize.OptimalFor(Math.Max(questions, 1), AnswerTokens / TokensPerSecond, memoryLimit: 128 * itemMegabytes);
        return (int)Math.Max(1, Math.Min(byTime, (model.MaxOutputTokens - 64) / AnswerTokens));
    }

    TimeSpan ThinkingTime => Options.UseExtendedThinking ? TimeSpan.FromSeconds(Options.ThinkingTime) : TimeSpan.Zero;

    /// <summary>Key of a row's answer: 128 bits of SHA-256 over model, instructions, schema, parameters and the row as it is sent.</summary>
    /// <param name="row">The row as JSON.</param>
    public RowKey KeyOf(ReadOnlySpan<byte> row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Prefix);
        hash.AppendData(row);
        Span<byte> bytes = stackalloc byte[32];
        hash.GetHashAndReset(bytes);
        return new RowKey(BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(bytes[8..]));
    }

    /// <summary>Short name of all that is not the row.</summary>
    public string Digest => Convert.ToHexStringLower(Prefix.AsSpan(0, 8));

    byte[] Prefix => field ??= SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        '\n', Model, FormattableString.Invariant($"{Options.Temperature}/{ThinkingTime.TotalSeconds}/{Options.Depth}"), AnswerSchema, System)));

    /// <summary>Bytes that every call says: instructions and schema.</summary>
    public long SaidBytes => Encoding.UTF8.GetByteCount(System) + Encoding.UTF8.GetByteCount(AnswerSchema);

    /// <summary>A call that asks for some rows.</summary>
    /// <param name="prompt">Its rows.</param>
    /// <param name="rows">How many.</param>
    /// <param name="model">The model.</param>
    public ModelRequest Request(string prompt, int rows, ModelInfo model)
    {
        var tokens = (int)Math.Min(model.MaxOutputTokens, 64L + ((long)rows * AnswerTokens));
        return new ModelRequest
        {
            Model = Model,
            System = System,
            Prompt = prompt,
            AnswerSchema = AnswerSchema,
            Temperature = Options.Temperature,
            ThinkingTime = ThinkingTime,
            ThinkingDepth = Options.Depth,
            MaxOutputTokens = tokens,

            // A hundred summaries take minutes to write: a shorter limit would pay for them and throw them away.
            Timeout = TimeSpan.FromSeconds(120 + (tokens / TokensPerSecond)) + ThinkingTime,
        };
    }
}
