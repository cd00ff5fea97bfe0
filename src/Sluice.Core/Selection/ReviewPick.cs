using System.Buffers.Binary;

namespace Sluice.Selection;

/// <summary>Why a row is worth a look.</summary>
public enum ReviewReason
{
    /// <summary>A model is unsure of it.</summary>
    Uncertain,

    /// <summary>It is unlike the earlier version.</summary>
    Drifted,

    /// <summary>Nothing that was reviewed is near.</summary>
    CoverageGap,
}

/// <summary>A row that was chosen.</summary>
/// <param name="Rank">From 1.</param>
/// <param name="Reason">Why.</param>
/// <param name="Score">What the choice went by; infinite where there was nothing to compare with.</param>
readonly record struct ReviewPick(int Rank, ReviewReason Reason, double Score)
{
    public const int Bytes = sizeof(int) + 1 + sizeof(double);

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Rank);
        bytes[sizeof(int)] = (byte)Reason;
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[(sizeof(int) + 1)..], Score);
    }

    /// <summary>Null: not chosen.</summary>
    public static ReviewPick? Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes) is > 0 and var rank
        ? new ReviewPick(rank, (ReviewReason)bytes[sizeof(int)], BinaryPrimitives.ReadDoubleLittleEndian(bytes[(sizeof(int) + 1)..]))
        : null;

    /// <summary>The reason as evidence and columns have it.</summary>
    public static ReadOnlySpan<byte> Name(ReviewReason reason) => reason switch
    {
        ReviewReason.Uncertain => "uncertain"u8,
        ReviewReason.Drifted => "drifted"u8,
        _ => "coverage_gap"u8,
    };
}

/// <summary>What is known of a row before anything is chosen, as its key has it.</summary>
/// <param name="Content">What it is compared by, as a hash: rows of one content are asked about once.</param>
/// <param name="IsReviewed">Whether it was reviewed.</param>
/// <param name="Doubt">How unsure a model is of it, 0: not at all.</param>
readonly record struct ReviewCandidate(ulong Content, bool IsReviewed, float Doubt)
{
    public static RowKey Key(ulong compared, bool isReviewed, double doubt, ulong content) => new(
        ContentOf(compared) | (isReviewed ? 1UL : 0), ((ulong)BitConverter.SingleToUInt32Bits((float)doubt) << 32) | (uint)content);

    public static ulong ContentOf(ulong compared) => compared & ~1UL;

    public static ReviewCandidate Of(RowKey key) => new(ContentOf(key.High), (key.High & 1) == 1, BitConverter.UInt32BitsToSingle((uint)(key.Low >> 32)));
}

/// <summary>What a criterion did.</summary>
/// <param name="Reason">Which.</param>
/// <param name="Wanted">Rows of the budget that it had.</param>
/// <param name="Chosen">Rows that it chose.</param>
public sealed record CriterionReport(ReviewReason Reason, int Wanted, int Chosen);

/// <summary>What was chosen for review; part of the version.</summary>
/// <param name="Rows">Rows there were.</param>
/// <param name="Reviewed">Rows that were reviewed before.</param>
/// <param name="Chosen">Rows that were chosen.</param>
/// <param name="Criteria">By which criteria.</param>
/// <param name="DriftTests">The tests of whether the table is of the source of the earlier version; null without drift, empty where too few rows are different.</param>
/// <param name="IsDrift">Whether it is not: only then rows are called drifted.</param>
public sealed record ReviewChoiceReport(
    long Rows, long Reviewed, int Chosen, IReadOnlyList<CriterionReport> Criteria, IReadOnlyList<Profiles.VectorDriftTest>? DriftTests, bool IsDrift);
