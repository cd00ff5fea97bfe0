namespace Sluice.Folding;

/// <summary>How folds are made.</summary>
public enum FoldStrategy
{
    /// <summary>By a hash of the row and the seed.</summary>
    Random,

    /// <summary>As random, with every value of the columns in each fold in the same proportion.</summary>
    Stratified,

    /// <summary>As stratified, for rows with several labels.</summary>
    MultiLabel,

    /// <summary>Rows with the same value of the columns are in the same fold.</summary>
    Group,

    /// <summary>A fold for each value of the columns.</summary>
    LeaveOneGroupOut,

    /// <summary>Folds are blocks of time, the first the oldest.</summary>
    Time,
}
