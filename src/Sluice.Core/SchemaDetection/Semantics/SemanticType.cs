namespace Sluice.SchemaDetection;

/// <summary>Columns, by what they hold, that a semantic type may be said of.</summary>
[Flags]
enum Holds
{
    Text = 1,
    Integer = 2,
    Decimal = 4,
    Moment = 8,
    Number = Integer | Decimal,
    Any = Text | Number,
}

/// <summary>What the values of a column mean, and how to tell.</summary>
/// <param name="Name">Stored and shown, so never renamed.</param>
/// <param name="On">Columns that may have it.</param>
/// <param name="Alone">Confidence where all values pass and the name says nothing; 0: the name must say it.</param>
/// <param name="Named">Confidence where all values pass and the name says it.</param>
/// <param name="Hints">Names that say it, in several languages, separated by '|'.</param>
/// <param name="Test">Whether a value can be one; null: the name decides alone.</param>
/// <param name="NamedTest">A weaker test for columns whose name says it; null: the same.</param>
/// <param name="MinShare">Least share of the different values that must pass without the name; lists of names are never complete.</param>
/// <param name="NamedShare">Least share with it.</param>
/// <param name="IsPii">Whether such values are about a person.</param>
/// <param name="IsPattern">Whether the values have a form that the schema can state as its pattern.</param>
sealed record SemanticType(
    string Name,
    Holds On,
    double Alone,
    double Named,
    string Hints,
    Func<string, bool>? Test = null,
    Func<string, bool>? NamedTest = null,
    double MinShare = 0.8,
    double NamedShare = 0.7,
    bool IsPii = false,
    bool IsPattern = false);
