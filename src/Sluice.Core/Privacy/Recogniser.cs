namespace Sluice.Privacy;

/// <summary>Whether text of the right shape can be what it looks like.</summary>
delegate bool Check(ReadOnlySpan<byte> compact);

/// <summary>A kind of personal data that can be told by its shape.</summary>
/// <param name="Entity">What it finds: <c>us_itin</c>. Stored in evidence, so never renamed.</param>
/// <param name="Country">ISO 3166 code; null for what is the same everywhere.</param>
/// <param name="Pattern">See <see cref="PatternSyntax"/>; anchored where a word begins.</param>
/// <param name="Score">Confidence, 0 to 1, when the check passes and nothing around it says what it is.</param>
/// <param name="Check">Check digits and ranges; what fails is not found. Gets letters (in capitals) and digits only. Null: the shape is all there is.</param>
/// <param name="Context">Words that make it likelier when they stand near it or in the column's name, in lower case, separated by spaces.</param>
/// <param name="InLongerNumber">Whether it may follow or precede a digit with a <c>- . /</c> between: dates and addresses may, identifiers may not.</param>
/// <param name="Whole">As <paramref name="Check"/>, for what needs the text as it stands.</param>
sealed record Recogniser(
    string Entity, string? Country, string Pattern, double Score, Check? Check, string Context, bool InLongerNumber = false, Check? Whole = null)
{
    readonly HashSet<string> words = [.. Context.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    public bool IsChecked => Check is not null || Whole is not null;

    public bool HasContext(ReadOnlySpan<char> word) => words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    /// <summary>Every recogniser by shape, in a fixed order.</summary>
    public static IReadOnlyList<Recogniser> All { get; } =
    [
        .. Recognisers.General.All, .. Recognisers.Secrets.All, .. Recognisers.UnitedStates.All, .. Recognisers.UnitedKingdom.All, .. Recognisers.Germany.All,
        .. Recognisers.Europe.All, .. Recognisers.India.All, .. Recognisers.Asia.All, .. Recognisers.Southern.All,
    ];
}
