namespace Sluice.Examples;

/// <summary>What is wrong with an example, each a bit.</summary>
[Flags]
enum ExampleProblem : byte
{
    None = 0,
    Unreadable = 1,
    Empty = 2,
    TooShort = 4,
    TooLong = 8,
    FewUniqueWords = 16,
    Duplicate = 32,
}
